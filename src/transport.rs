//! What the plugin needs of HTTP: one POST.

/// The headers of every request. The host adds its own (host, content-length).
pub const HEADERS: [(&str, &str); 3] = [
    ("accept", "application/json"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("user-agent", concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"))),
];

/// An answer to a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status; 0 means that there was no HTTP response, and `body` may then hold a
    /// [`Failure`]'s name.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// Sends one POST with [`HEADERS`], following no redirect.
pub trait Transport {
    /// Sends `body` to `url` and waits for the answer.
    fn post(&self, url: &str, body: &str) -> Response;
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
