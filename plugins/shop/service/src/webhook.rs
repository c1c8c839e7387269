//! The service's webhook: `order_paid`, sent to an address of this machine.

use std::fmt::Write;
use std::net::IpAddr;

use hyper::Uri;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// Which webhook to send, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// An address of this machine.
    pub url: String,
    /// The order that was paid. One that was not is paid by this.
    pub order: String,
    /// Whether it is sent a second time, as services do that had no answer.
    #[serde(default)]
    pub twice: bool,
    /// Whether it is signed with another token.
    #[serde(default)]
    pub forged: bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sent {
    /// HTTP status; 0 where there was no answer.
    pub status: u16,
    /// The answer, or why there is none.
    pub body: String,
}

/// Sends the body once or twice, signed.
pub(crate) fn send(webhook: &Webhook, token: &str, body: &str) -> Vec<Sent> {
    let signature = signature(if webhook.forged { "another-token" } else { token }, body);
    let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).max_redirects(0).build();
    let agent = ureq::Agent::new_with_config(config);
    let once = || {
        let request = agent.post(&webhook.url).header("content-type", "application/json");
        let answer = request.header("x-shop-signature", &signature).send(body);
        answer.map_or_else(
            |why| Sent { status: 0, body: why.to_string() },
            |mut answer| Sent {
                status: answer.status().as_u16(),
                body: answer.body_mut().read_to_string().unwrap_or_default(),
            },
        )
    };
    (0..if webhook.twice { 2 } else { 1 }).map(|_| once()).collect()
}

/// Lower-case hex of the MD5 of the token, a full stop and the body.
pub(crate) fn signature(token: &str, body: &str) -> String {
    let hash = Md5::digest([token, ".", body].concat());
    hash.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether an address is one of this machine: no test sends anything elsewhere.
pub(crate) fn is_local(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok().filter(|uri: &Uri| uri.scheme_str() == Some("http"));
    let host = uri.as_ref().and_then(Uri::host).map(|host| host.trim_matches(['[', ']']));
    host.is_some_and(|host| host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_with_the_token() {
        // printf 'shop-token-1234.{}' | md5sum
        assert_eq!(signature("shop-token-1234", "{}"), "f347206b5fb920e20a6054db1248bbe3");
    }

    #[test]
    fn only_addresses_of_this_machine_are_sent_to() {
        for url in ["http://127.0.0.1:1/a", "http://localhost/", "http://[::1]:80"] {
            assert!(is_local(url), "{url}");
        }
        for url in ["http://shop.example.com", "https://127.0.0.1", "http://127.0.0.1.example.com", "/a", ""] {
            assert!(!is_local(url), "{url}");
        }
    }
}
