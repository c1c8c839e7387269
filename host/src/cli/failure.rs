//! What went wrong, by who has to do something about it.

use plugin_host_core::error::{ActionError, LoadError};

use crate::batch::Refusal;

/// Why a command did not do what it was to.
pub enum Failure {
    /// The bundle can't be used.
    Load(LoadError),
    /// The call itself is wrong, or its input can't be read.
    Usage(String),
    /// The action failed.
    Action(Box<ActionError>),
    /// What went wrong has been told; the exit code.
    Told(u8),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<Box<ActionError>> for Failure {
    fn from(error: Box<ActionError>) -> Self {
        Self::Action(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Usage(refusal.0)
    }
}
