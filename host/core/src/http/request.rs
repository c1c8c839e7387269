//! A request as people and programs are shown it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::client::Request;

/// A request that is ready, and was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreparedRequest {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
}

impl PreparedRequest {
    /// What a plugin asks for. Bytes of the body that are no text are replaced.
    pub fn new(request: &Request, body: &[u8]) -> Self {
        let Request { url, method, headers } = request;
        let method = method.as_deref().unwrap_or("GET").to_owned();
        let body = String::from_utf8_lossy(body).into_owned();
        Self { method, url: url.clone(), headers: headers.clone(), body }
    }
}
