//! The host's queues, its admission and its outbox, compiled with Shuttle's locks in the place of those that they run
//! with: what is under test are the host's own files. Shuttle runs a test again and again, one thread at a time, and
//! chooses anew each time who goes on where one could wait; it also finds where everybody waits for ever.

// The files' own tests run where they are, with the real Tokio.
#![cfg(not(test))]
#![expect(dead_code, reason = "the host's files have more than is tried here")]
#![allow(clippy::missing_errors_doc, clippy::new_without_default, reason = "they are the host's")]

// What the host's command calls the core, and Tokio's other half.
extern crate self as plugin_host_core;
extern crate tokio as tokio_util;

use std::pin::pin;

use futures_util::FutureExt;
use shuttle::future::yield_now;
use shuttle::rand::{Rng, thread_rng};

pub mod events;
pub mod queue;
#[path = "../../../host/core/src/shares.rs"]
pub mod shares;
#[path = "../../../host/src/state.rs"]
pub mod state;
pub mod web;

/// What stands in the place of the host's `sync`s.
mod sync {
    pub use shuttle::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic};
}

/// What stands in the place of the host's `clock`.
mod clock {
    pub use tokio::time::since_epoch;
}

/// What stands in the place of the host's `trace`: no trace.
mod trace {
    use tracing::Span;

    pub type Traceparent = fn() -> Option<String>;

    pub fn parent() -> Option<String> {
        None
    }

    pub fn carried<F: Future>(work: F) -> F {
        work
    }

    pub fn event(_: &str, _: &str, _: &str, _: u32, _: Option<&str>) -> Span {
        Span::none()
    }

    pub fn ended(_: &Span, _: &str, _: bool) {}
}

/// What stands in the place of the core's HTTP: nothing is sent but by [`events::receiver`].
mod http {
    #[derive(Debug, Clone, Copy)]
    pub struct Client;
}

// What the files name beside that is the host's own.
#[path = "../../../host/src/canonical.rs"]
mod canonical;
pub use queue::Queues;
use real_core::{account, cloud_event, description, error, json, key, subject, trigger};

/// Runs something under so many schedules that are chosen by chance, and as many with few changes of priority. A task
/// has the stack that SQLite takes.
pub fn under_any_schedule(times: usize, work: fn()) {
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 20;
    shuttle::Runner::new(shuttle::scheduler::RandomScheduler::new(times), config.clone()).run(work);
    shuttle::Runner::new(shuttle::scheduler::PctScheduler::new(3, times), config).run(work);
}

/// By chance: whether somebody who waits goes away first. Then the future is polled so often, and dropped.
pub async fn unless_cancelled<T>(future: impl Future<Output = T>, may_cancel: bool) -> Option<T> {
    if !may_cancel || thread_rng().gen_bool(0.6) {
        return Some(future.await);
    }
    let mut future = pin!(future);
    for _ in 0..thread_rng().gen_range(0..4) {
        if let Some(value) = (&mut future).now_or_never() {
            return Some(value);
        }
        yield_now().await;
    }
    None
}
