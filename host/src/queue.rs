//! Calls that wait their turn: the async way to run actions.
//!
//! A call waits until no other call changes the same subject, until its connection's rate allows
//! it, and until the host has a slot for it. Then it is tried, and tried again as far as its error
//! allows.

mod intake;
mod rate;
mod subjects;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Span, info, warn};

use crate::connection::Connection;
use crate::error::{ActionError, Effect, Retry};
use crate::retry::Backoff;
use crate::runner::{Connected, Runner};
use crate::subject::Subject;
pub use intake::{Failed, Intake, Refusal};
use rate::Limiter;
pub use rate::Rate;
use subjects::{Subjects, Turn};

/// How many calls may be under way at once, for all queues that share it.
#[derive(Debug, Clone)]
pub struct Slots {
    calls: usize,
    free: Arc<Semaphore>,
}

impl Slots {
    /// This many; at least one.
    pub fn new(calls: usize) -> Self {
        let calls = calls.clamp(1, Semaphore::MAX_PERMITS);
        Self { calls, free: Arc::new(Semaphore::new(calls)) }
    }
}

/// A queue for each connection, by name. They share the slots.
pub fn queues(
    runner: &Runner,
    connections: Vec<(String, Connection)>,
    slots: &Slots,
    rate: Option<Rate>,
    backoff: &Backoff,
) -> BTreeMap<String, Queue> {
    let queue = |(name, connection): (String, Connection)| {
        let connected = runner.connect(connection).named(&name);
        (name, Queue::new(connected, slots.clone(), rate, backoff.clone()))
    };
    connections.into_iter().map(queue).collect()
}

/// The calls of one connection. Cloning it is cheap.
///
/// Each attempt runs on a thread of Tokio's blocking pool: a runtime needs as many of those as there
/// are [`Slots`], and its timer.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
    connected: Connected,
    slots: Slots,
    limiter: Option<Limiter>,
    backoff: Backoff,
    subjects: Subjects,
}

impl Queue {
    /// A queue for a connection, at most as fast as `rate`.
    pub fn new(connected: Connected, slots: Slots, rate: Option<Rate>, backoff: Backoff) -> Self {
        let limiter = rate.map(Limiter::new);
        Self(Arc::new(Inner { connected, slots, limiter, backoff, subjects: Subjects::default() }))
    }

    /// What the calls run with.
    pub fn connected(&self) -> &Connected {
        &self.0.connected
    }

    /// How many attempts hold a slot now, over all queues that share the slots.
    pub fn under_way(&self) -> usize {
        self.0.slots.calls - self.0.slots.free.available_permits()
    }

    /// Runs an action; input and output are JSON.
    ///
    /// The call takes its place in the queue of its subject at once, before the future is polled:
    /// calls on the same subject run one after the other, in the order in which they were made.
    ///
    /// `cancel` ends a call that waits, with an error whose effect is that of the last attempt, or
    /// none. An attempt that has begun comes to its end, so that nobody has to guess what became of
    /// its request. The same holds when the future is dropped: an attempt goes on, and so long the
    /// next call on its subject waits.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn call(
        &self,
        action: &str,
        input: String,
        cancel: CancellationToken,
    ) -> impl Future<Output = Result<String, Box<ActionError>>> + Send + 'static {
        let inner = self.0.clone();
        let subject = inner.subject(action, &input);
        let turn = subject.as_ref().map(|subject| inner.subjects.turn(subject));
        let work = Work { action: Some(action.to_owned()), input, subject };
        async move { inner.run(work, turn, cancel).await }
    }

    /// Proves that the connection works, without changing anything.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn check(
        &self,
        cancel: CancellationToken,
    ) -> impl Future<Output = Result<String, Box<ActionError>>> + Send + 'static {
        let inner = self.0.clone();
        let work = Work { action: None, input: String::new(), subject: None };
        async move { inner.run(work, None, cancel).await }
    }
}

/// What an attempt does.
#[derive(Clone)]
struct Work {
    /// `None` for the check of the connection.
    action: Option<String>,
    input: String,
    subject: Option<Subject>,
}

/// What an attempt holds until it ends, whoever still waits for it.
struct Held {
    _turn: Option<subjects::Guard>,
    _slot: OwnedSemaphorePermit,
}

impl Inner {
    async fn run(
        self: Arc<Self>,
        work: Work,
        turn: Option<Turn>,
        cancel: CancellationToken,
    ) -> Result<String, Box<ActionError>> {
        let mut last = None;
        let cancelled =
            |last: Option<Box<ActionError>>| Err(last.unwrap_or_else(|| Box::new(ActionError::cancelled())));
        let mut guard = match turn {
            Some(turn) => tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(None),
                guard = turn.taken() => Some(guard),
            },
            None => None,
        };
        let mut repetition = 0;
        loop {
            let slot = tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                slot = self.slot() => slot,
            };
            let held = Held { _turn: guard.take(), _slot: slot };
            let (outcome, held) = self.clone().attempt(work.clone(), held, repetition).await;
            let error = match outcome {
                Err(error) if error.retry == Retry::Later && repetition < self.backoff.retries => error,
                outcome => return outcome,
            };
            let Some(wait) = self.backoff.next(repetition, &error) else {
                return Err(error);
            };
            // The subject stays taken between attempts, the slot does not.
            guard = held.and_then(|held| held._turn);
            last = Some(error);
            tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                () = sleep(wait) => {}
            }
            repetition += 1;
        }
    }

    /// A slot at a time that the rate allows. Nobody keeps a slot while waiting for the time.
    async fn slot(&self) -> OwnedSemaphorePermit {
        loop {
            let slot = self.slots.free.clone().acquire_owned().await.expect("nobody closes the slots");
            let Some(wait) = self.limiter.as_ref().and_then(Limiter::wait) else {
                return slot;
            };
            drop(slot);
            sleep(wait).await;
        }
    }

    async fn attempt(
        self: Arc<Self>,
        work: Work,
        held: Held,
        repetition: u32,
    ) -> (Result<String, Box<ActionError>>, Option<Held>) {
        // What is logged of the attempt belongs to whatever asked for it.
        let span = Span::current();
        let attempt = spawn_blocking(move || {
            let _entered = span.entered();
            let begun = Instant::now();
            let outcome = match &work.action {
                Some(action) => self.connected.call(action, &work.input),
                None => self.connected.check(),
            };
            self.log(&work, repetition, begun, &outcome);
            (outcome, held)
        });
        match attempt.await {
            Ok((outcome, held)) => (outcome, Some(held)),
            // A panic, or the runtime is going down.
            Err(_) => (Err(Box::new(ActionError::internal("The call was broken off.", Effect::Unknown))), None),
        }
    }

    fn log(&self, work: &Work, repetition: u32, begun: Instant, outcome: &Result<String, Box<ActionError>>) {
        let connection = self.connected.name();
        let action = work.action.as_deref().unwrap_or("check");
        // Nobody's secret becomes a log line because it was put into the wrong field.
        let subject = work.subject.as_ref().map(Subject::value).filter(|value| !self.connected.is_config(value));
        let (attempt, ms) = (repetition + 1, u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        match outcome {
            Ok(_) => info!(connection, action, subject, attempt, ms, "done"),
            Err(error) => {
                let (retry, effect) = (error.retry.as_str(), error.effect.as_str());
                warn!(connection, action, subject, attempt, ms, kind = error.kind, retry, effect, "{}", error.message);
            }
        }
    }

    fn subject(&self, action: &str, input: &str) -> Option<Subject> {
        Subject::of(self.connected.description().action(action)?, input)
    }
}
