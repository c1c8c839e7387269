//! Fetching by the host's own client, with its guards: bounded, and led on only to where that is safe.

use std::collections::BTreeMap;
use std::time::Duration;

use plugin_host_core::http::{
    Client, Failure, Limits, NoResponse, Origin, Policy, Proxies, Request, Response, Roots, Rule,
};
use url::Url;

use super::error::InstallError;

/// The time for one file.
const LONGEST: Duration = Duration::from_secs(600);
/// The time until an answer begins.
const FIRST_BYTE: Duration = Duration::from_secs(60);
/// So many times an address may lead on to another.
const MOST_REDIRECTS: usize = 5;

/// Which way requests take, and whom they trust.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Certificate authorities.
    pub roots: Roots,
    /// Proxies.
    pub proxies: Proxies,
    /// Origins that may have a private address.
    pub allow: Vec<Rule>,
}

/// A client for what one locator names: its own origin may be a private address, as the operator named it.
pub struct Web {
    client: Client,
}

/// The header of a request.
pub type Header<'a> = (&'a str, &'a str);

impl Web {
    /// A client for this address, and for where it leads.
    pub fn new(outside: &Outside, origin: Origin) -> Self {
        let limits = Limits::default().total(LONGEST).first_byte(FIRST_BYTE);
        let private = [vec![Rule::Exact(origin)], outside.allow.clone()].concat();
        Self { client: Client::new(limits, private, outside.roots.clone(), outside.proxies.clone()) }
    }

    /// What stands at an address, of at most so many bytes, whatever its status. Where it leads on to another
    /// address, that is asked, without `secret`, which is for the first one's origin alone.
    ///
    /// # Errors
    /// If nothing comes, or it leads to where nothing may be fetched from.
    pub fn get(
        &self,
        url: &str,
        headers: &[Header<'_>],
        secret: Option<&str>,
        most: u64,
    ) -> Result<Response, InstallError> {
        let first = parsed(url)?;
        let (mut url, mut left) = (first.clone(), MOST_REDIRECTS);
        loop {
            let mut sent: BTreeMap<String, String> =
                headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            // What is packed on its way would be another file than the one that was published.
            sent.insert("accept-encoding".to_owned(), "identity".to_owned());
            if let Some(secret) = secret.filter(|_| url.origin() == first.origin()) {
                sent.insert("authorization".to_owned(), secret.to_owned());
            }
            let response = self.once(&url, sent, most)?;
            let Some(next) = led_to(&url, &response)? else { return Ok(response) };
            left = left.checked_sub(1).ok_or_else(|| InstallError::Redirect {
                url: shown(&first),
                why: format!("leads on more than {MOST_REDIRECTS} times"),
            })?;
            url = next;
        }
    }

    fn once(&self, url: &Url, headers: BTreeMap<String, String>, most: u64) -> Result<Response, InstallError> {
        let origin = url.as_str().parse().map_err(|_| none(url))?;
        let policy = Policy { origins: vec![origin], ..Policy::default() };
        let request = Request::new("GET", url.as_str(), headers);
        let response = self.client.response_bytes(most).send(&request, b"", &policy, None);
        response.map_err(|error| InstallError::NoAnswer { url: shown(url), why: why(&error, most) })
    }
}

/// What an answer is when all is well.
///
/// # Errors
/// If its status is another than 200.
pub fn ok(url: &str, response: Response) -> Result<Response, InstallError> {
    let next = match response.status {
        200 => return Ok(response),
        401 | 403 => "it is not for everybody, and no user and password for it are known here; see docs/install.md",
        404 | 410 => "look whether the locator is right",
        429 => "it is asked too often: try again later",
        500..=599 => "it has a fault of its own: try again later",
        _ => "look whether the locator is right",
    };
    let url = Url::parse(url).map_or_else(|_| url.to_owned(), |url| shown(&url));
    Err(InstallError::Status { url, status: response.status, next })
}

/// Where an answer leads, if it does.
fn led_to(url: &Url, response: &Response) -> Result<Option<Url>, InstallError> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let refused = |why: &str| InstallError::Redirect { url: shown(url), why: why.to_owned() };
    let location = response.headers.get("location").ok_or_else(|| refused("leads on to nowhere"))?;
    let mut next = url.join(location).map_err(|_| refused("leads on to what is no address"))?;
    next.set_fragment(None);
    if !matches!(next.scheme(), "https" | "http") || (next.scheme() == "http" && url.scheme() == "https") {
        return Err(refused("leads from https to what anybody on the way could change"));
    }
    let is_here = next.as_str().parse::<Origin>().is_ok_and(|origin| origin.is_this_machine());
    if next.scheme() == "http" && !is_here {
        return Err(refused("leads on to plain http"));
    }
    Ok(Some(next))
}

fn parsed(url: &str) -> Result<Url, InstallError> {
    Url::parse(url).map_err(|_| InstallError::Locator { locator: "…".to_owned(), why: "is no address".to_owned() })
}

fn none(url: &Url) -> InstallError {
    let why = "it is no http or https address without user and password".to_owned();
    InstallError::NoAnswer { url: shown(url), why }
}

/// An address without what may be secret.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Fails for addresses that have none.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.into()
}

fn why(error: &NoResponse, most: u64) -> String {
    let what = match error.failure {
        Failure::NotAllowed => "it may not be asked".to_owned(),
        Failure::Dns => "its name has no address".to_owned(),
        Failure::Connect => "there is no connection to it".to_owned(),
        Failure::Tls => "the connection to it is not secure".to_owned(),
        Failure::Timeout => "it took too long".to_owned(),
        Failure::TooLarge => format!("it has more than the {most} bytes that it may have"),
        _ => "the connection broke".to_owned(),
    };
    error.note.as_ref().map_or_else(|| what.clone(), |note| format!("{what}. {}", note.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(from: &str, location: &str) -> Result<String, String> {
        let response = Response::of(302, BTreeMap::from([("location".to_owned(), location.to_owned())]), Vec::new());
        let next = led_to(&Url::parse(from).unwrap(), &response);
        next.map(|url| url.unwrap().into()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_leads_on_to_https_alone() {
        assert_eq!(led("https://a.example/x/y", "z?q"), Ok("https://a.example/x/z?q".to_owned()));
        assert_eq!(led("https://a.example/x", "https://b.example/#f"), Ok("https://b.example/".to_owned()));
        assert!(led("http://127.0.0.1:1/x", "http://127.0.0.1:2/y").is_ok());
        for (from, to) in [
            ("https://a.example", "http://127.0.0.1/"),
            ("https://a.example", "http://a.example/"),
            ("https://a.example", "file:///etc/passwd"),
            ("http://127.0.0.1", "http://a.example/"),
        ] {
            assert!(led(from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn what_may_be_secret_of_an_address_is_not_shown() {
        let url = Url::parse("https://user:hunter2@a.example/b?token=hunter2#hunter2").unwrap();
        assert_eq!(shown(&url), "https://a.example/b");
        let refused = ok("https://a.example/b?token=hunter2", Response::new(403, None)).unwrap_err().to_string();
        assert!(refused.starts_with("https://a.example/b answered 403"), "{refused}");
    }
}
