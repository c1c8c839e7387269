//! Calls that wait their turn: the async way to run actions.
//!
//! A call waits until no other call changes the same subject, until its account's rate allows it, and
//! until its account has a slot for it. Then it is tried, and tried again as far as its error allows.
//!
//! Subjects, rate and slots are an account's: whatever goes on at one of them, the others keep their
//! pace. [`Slots`] says how the slots of a process are shared out.

mod breaker;
mod bulkhead;
mod rate;
mod subjects;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Span, info, warn};

use crate::account::Account;
use crate::error::{ActionError, Effect};
use crate::retry::{Backoff, Repetition};
use crate::runner::Connected;
use crate::shares::Permit;
use crate::subject::Subject;
pub(crate) use bulkhead::Bulkhead;
pub use bulkhead::Slots;
pub use rate::{InvalidRate, Rate};
use subjects::Turn;

/// The calls of one connection. Cloning it is cheap.
///
/// Each attempt runs on a thread of Tokio's blocking pool: a runtime needs as many of those as there
/// are [`Slots`], and its timer.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
    connected: Connected,
    bulkhead: Arc<Bulkhead>,
    slots: Slots,
    backoff: Backoff,
}

/// Is waited for when the turn of a call has come, right before its first attempt. If it fails,
/// nothing is sent, and its error is the call's.
pub type Before = Pin<Box<dyn Future<Output = Result<(), Box<ActionError>>> + Send>>;

impl Queue {
    /// A queue for the only connection to an account, at most as fast as `rate`, or else as the
    /// plugin's own limits.
    pub fn new(connected: Connected, slots: Slots, rate: Option<Rate>, backoff: Backoff) -> Self {
        let bulkhead = Arc::new(Bulkhead::new(connected.account(), &slots, rate, connected.description()));
        Self(Arc::new(Inner { connected, bulkhead, slots, backoff }))
    }

    /// A queue of a server, behind what the calls on its account share.
    pub(crate) fn behind(bulkhead: Arc<Bulkhead>, connected: Connected, slots: Slots, backoff: Backoff) -> Self {
        Self(Arc::new(Inner { connected, bulkhead, slots, backoff }))
    }

    /// What the calls run with.
    pub fn connected(&self) -> &Connected {
        &self.0.connected
    }

    /// How many attempts hold a slot now, over all queues that share the slots.
    pub fn under_way(&self) -> usize {
        self.0.slots.in_use()
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
        self.call_noted(action, input, cancel, Box::pin(std::future::ready(Ok(()))))
    }

    /// The same, for whoever has to know when it begins: until `before` has ended nothing is sent.
    ///
    /// # Errors
    /// The contract's error document, or what `before` fails with.
    pub fn call_noted(
        &self,
        action: &str,
        input: String,
        cancel: CancellationToken,
        before: Before,
    ) -> impl Future<Output = Result<String, Box<ActionError>>> + Send + 'static {
        let inner = self.0.clone();
        let described = inner.connected.description().action(action);
        let subject = described.and_then(|action| Subject::of(action, &input));
        let repetition = described.map_or(Repetition::Harmful, Repetition::of);
        let turn = subject.as_ref().map(|subject| inner.bulkhead.subjects.turn(subject));
        let work = Work { action: Some(action.to_owned()), input, subject, repetition };
        async move { inner.run(work, turn, before, cancel).await }
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
        let work = Work { action: None, input: String::new(), subject: None, repetition: Repetition::Read };
        async move { inner.run(work, None, Box::pin(std::future::ready(Ok(()))), cancel).await }
    }

    /// The account that its connection reaches.
    pub fn account(&self) -> &Account {
        &self.0.bulkhead.account
    }
}

/// What an attempt does.
#[derive(Clone)]
struct Work {
    /// `None` for the check of the connection.
    action: Option<String>,
    input: String,
    subject: Option<Subject>,
    repetition: Repetition,
}

/// What an attempt holds until it ends, whoever still waits for it.
struct Permits {
    _turn: Option<subjects::Guard>,
    _slot: Permit,
}

impl Inner {
    async fn run(
        self: Arc<Self>,
        work: Work,
        turn: Option<Turn>,
        before: Before,
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
        let mut before = Some(before);
        let mut repeated = 0;
        loop {
            let slot = tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                slot = self.bulkhead.slot() => slot,
            };
            let outcome = if let Some(Err(refusal)) = self.bulkhead.breaker.as_ref().map(|it| it.admit(Instant::now()))
            {
                drop(slot);
                // What an earlier attempt came to counts for more.
                Err(last.take().unwrap_or(refusal))
            } else {
                if let Some(before) = before.take() {
                    before.await?;
                }
                let permits = Permits { _turn: guard.take(), _slot: slot };
                let (outcome, permits) = self.clone().attempt(work.clone(), permits, repeated).await;
                // The subject stays taken between attempts, so that none of them comes after a later
                // call on it and undoes what that did. The slot does not.
                guard = permits.and_then(|permits| permits._turn);
                outcome
            };
            let error = match outcome {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let Some(wait) = self.backoff.next(work.repetition, repeated, &error) else {
                return Err(error);
            };
            last = Some(error);
            tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                () = sleep(wait) => {}
            }
            repeated += 1;
        }
    }

    async fn attempt(
        self: Arc<Self>,
        work: Work,
        permits: Permits,
        repeated: u32,
    ) -> (Result<String, Box<ActionError>>, Option<Permits>) {
        let repetition = work.repetition;
        // What is logged of the attempt belongs to whatever asked for it.
        let span = Span::current();
        let attempt = spawn_blocking(move || {
            let _entered = span.entered();
            let begun = Instant::now();
            let outcome = match &work.action {
                Some(action) => self.connected.call(action, &work.input),
                None => self.connected.check(),
            };
            if let Some(breaker) = &self.bulkhead.breaker {
                breaker.note(outcome.as_ref().err().map(AsRef::as_ref), Instant::now());
            }
            self.log(&work, repeated, begun, &outcome);
            (outcome, permits)
        });
        match attempt.await {
            Ok((outcome, permits)) => (outcome, Some(permits)),
            // A panic, or the runtime is going down.
            Err(_) => {
                let error = ActionError::internal("The call was broken off.", Effect::Unknown);
                (Err(Box::new(repetition.settle(error))), None)
            }
        }
    }

    fn log(&self, work: &Work, repeated: u32, begun: Instant, outcome: &Result<String, Box<ActionError>>) {
        let connection = self.connected.name();
        let action = work.action.as_deref().unwrap_or("check");
        // Nobody's secret becomes a log line because it was put into the wrong field.
        let subject = work.subject.as_ref().map(|subject| self.connected.redactor().text(subject.value()));
        let subject = subject.as_deref();
        let (attempt, ms) = (repeated + 1, u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        match outcome {
            Ok(_) => info!(connection, action, subject, attempt, ms, "done"),
            Err(error) => {
                let (retry, effect) = (error.retry.as_str(), error.effect.as_str());
                warn!(
                    connection,
                    action,
                    subject,
                    attempt,
                    ms,
                    kind = error.kind.as_str(),
                    retry,
                    effect,
                    "{}",
                    error.message
                );
            }
        }
    }
}
