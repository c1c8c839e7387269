//! On whose behalf a call is made.

use crate::connection::Connection;
use crate::http::Policy;
use crate::redact::Redactor;

/// On whose behalf a call is made.
#[derive(Debug, Default)]
pub struct Context {
    /// The connection's name; empty if it has none.
    pub name: String,
    /// The config values.
    pub connection: Connection,
    /// What may be reached.
    pub policy: Policy,
    /// Finds the connection's secrets.
    pub redactor: Redactor,
}
