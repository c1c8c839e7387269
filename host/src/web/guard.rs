//! Who may call.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Request, StatusCode, Uri, Version};
use plugin_host_core::Queues;
use tracing::warn;

use super::caller::Caller;
use super::tokens::{Denied, Tokens, VARIABLE};

/// Lets in who shows a token. Without tokens only this machine is served, and what a browser sends
/// for a page from elsewhere is kept out: any page can make it call an address of this machine.
#[derive(Debug, Clone)]
pub struct Guard {
    tokens: Tokens,
    names: Vec<HostName>,
}

/// A name under which a server is called, in lower case and without the root's dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(String);

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let alone = text.parse::<Authority>().ok().filter(|authority| authority.as_str() == authority.host());
        let name = alone.map(|authority| normal(authority.host())).filter(|name| !name.is_empty());
        name.map(Self).ok_or_else(|| {
            "it is not a host's name: write it without https:// and port, such as host.docker.internal".to_owned()
        })
    }
}

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It shows no token.
    NoToken,
    /// It shows one that is not let in.
    WrongToken(Denied),
    /// It was made for another host than this machine, or by a page of one.
    Foreign,
}

impl Guard {
    /// A guard for a server at this address.
    ///
    /// # Errors
    /// If other machines can reach the address and nobody would have to show a token.
    pub fn new(tokens: Tokens, names: &[HostName], listen: SocketAddr) -> Result<Self, String> {
        if tokens.is_empty() && !listen.ip().is_loopback() {
            return Err(format!(
                "other machines can reach {listen}, so callers have to show a token: give --tokens FILE, --token-file FILE or {VARIABLE}, or listen on 127.0.0.1"
            ));
        }
        Ok(Self { tokens, names: names.to_vec() })
    }

    /// Tells the log what needs a person's eyes of the tokens, where there are these connections.
    pub fn tell_doubts(&self, queues: &Queues) {
        let connections: Vec<_> = queues.names().collect();
        let actions = queues.iter().flat_map(|queue| &queue.connected().description().actions);
        let actions: Vec<_> = actions.map(|action| action.name.as_str()).collect();
        for doubt in self.tokens.doubts(&connections, &actions) {
            warn!("{doubt}");
        }
    }

    /// Whether callers have to show a token.
    pub fn asks_for_token(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Who makes a request.
    ///
    /// # Errors
    /// If it is not to be let in.
    pub fn caller<B>(&self, request: &Request<B>) -> Result<Caller, Refusal> {
        if self.tokens.is_empty() {
            return if self.is_meant(request) { Ok(Caller::anybody()) } else { Err(Refusal::Foreign) };
        }
        let header = bearer(request.headers()).ok_or(Refusal::NoToken)?;
        self.tokens.caller(header).map_err(Refusal::WrongToken)
    }

    /// Whether a request is for this machine, and from no page of another.
    fn is_meant<B>(&self, request: &Request<B>) -> bool {
        let headers = request.headers();
        // A target with a host counts, whatever the header says (RFC 9112, 3.2.2).
        let target = request.uri().authority();
        // Only what is older than the header may leave it out; no browser is.
        let named = target.is_some() || headers.contains_key(HOST) || request.version() < Version::HTTP_11;
        let known = |value: &HeaderValue| host(value).is_some_and(|host| self.knows(&host));
        named
            && target.is_none_or(|target| host_of(target).is_some_and(|host| self.knows(host)))
            && [HOST, ORIGIN].iter().all(|name| headers.get_all(name).iter().all(known))
    }

    /// Whether a host is this machine.
    fn knows(&self, host: &str) -> bool {
        let host = normal(host);
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost"
            || address.is_ok_and(|address| address.to_canonical().is_loopback())
            || self.names.iter().any(|HostName(name)| *name == host)
    }
}

/// The token that a request shows.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The host in the value of `Host` or `Origin`.
fn host(value: &HeaderValue) -> Option<String> {
    let uri: Uri = value.to_str().ok()?.parse().ok()?;
    host_of(uri.authority()?).map(str::to_owned)
}

/// The host of an authority that is a host and maybe a port, and nothing else: what would have to be
/// interpreted is nobody's name.
fn host_of(authority: &Authority) -> Option<&str> {
    let port = authority.as_str().strip_prefix(authority.host())?;
    let is_plain = port.strip_prefix(':').unwrap_or(port).bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| authority.host())
}

