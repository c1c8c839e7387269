//! Where events go: an address that takes them by POST, one at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use plugin_host_core::http::{Client, Failure, NoResponse, Origin, Policy, Request, Response};

pub use super::outcome::Outcome;
use super::signing::SigningSecrets;

/// The media type of a CloudEvent in structured mode.
pub const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// Somebody's address. Its path may be a secret, so that nothing shows more of it than its origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    url: String,
    origin: Origin,
    secrets: Option<SigningSecrets>,
    token: Option<String>,
}

impl Receiver {
    /// At this address, which takes what is signed with these secrets and comes with this bearer token.
    ///
    /// # Errors
    /// If it is no address; the text says what is, and shows nothing of it.
    pub fn new(url: &str, secrets: Option<SigningSecrets>, token: Option<String>) -> Result<Self, String> {
        let wrong = || {
            "is no whole http or https address, without user and password: write one such as https://n8n.example/webhook/orders".to_owned()
        };
        let uri = url.parse().map_err(|_| wrong())?;
        let origin = Origin::of(&uri).ok_or_else(wrong)?;
        Ok(Self { url: url.to_owned(), origin, secrets, token })
    }

    /// What tells it from others. It may hold a secret, and is not to be shown.
    pub fn address(&self) -> &str {
        &self.url
    }

    /// Its origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether what it is sent is signed.
    pub fn is_signed(&self) -> bool {
        self.secrets.is_some()
    }

    /// Sends it an event once, and waits for its answer; `key` is by what the receiver knows repeats, and
    /// `traceparent` in which trace it is.
    pub async fn send(&self, client: &Client, key: &str, event: &[u8], traceparent: Option<String>) -> Outcome {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut headers = self.headers(key, now, event);
        headers.extend(traceparent.map(|traceparent| ("traceparent".to_owned(), traceparent)));
        let request = Request::new("POST", &self.url, headers);
        let policy = Policy { origins: vec![self.origin.clone()], allowed: Vec::new() };
        self.outcome(client.send_async(&request, event, &policy, None).await)
    }

    fn headers(&self, key: &str, now: u64, event: &[u8]) -> BTreeMap<String, String> {
        let signature = self.secrets.as_ref().map(|secrets| ("webhook-signature", secrets.sign(key, now, event)));
        let token = self.token.as_ref().map(|token| ("authorization", format!("Bearer {token}")));
        let always = [
            ("content-type", MEDIA_TYPE.to_owned()),
            ("user-agent", concat!("plugin-host/", env!("CARGO_PKG_VERSION")).to_owned()),
            ("webhook-id", key.to_owned()),
            ("webhook-timestamp", now.to_string()),
            // By this one, Restate and others carry out what they are asked for once.
            ("idempotency-key", key.to_owned()),
        ];
        always.into_iter().chain(signature).chain(token).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn outcome(&self, answered: Result<Response, NoResponse>) -> Outcome {
        let origin = &self.origin;
        match answered {
            Ok(response) => match response.status {
                200..=299 => Outcome::Delivered,
                410 => Outcome::Refused(format!("{origin} answered 410: it wants no more events.")),
                status @ 300..=399 => Outcome::Failed {
                    why: format!("{origin} answered {status}, and no redirect is followed: name the address itself."),
                    retry_after_s: None,
                },
                status @ (408 | 425 | 429) => Outcome::Failed {
                    why: format!("{origin} answered {status}."),
                    retry_after_s: response.retry_after_s,
                },
                status @ 400..=499 => Outcome::Refused(format!("{origin} answered {status}.")),
                status => Outcome::Failed {
                    why: format!("{origin} answered {status}."),
                    retry_after_s: response.retry_after_s,
                },
            },
            Err(NoResponse { failure, note, .. }) => {
                let note = note.map(|note| format!(" {note}")).unwrap_or_default();
                Outcome::Failed { why: format!("{}{note}", told(failure, origin)), retry_after_s: None }
            }
        }
    }
}

/// Why there is no answer, for people.
fn told(failure: Failure, origin: &Origin) -> String {
    match failure {
        Failure::Dns => format!("{origin} has no address: its name is not known."),
        Failure::Connect => format!("{origin} takes no connection."),
        Failure::Tls => format!("{origin} could not be reached by TLS."),
        Failure::NotSent => format!("{origin} broke the connection before it had the event."),
        Failure::Timeout => format!("{origin} did not answer in time."),
        Failure::TooLarge => format!("{origin} answered more than is read."),
        Failure::NotAllowed => format!("{origin} may not be asked."),
        _ => format!("{origin} broke the connection without an answer."),
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn receiver() -> Receiver {
        Receiver::new("https://n8n.example/webhook/s3cret", SECRET.parse().ok(), Some("t0ken".to_owned())).unwrap()
    }

    fn outcome(status: u16, retry_after_s: Option<u64>) -> Outcome {
        receiver().outcome(Ok(Response::new(status, retry_after_s)))
    }

    #[test]
    fn what_an_answer_means_follows_from_its_status() {
        for status in [200, 202, 204, 299] {
            assert_eq!(outcome(status, None), Outcome::Delivered, "{status}");
        }
        for status in [400, 401, 403, 404, 409, 410, 413, 422, 451] {
            assert!(matches!(outcome(status, None), Outcome::Refused(_)), "{status}");
        }
        for status in [100, 301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 599] {
            assert!(matches!(outcome(status, None), Outcome::Failed { .. }), "{status}");
        }
        for status in [429, 503] {
            assert!(matches!(outcome(status, Some(7)), Outcome::Failed { retry_after_s: Some(7), .. }), "{status}");
        }
        let Outcome::Failed { why, .. } = outcome(308, None) else { panic!() };
        assert_eq!(why, "https://n8n.example answered 308, and no redirect is followed: name the address itself.");
    }

    #[test]
    fn a_request_names_the_event_twice_and_is_signed() {
        let headers = receiver().headers("k", 1_614_265_330, b"{}");
        let header = |name: &str| headers[name].as_str();
        assert_eq!((header("webhook-id"), header("idempotency-key")), ("k", "k"));
        assert_eq!(header("webhook-timestamp"), "1614265330");
        assert!(header("webhook-signature").starts_with("v1,") && header("authorization") == "Bearer t0ken");
        let plain = Receiver::new("http://restate:8080/Orders/paid/send", None, None).unwrap().headers("k", 1, b"{}");
        assert!(!plain.contains_key("webhook-signature") && !plain.contains_key("authorization"));
    }

    #[test]
    fn neither_path_nor_secret_is_shown() {
        let shown = format!("{:?} {:?} {:?}", receiver(), outcome(500, None), outcome(404, None));
        let failed = receiver().outcome(Err(Failure::Connect.into()));
        let shown = format!("{shown} {failed:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("t0ken") && !shown.contains("MfKQ"), "{shown}");
        for wrong in ["", "n8n.example/x", "ftp://n8n.example/s3cret", "https://user:s3cret@n8n.example/"] {
            assert!(!Receiver::new(wrong, None, None).unwrap_err().contains("s3cret"));
        }
    }
}
