//! What the service was asked.

use serde::Serialize;

/// A request to the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// Such as `POST`.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The names of its headers, in small letters.
    pub headers: Vec<String>,
    /// The body; empty for none.
    pub body: String,
    /// The status that it was answered with, once it was.
    pub status: Option<u16>,
}
