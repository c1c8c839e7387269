//! HTTP as a plugin has it: a request that the host makes, and its answer.

use crate::json::Object;

/// A request for the host to make. It follows no redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Such as `POST`.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// Names and values. The host adds its own (host, content-length).
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Request {
    /// What stands beside the body, as JSON for the host.
    pub fn head(&self) -> String {
        let mut headers = Object::new();
        for (name, value) in &self.headers {
            headers = headers.text(name, value);
        }
        let head = Object::new().text("url", &self.url).text("method", self.method);
        head.json("headers", &headers.finish()).finish()
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status; 0 means that there was no HTTP response, and `body` may then hold a
    /// [`Failure`]'s name.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether there was more of an answer than the host takes, so that asking for less may help.
    pub fn is_too_large(&self) -> bool {
        self.status == 0 && Failure::from_body(&self.body) == Failure::TooLarge
    }
}

/// Who makes a request.
pub trait Transport {
    /// Makes it and waits for the answer.
    fn send(&self, request: &Request) -> Response;
}

/// A text as a part of a path: of it only RFC 3986's unreserved characters stay as they are.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    percent_encode(&mut encoded, text);
    encoded
}

/// Adds a text, percent-encoded.
pub(crate) fn percent_encode(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            for digit in [byte >> 4, byte & 0xf] {
                url.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
}

/// Why there was no HTTP response: the words a host may put into the body of a status 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The host's policy forbids the address. Nothing was sent.
    NotAllowed,
    /// The name has no address. Nothing was sent.
    Dns,
    /// No connection: refused, unreachable, or none in time. Nothing was sent.
    Connect,
    /// TLS failed: an unknown, expired or wrong certificate. Nothing was sent.
    Tls,
    /// The connection broke or the time ran out before the request was sent whole.
    NotSent,
    /// The time ran out after the request was sent.
    Timeout,
    /// The connection broke after the request was sent.
    Reset,
    /// The answer is larger than the host takes.
    TooLarge,
    /// The host did not say, or used a word that is not of this list.
    Unknown,
}

impl Failure {
    /// Reads the body of a response with status 0.
    pub fn from_body(body: &[u8]) -> Self {
        match body {
            b"not_allowed" => Self::NotAllowed,
            b"dns" => Self::Dns,
            b"connect" => Self::Connect,
            b"tls" => Self::Tls,
            b"not_sent" => Self::NotSent,
            b"timeout" => Self::Timeout,
            b"reset" => Self::Reset,
            b"too_large" => Self::TooLarge,
            _ => Self::Unknown,
        }
    }

    /// Whether it is certain that the service never saw the whole request.
    pub fn before_sending(self) -> bool {
        matches!(self, Self::NotAllowed | Self::Dns | Self::Connect | Self::Tls | Self::NotSent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_percent_encoded() {
        let mut url = String::new();
        percent_encode(&mut url, "a b&c=/?я~");
        assert_eq!(url, "a%20b%26c%3D%2F%3F%D1%8F~");
    }

    #[test]
    fn a_request_is_told_to_the_host_as_json() {
        let headers = vec![("accept", "a\"b".to_owned())];
        let request = Request { method: "GET", url: "https://a.b/c".to_owned(), headers, body: String::new() };
        assert_eq!(request.head(), r#"{"url":"https://a.b/c","method":"GET","headers":{"accept":"a\"b"}}"#);
    }
}
