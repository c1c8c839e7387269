//! Why a service could not be asked, or what came of it is not kept.

use std::time::Duration;

use plugin_host_core::error::ActionError;
use tracing::{error, info};

use super::patience::pause;
use super::store::StoreError;

/// The longest wait after a failure but for what the service asks for.
const LONGEST: Duration = Duration::from_secs(60);

/// Why there is no answer, or none that counts.
#[derive(Debug, thiserror::Error)]
pub enum TriggerError {
    /// The plugin's call failed.
    #[error("{0}")]
    Action(#[from] Box<ActionError>),
    /// What came of it could not be kept.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl TriggerError {
    /// How long to wait after so many failures in a row: not for long by itself, as nothing else tells that
    /// the service answers again; and never less than it asks for.
    pub fn wait(&self, failures: u32) -> Duration {
        let asked_s = match self {
            Self::Action(error) => error.retry_after_s,
            Self::Store(_) => None,
        };
        match asked_s {
            Some(_) => pause(1, asked_s),
            None => pause(failures, None).min(LONGEST),
        }
    }

    /// Says in the log what is done again after a wait: of a connection's trigger, after so many failures in a row.
    pub fn log(&self, [connection, trigger]: [&str; 2], failures: u32, wait: Duration, again: &str) {
        let seconds = wait.as_secs();
        match self {
            // The queue has told of it.
            Self::Action(_) => info!(connection, trigger, failures, seconds, "{again}"),
            Self::Store(why) => error!(connection, trigger, failures, seconds, "{again}: {why}"),
        }
    }
}
