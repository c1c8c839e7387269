//! Who asks a registry: nobody, a user with a password, or the bearer of a token that the registry's own server gives.

use std::fmt;

use plugin_host_core::http::{Origin, Response};
use serde::Deserialize;
use url::Url;

use super::docker;
use crate::install::error::InstallError;
use crate::install::http::{Web, ok};
use crate::install::locator::Reference;

/// The largest answer with a token, in bytes.
const LARGEST_TOKEN: u64 = 256 << 10;

/// What a registry is shown. It is not shown to anybody else.
#[derive(Default)]
pub struct Access {
    header: Option<String>,
    /// Whether the registry has been told who asks: it is told once.
    told: bool,
}

#[derive(Deserialize)]
struct Token {
    #[serde(alias = "access_token")]
    token: String,
}

impl Access {
    /// The header `Authorization`, if there is something to show.
    pub fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// Whether an answer wants to know who asks, and that can be said now.
    ///
    /// # Errors
    /// If there is no token to be had.
    pub fn challenged(&mut self, response: &Response, web: &Web, reference: &Reference) -> Result<bool, InstallError> {
        if response.status != 401 || self.told {
            return Ok(false);
        }
        self.told = true;
        let known = docker::credentials(&reference.host).map(|user| format!("Basic {user}"));
        let challenge = response.headers.get("www-authenticate").map(String::as_str).unwrap_or_default();
        let (scheme, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
        self.header = match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(token(rest, known.as_deref(), web, reference)?),
            "basic" => known,
            _ => None,
        };
        Ok(self.header.is_some())
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("told", &self.told).finish_non_exhaustive()
    }
}

/// Asks whom the registry names for a token that lets read this repository, and nothing else.
fn token(challenge: &str, known: Option<&str>, web: &Web, reference: &Reference) -> Result<String, InstallError> {
    let refused = |why: &str| InstallError::Redirect { url: reference.base(), why: why.to_owned() };
    let realm = parameter(challenge, "realm")
        .ok_or_else(|| refused("asks for a token, and does not say whom to ask for it"))?;
    let mut url = Url::parse(&realm).map_err(|_| refused("asks for a token of what is no address"))?;
    // A password goes there. Plain http is for this machine alone, as for registries.
    let is_here = |url: &str| url.parse::<Origin>().is_ok_and(|origin| !origin.is_https() && origin.is_this_machine());
    let is_safe = url.scheme() == "https" || (is_here(url.as_str()) && is_here(&reference.base()));
    if !is_safe {
        return Err(refused("asks for a token at an address of plain http"));
    }
    if let Some(service) = parameter(challenge, "service") {
        url.query_pairs_mut().append_pair("service", &service);
    }
    url.query_pairs_mut().append_pair("scope", &format!("repository:{}:pull", reference.path()));
    let response = ok(url.as_str(), web.get(url.as_str(), &[("accept", "application/json")], known, LARGEST_TOKEN)?)?;
    let token: Token =
        serde_json::from_slice(&response.body).map_err(|_| refused("was given no token for us by whom it names"))?;
    if token.token.is_empty() || !token.token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refused("was given no token for us by whom it names"));
    }
    Ok(format!("Bearer {}", token.token))
}

/// A parameter of a challenge: `name="value"`, or without quotation marks.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    loop {
        let (found, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if found.trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = next.trim_start().strip_prefix(',').unwrap_or(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_with_and_without_quotation_marks() {
        let challenge =
            r#"realm="https://auth.example/token?a=b",service=reg, scope="repository:a/b:pull,push", Error="x""#;
        let read = |name| parameter(challenge, name);
        assert_eq!(read("realm").as_deref(), Some("https://auth.example/token?a=b"));
        assert_eq!(read("service").as_deref(), Some("reg"));
        assert_eq!(read("scope").as_deref(), Some("repository:a/b:pull,push"));
        assert_eq!((read("error").as_deref(), read("pull")), (Some("x"), None));
        for broken in ["", "realm", "realm=\"x", "=,=,"] {
            assert_eq!(parameter(broken, "realm"), None, "{broken}");
        }
    }

    #[test]
    fn what_a_registry_is_shown_is_in_no_debug_output() {
        let access = Access { header: Some("Bearer hunter2".to_owned()), told: true };
        assert!(!format!("{access:?}").contains("hunter2"));
    }
}
