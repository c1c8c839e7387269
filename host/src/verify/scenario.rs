//! Calls to try a plugin with.

use std::collections::BTreeMap;

use super::bench::Call;
use super::case::Case;

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
