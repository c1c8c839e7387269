//! Calls to try a plugin with.

use std::collections::BTreeMap;

use plugin_host_core::http::{NoResponse, Response};

use super::bench::Call;
use super::case::Case;

/// What a plugin gets for a request.
pub type Given = Result<Response, NoResponse>;

/// A call from which others are made by changing an answer.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What people call it.
    pub name: String,
    /// The connection's values; what is missing is made up.
    pub connection: BTreeMap<String, String>,
    /// The call.
    pub call: Call,
    /// What is answered; none if nobody has recorded it.
    pub case: Option<Case>,
}

impl Scenario {
    /// The recorded answers, in their order.
    pub fn answers(&self) -> Vec<Given> {
        self.case.as_ref().map(Case::answers).unwrap_or_default()
    }
}