/// `Shop.` and `shop` are one name.
fn normal(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

impl Refusal {
    /// For machines.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoToken | Self::WrongToken(_) => "unauthorized",
            Self::Foreign => "forbidden",
        }
    }

    /// What it is in HTTP.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::WrongToken(_) => StatusCode::UNAUTHORIZED,
            Self::Foreign => StatusCode::FORBIDDEN,
        }
    }

    /// For the caller: what is wrong and what to do.
    pub fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::NoToken => "Send the header \"Authorization: Bearer TOKEN\" with a token of this server.".into(),
            Self::WrongToken(Denied::Unknown) => {
                "The token is not one of this server's. Ask its operator for one.".into()
            }
            Self::WrongToken(Denied::Expired(name, at)) => {
                format!("The token \"{name}\" expired at {at}. Ask the operator of this server for another.").into()
            }
            Self::Foreign => "Without tokens this server answers to the names of its own machine alone, and to no web page. Its operator can allow another name with --allow-host NAME, or give tokens with --token-file FILE.".into(),
        }
    }

    /// The value of `WWW-Authenticate`, where a token would help.
    pub fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::NoToken => Some("Bearer realm=\"plugin-host\""),
            Self::WrongToken(_) => Some("Bearer realm=\"plugin-host\", error=\"invalid_token\""),
            Self::Foreign => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use axum::http::request::Builder;

    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn guard(tokens: &str) -> Guard {
        let names = ["shop-gw".parse().unwrap()];
        Guard::new(Tokens::read(None, Some(tokens)).unwrap(), &names, "127.0.0.1:1".parse().unwrap()).unwrap()
    }

    fn ask(guard: &Guard, headers: &[(HeaderName, &str)]) -> Result<Caller, Refusal> {
        let with = |request: Builder, (name, value): &(HeaderName, &str)| request.header(name, *value);
        guard.caller(&headers.iter().fold(Request::builder(), with).body(()).unwrap())
    }

    #[test]
    fn an_address_that_others_can_reach_needs_tokens() {
        for (listen, needs) in [("127.0.0.1:1", false), ("[::1]:1", false), ("0.0.0.0:1", true), ("[::]:1", true)] {
            let listen = listen.parse().unwrap();
            assert_eq!(Guard::new(Tokens::default(), &[], listen).is_err(), needs, "{listen}");
            assert!(Guard::new(Tokens::read(None, Some(TOKEN)).unwrap(), &[], listen).is_ok());
        }
    }

    #[test]
    fn a_bearer_token_is_let_in_and_nothing_else() {
        let guard = guard(TOKEN);
        let show = |value: &str| ask(&guard, &[(AUTHORIZATION, value)]);
        assert!(show(&format!("Bearer {TOKEN}")).is_ok());
        assert!(show(&format!("bearer  {TOKEN}")).is_ok());
        assert_eq!(show("Bearer wrong"), Err(Refusal::WrongToken(Denied::Unknown)));
        for value in [TOKEN, "Bearer", "Basic MDEyMzQ1Njc4OWFiY2RlZg=="] {
            assert_eq!(show(value), Err(Refusal::NoToken), "{value}");
        }
        assert_eq!(ask(&guard, &[(HOST, "localhost")]), Err(Refusal::NoToken));
    }

    #[test]
    fn without_tokens_only_this_machine_is_served() {
        let guard = guard("");
        for host in [
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "127.0.0.2",
            "LOCALHOST",
            "localhost.",
            "localhost.:80",
            "[::ffff:127.0.0.1]",
            "shop-gw",
            "Shop-GW.:8080",
        ] {
            assert!(ask(&guard, &[(HOST, host)]).is_ok(), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:8080",
            "10.0.0.1",
            "user@localhost.evil.example",
            "user@localhost",
            "localhost:8080.evil.example",
            "localhost:8080@evil.example",
            "",
            ".",
            "shop-gw.evil.example",
        ] {
            assert_eq!(ask(&guard, &[(HOST, host)]), Err(Refusal::Foreign), "{host}");
        }
        for (origin, local) in [
            ("http://localhost:3000", true),
            ("https://shop-gw", true),
            ("https://evil.example", false),
            ("null", false),
        ] {
            assert_eq!(ask(&guard, &[(HOST, "localhost"), (ORIGIN, origin)]).is_ok(), local, "{origin}");
        }
    }

    #[test]
    fn the_host_of_an_absolute_target_counts_and_none_at_all_is_for_old_programs() {
        let guard = guard("");
        let ask = |version: Version, target: &str, host: Option<&str>| {
            let request = Request::builder().version(version).uri(target);
            let request = host.into_iter().fold(request, |request, host| request.header(HOST, host));
            guard.caller(&request.body(()).unwrap()).is_ok()
        };
        assert!(ask(Version::HTTP_11, "http://localhost:1/x", Some("localhost")));
        assert!(!ask(Version::HTTP_11, "http://evil.example/x", Some("localhost")));
        assert!(!ask(Version::HTTP_11, "http://localhost/x", Some("evil.example")));
        assert!(!ask(Version::HTTP_11, "/x", None));
        assert!(ask(Version::HTTP_10, "/x", None));
    }

    #[test]
    fn a_name_is_one_without_scheme_and_port() {
        for name in ["", "https://shop", "shop:80", "shop/", "user@shop", "my shop", "."] {
            assert!(name.parse::<HostName>().is_err(), "{name}");
        }
    }
}
