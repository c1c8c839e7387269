//! What went wrong, by who has to do something about it.

use std::{fmt, io};

use plugin_host_core::connections::ConnectionError;
use plugin_host_core::engine::LoadError;
use plugin_host_core::error::{ActionError, Effect, ErrorKind};
use plugin_host_core::http::{ProxyError, RootsError};
use plugin_host_core::plugins::PluginsError;
use plugin_host_core::sources::SourceError;

use super::exit;
use crate::batch::Refusal;
use crate::install::InstallError;

/// Why a command did not do what it was to.
pub enum Failure {
    /// The bundle can't be used, or it is not said which one, or what is to be done with it.
    Load(String),
    /// A connection can't be had.
    Connection(ConnectionError),
    /// The call itself is wrong, or its input can't be read.
    Usage(String),
    /// The action failed.
    Action(Box<ActionError>),
    /// What came of the command can't be printed.
    Unprinted {
        /// Why not.
        why: String,
        /// What has been done by then, if it changed something: doing it again might change that twice.
        done: Option<&'static str>,
    },
    /// What went wrong has been told; the exit code.
    Told(u8),
}

impl Failure {
    /// Standard output can't be written.
    pub fn unprinted(error: &io::Error) -> Self {
        Self::Unprinted { why: error.to_string(), done: None }
    }

    /// The same where something has been changed before: nobody may take it for a command that did nothing.
    pub fn after(self, done: &'static str) -> Self {
        match self {
            Self::Told(code) => Self::Told(code),
            Self::Unprinted { why, .. } => Self::Unprinted { why, done: Some(done) },
            other => Self::Unprinted { why: other.to_string(), done: Some(done) },
        }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Load(_) => exit::LOAD,
            Self::Connection(_) => exit::of_kind(&ErrorKind::InvalidConnection),
            Self::Usage(_) => exit::USAGE,
            Self::Action(error) => exit::of_kind(&error.kind),
            Self::Unprinted { .. } => exit::UNWRITTEN,
            Self::Told(code) => *code,
        }
    }

    /// The contract's error document, for machines, of what has not been told.
    pub fn document(&self) -> Option<ActionError> {
        match self {
            Self::Action(error) => Some((**error).clone()),
            Self::Unprinted { done, .. } => {
                let effect = if done.is_some() { Effect::Unknown } else { Effect::None };
                Some(ActionError::internal(self.to_string(), effect))
            }
            Self::Connection(error) => Some(error.document()),
            Self::Load(why) => Some(ActionError::internal(why, Effect::None)),
            Self::Usage(why) => Some(ActionError::invalid_input(why)),
            Self::Told(_) => None,
        }
    }
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
            Self::Unprinted { why, done: None } => write!(f, "what came of it can't be printed: {why}"),
            Self::Unprinted { why, done: Some(done) } => {
                write!(
                    f,
                    "{done}, but what came of it can't be printed: {why}. Look at what it changed before doing it again"
                )
            }
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
