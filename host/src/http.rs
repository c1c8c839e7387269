//! The client behind a plugin's `http_request`: one pool for the process, one policy for each
//! connection.

mod client;
mod policy;
mod resolver;
mod roots;
mod tcp;
mod wire;

pub use client::{Client, Limits, Request, Response};
pub use policy::{Origin, Policy, Rule};
pub use roots::Roots;

/// Why there is no HTTP response. The plugin gets the name as the body of a response with status 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The policy forbids the address, or the request is none. Nothing was sent.
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
}
