//! What is async, for commands that do one thing after the other.

use plugin_host_core::error::ActionError;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use tokio::runtime::Builder;

use super::exit::UNWRITTEN;
use super::failure::Failure;
use super::terminal::say;
use crate::audit::{Audit, Face, Who};

/// Runs what is async on this thread.
///
/// # Errors
/// If the system does not let us.
pub fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
    let runtime = runtime.map_err(|error| Failure::Usage(format!("can't start threads: {error}")))?;
    Ok(runtime.block_on(future))
}

/// Has a line in the audit for what a command asks a plugin for.
///
/// # Errors
/// What it failed with, or that no line can be written: then it was not asked for.
pub fn audited<T>(
    audit: &Audit,
    connected: Connected,
    action: &str,
    call: impl FnOnce(Connected) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let line = audit.begin(Face::Cli, Who::Anybody);
    line.names(&connected, action);
    line.ready().map_err(|why| {
        say(&format!("error: nothing was called: {why}\n"));
        Failure::Told(UNWRITTEN)
    })?;
    let outcome = call(connected);
    line.ended(match &outcome {
        Ok(_) => "done",
        Err(Failure::Action(error)) => error.kind.word(),
        Err(_) => "failed",
    });
    outcome
}

/// Makes a call, and repeats it as far as that is allowed.
///
/// # Errors
/// What the call failed with.
pub fn made(
    connected: Connected,
    backoff: Backoff,
    call: impl AsyncFnOnce(&Queue) -> Result<String, Box<ActionError>>,
) -> Result<String, Failure> {
    let queue = Queue::new(connected, Slots::new(1), None, backoff);
    Ok(block_on(call(&queue))??)
}
