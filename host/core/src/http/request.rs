//! A request as people and programs are shown it.

use std::collections::BTreeMap;

use serde::Serialize;

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
