//! Headers that belong to the connection, not to the request.

use http::{HeaderName, HeaderValue};

/// What a plugin may not set, in lower case: as in WASI HTTP, and what says how long a request is.
/// Whoever could set one of these could make one request look like two to the server, or like one
/// for another host.
const FORBIDDEN: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Those whose names begin like this are between a client and its proxy.
const FORBIDDEN_PREFIX: &str = "proxy-";

/// Methods that are none of a service's: one asks for a tunnel, the others for the request itself,
/// with what the host has added to it.
const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// Whether a plugin may set this header.
pub fn may_be_set(name: &str) -> bool {
    let begins = name.get(..FORBIDDEN_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORBIDDEN_PREFIX));
    !begins && !FORBIDDEN.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden))
}

/// Whether a plugin may answer a request with this header.
pub fn may_be_answered(name: &str, value: &str) -> bool {
    may_be_set(name) && HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok()
}

/// Whether a plugin may use this method.
pub fn may_be_used(method: &str) -> bool {
    !FORBIDDEN_METHODS.iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_connection_is_refused_in_any_case() {
        for name in FORBIDDEN {
            assert!(!may_be_set(name) && !may_be_set(&name.to_uppercase()), "{name}");
        }
        for name in ["Proxy-Authorization", "proxy-connection", "PROXY-ANYTHING"] {
            assert!(!may_be_set(name), "{name}");
        }
        for name in ["Content-Type", "Authorization", "X-Host", "Cookie", "proxy", "hosts", "Accept", "é"] {
            assert!(may_be_set(name), "{name}");
        }
    }

    #[test]
    fn no_method_opens_a_tunnel() {
        assert!(!may_be_used("CONNECT") && !may_be_used("connect") && !may_be_used("TRACE"));
        assert!(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"].into_iter().all(may_be_used));
    }
}
