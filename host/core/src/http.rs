//! The client behind a plugin's `http_request`: one pool for the process, one policy for each
//! connection.

mod body;
mod client;
mod connection;
mod dial;
mod headers;
mod limits;
mod net;
mod policy;
mod pool;
mod proxy;
mod request;
mod resolver;
mod roots;
mod roundtrip;
mod special;

pub use client::{Client, Request, Response};
pub use headers::may_be_answered;
pub use limits::Limits;
pub(crate) use net::run_blocking;
pub use policy::{InvalidOrigin, InvalidRule, Origin, Policy, Rule};
pub use proxy::{Proxies, ProxyError};
pub use request::PreparedRequest;
pub use roots::{Roots, RootsError};

/// Why there is no HTTP response. The plugin gets the name as the body of a response with status 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The policy forbids the address, a header or the method, or the request is none. Nothing was sent.
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
    /// The connection broke after the request was sent, or what came is not HTTP.
    Reset,
    /// The response is larger than its cap.
    TooLarge,
}

impl Failure {
    /// The name by which a plugin knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::NotSent => "not_sent",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::TooLarge => "too_large",
        }
    }

    /// Whether the service may have seen the request.
    pub fn may_have_been_sent(self) -> bool {
        matches!(self, Self::Timeout | Self::Reset | Self::TooLarge)
    }
}

/// Why there is no HTTP response, for the plugin and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoResponse {
    /// What the plugin is told.
    pub failure: Failure,
    /// What the host knows besides: a sentence, or nothing.
    pub note: Option<String>,
    /// Whether no host would make such a request, so that there is nothing that an operator or a user could
    /// change: the note then says all.
    pub impossible: bool,
}

/// What to do about a request that no host makes.
pub(crate) const REPORT: &str = "Report it to the plugin's author.";

impl NoResponse {
    fn noted(failure: Failure, note: impl Into<String>) -> Self {
        Self { failure, note: Some(note.into()), impossible: false }
    }

    /// A request that no host makes: what is wrong with it, as a sentence goes on after "The plugin's request".
    fn impossible(what: &str) -> Self {
        let note = Some(format!("The plugin's request {what}. {REPORT}"));
        Self { failure: Failure::NotAllowed, note, impossible: true }
    }
}

impl From<Failure> for NoResponse {
    fn from(failure: Failure) -> Self {
        Self { failure, note: None, impossible: false }
    }
}
