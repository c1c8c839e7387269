//! Who may call.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Uri};

use super::tokens::{Caller, Tokens, VARIABLE};

/// Lets in who shows a token. Without tokens only this machine is served, and what a browser sends
/// for a page from elsewhere is kept out: any page can make it call an address of this machine.
#[derive(Debug, Clone)]
pub struct Guard {
    tokens: Tokens,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It shows no token.
    NoToken,
    /// It shows one that is not known.
    WrongToken,
    /// It was made for another host than this machine, or by a page of one.
    Foreign,
}

impl Guard {
    /// A guard for a server at this address.
    ///
    /// # Errors
    /// If other machines can reach the address and nobody would have to show a token.
    pub fn new(tokens: Tokens, listen: SocketAddr) -> Result<Self, String> {
        if tokens.is_empty() && !listen.ip().is_loopback() {
            return Err(format!(
                "other machines can reach {listen}, so callers have to show a token: give --token-file FILE or {VARIABLE}, or listen on 127.0.0.1"
            ));
        }
        Ok(Self { tokens })
    }

    /// Whether callers have to show a token.
    pub fn asks_for_token(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Who makes a request.
    ///
    /// # Errors
    /// If it is not to be let in.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        if self.tokens.is_empty() {
            let local = [HOST, ORIGIN].iter().all(|name| headers.get_all(name).iter().all(is_local));
            return if local { Ok(Caller::default()) } else { Err(Refusal::Foreign) };
        }
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refusal::NoToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::NoToken);
        }
        self.tokens.caller(token.trim()).ok_or(Refusal::WrongToken)
    }
}

impl Refusal {
    /// For the caller: what is wrong and what to do.
    pub fn detail(self) -> &'static str {
        match self {
            Self::NoToken => "Send the header \"Authorization: Bearer TOKEN\" with a token of this server.",
            Self::WrongToken => "The token is not one of this server's. Ask its operator for one.",
            Self::Foreign => {
                "Without tokens this server answers programs on its own machine alone, and no web page. Its operator can give it --token-file."
            }
        }
    }

    /// The value of `WWW-Authenticate`, where a token would help.
    pub fn challenge(self) -> Option<&'static str> {
        match self {
            Self::NoToken => Some("Bearer realm=\"plugin-host\""),
            Self::WrongToken => Some("Bearer realm=\"plugin-host\", error=\"invalid_token\""),
            Self::Foreign => None,
        }
    }
}

/// Whether the value of `Host` or `Origin` names this machine.
fn is_local(value: &HeaderValue) -> bool {
    let uri = value.to_str().ok().and_then(|value| value.parse::<Uri>().ok());
    let Some(host) = uri.as_ref().and_then(Uri::host) else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn guard(tokens: &str) -> Guard {
        Guard::new(Tokens::read(None, Some(tokens)).unwrap(), "127.0.0.1:1".parse().unwrap()).unwrap()
    }

    fn ask(guard: &Guard, headers: &[(HeaderName, &str)]) -> Result<Caller, Refusal> {
        guard.caller(&headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect())
    }

    #[test]
    fn an_address_that_others_can_reach_needs_tokens() {
        for (listen, needs) in [("127.0.0.1:1", false), ("[::1]:1", false), ("0.0.0.0:1", true), ("[::]:1", true)] {
            let listen = listen.parse().unwrap();
            assert_eq!(Guard::new(Tokens::default(), listen).is_err(), needs, "{listen}");
            assert!(Guard::new(Tokens::read(None, Some(TOKEN)).unwrap(), listen).is_ok());
        }
    }

    #[test]
    fn a_bearer_token_is_let_in_and_nothing_else() {
        let guard = guard(TOKEN);
        let show = |value: &str| ask(&guard, &[(AUTHORIZATION, value)]);
        assert!(show(&format!("Bearer {TOKEN}")).is_ok());
        assert!(show(&format!("bearer  {TOKEN}")).is_ok());
        assert_eq!(show("Bearer wrong"), Err(Refusal::WrongToken));
        for value in [TOKEN, "Bearer", "Basic MDEyMzQ1Njc4OWFiY2RlZg=="] {
            assert_eq!(show(value), Err(Refusal::NoToken), "{value}");
        }
        assert_eq!(ask(&guard, &[(HOST, "localhost")]), Err(Refusal::NoToken));
    }

    #[test]
    fn without_tokens_only_this_machine_is_served() {
        let guard = guard("");
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "127.0.0.2", "LOCALHOST"] {
            assert!(ask(&guard, &[(HOST, host)]).is_ok(), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8080", "10.0.0.1", "user@localhost.evil.example", ""] {
            assert_eq!(ask(&guard, &[(HOST, host)]), Err(Refusal::Foreign), "{host}");
        }
        for (origin, local) in [("http://localhost:3000", true), ("https://evil.example", false), ("null", false)] {
            assert_eq!(ask(&guard, &[(HOST, "localhost"), (ORIGIN, origin)]).is_ok(), local, "{origin}");
        }
    }
}
