//! What went wrong, by who has to do something about it.

use std::fmt;

use plugin_host_core::connections::ConnectionError;
use plugin_host_core::engine::LoadError;
use plugin_host_core::error::ActionError;
use plugin_host_core::http::{ProxyError, RootsError};
use plugin_host_core::plugins::PluginsError;
use plugin_host_core::sources::SourceError;

use crate::batch::Refusal;
use crate::install::InstallError;

/// Why a command did not do what it was to.
pub enum Failure {
    /// The bundle, a connection or what is to be done with them can't be used.
    Load(String),
    /// A connection can't be had.
    Connection(ConnectionError),
    /// The call itself is wrong, or its input can't be read.
    Usage(String),
    /// The action failed.
    Action(Box<ActionError>),
    /// What went wrong has been told; the exit code.
    Told(u8),
}

/// What keeps a plugin from being opened.
macro_rules! load_failures {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Load(error.to_string())
            }
        }
    )*};
}

load_failures!(LoadError, PluginsError, SourceError, RootsError, ProxyError);

impl From<InstallError> for Failure {
    fn from(error: InstallError) -> Self {
        let is_usage = error.is_usage();
        if is_usage { Self::Usage(error.to_string()) } else { Self::Load(error.to_string()) }
    }
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(why) | Self::Usage(why) => f.write_str(why),
            Self::Connection(error) => error.fmt(f),
            Self::Action(error) => f.write_str(&error.message),
            Self::Told(code) => write!(f, "exit code {code}"),
        }
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
