//! The host's queues, compiled with Shuttle's locks in the place of those that they run with: what is under
//! test are the host's own files. Shuttle runs a test again and again, one thread at a time, and chooses
//! anew each time who goes on where one could wait; it also finds where everybody waits for ever.

// The files' own tests run where they are, with the real Tokio.
#![cfg(not(test))]
#![expect(dead_code, reason = "the host's files have more than is tried here")]
#![allow(clippy::missing_errors_doc, clippy::new_without_default, reason = "they are the host's")]

pub mod queue;
#[path = "../../../host/core/src/shares.rs"]
pub mod shares;

/// What stands in the place of the host's `sync`.
mod sync {
    pub use shuttle::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic};
}

// What the files name beside that is the host's own.
use plugin_host_core::{account, description, error, subject};
