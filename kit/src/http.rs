//! HTTP as a plugin has it: a request that the host makes, and its answer.

use crate::call::Call;
use crate::error::Error;
use crate::json::{Members, Object};

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
    /// The body as a JSON object.
    ///
    /// # Errors
    /// [`crate::error::Kind::UnexpectedReply`] if it is none.
    pub fn members(&self, call: &Call) -> Result<Members<'_>, Error> {
        let members = std::str::from_utf8(&self.body).ok().and_then(|text| Members::parse(text).ok());
        members.ok_or_else(|| call.unexpected(self, "The answer is not the JSON object that was expected"))
    }
}

/// Who makes a request.
pub trait Transport {
    /// Makes it and waits for the answer.
    fn send(&self, request: &Request) -> Response;
}

/// A request that is being put together.
#[must_use]
pub struct Draft<'c> {
    call: &'c Call<'c>,
    request: Request,
}

impl<'c> Draft<'c> {
    pub(crate) fn new(call: &'c Call<'c>, method: &'static str, url: String) -> Self {
        let headers = vec![("accept", "application/json".to_owned()), ("user-agent", call.plugin.user_agent())];
        Self { call, request: Request { method, url, headers, body: String::new() } }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers.push((name, value.to_owned()));
        self
    }

    /// Adds a parameter to the address, percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let url = &mut self.request.url;
        url.push(if url.contains('?') { '&' } else { '?' });
        percent_encode(url, name);
        url.push('=');
        percent_encode(url, value);
        self
    }

    /// Sets the body.
    pub fn body(self, media_type: &str, body: String) -> Self {
        let mut draft = self.header("content-type", media_type);
        draft.request.body = body;
        draft
    }

    /// Sets a JSON body.
    pub fn json(self, body: Object) -> Self {
        self.body("application/json", body.finish())
    }

    /// Makes the request and gives back whatever came, for a service that has codes of its own.
    pub fn answer(self) -> Response {
        self.call.transport.send(&self.request)
    }

    /// Makes the request.
    ///
    /// # Errors
    /// What the contract makes of every status but a 2xx: see [`Call::failure`].
    pub fn send(self) -> Result<Response, Error> {
        let call = self.call;
        let response = self.answer();
        if (200..300).contains(&response.status) { Ok(response) } else { Err(call.failure(&response)) }
    }
}

/// Adds a text of which only RFC 3986's unreserved characters stay as they are.
fn percent_encode(url: &mut String, text: &str) {
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
