//! Calls that wait their turn: the async way to run actions.
//!
//! A call waits until no other call changes the same subject, until its account's rate allows it, and
//! until its account has a slot for it. Then it is tried, and tried again as far as its error allows.
//! If an attempt's effect is not known and the action says by which read it is looked up, that comes
//! first: what is found to be done has succeeded, and what is found not to be done had no effect.
//!
//! Subjects, rate and slots are an account's: whatever goes on at one of them, the others keep their
//! pace. [`Slots`] says how the slots of a process are shared out.

mod attempts;
mod breaker;
mod bulkhead;
mod detach;
mod rate;
mod subjects;
mod triggers;

use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::error::ActionError;
use crate::idempotency::{Filled, Key};
use crate::retry::{Backoff, Repetition};
use crate::runner::{Connected, settled};
use crate::subject::Subject;
use crate::verify::Finding;
pub use attempts::Before;
use attempts::{Attempts, Export, Work, nothing};
pub(crate) use bulkhead::Bulkhead;
pub use bulkhead::Slots;
pub use rate::{InvalidRate, Rate};
use subjects::Turn;

/// The calls of one connection. Cloning it is cheap.
///
/// Calls are made on the Tokio runtime in which they are polled, whose timer and sockets have to be on. One that
/// waits for its service holds no thread. What a call computes, its task computes: calls that are to compute at the
/// same time are tasks of their own.
#[derive(Clone)]
pub struct Queue(Arc<Attempts>);

impl Queue {
    /// A queue for the only connection to an account, at most as fast as `rate`, or else as the
    /// plugin's own limits.
    pub fn new(connected: Connected, slots: Slots, rate: Option<Rate>, backoff: Backoff) -> Self {
        let bulkhead = Arc::new(Bulkhead::new(connected.account(), &slots, rate, connected.description()));
        Self(Arc::new(Attempts { connected: Arc::new(connected), bulkhead, slots, backoff }))
    }

    /// A queue of a server, behind what the calls on its account share.
    pub(crate) fn behind(bulkhead: Arc<Bulkhead>, connected: Connected, slots: Slots, backoff: Backoff) -> Self {
        Self(Arc::new(Attempts { connected: Arc::new(connected), bulkhead, slots, backoff }))
    }

    /// The same connection with other slots, behind what its account shares.
    pub(crate) fn beside(&self, bulkhead: Arc<Bulkhead>, slots: Slots) -> Self {
        let Attempts { connected, backoff, .. } = &*self.0;
        Self(Arc::new(Attempts { connected: connected.clone(), bulkhead, slots, backoff: backoff.clone() }))
    }

    /// What the calls on its account share.
    pub(crate) fn bulkhead(&self) -> &Bulkhead {
        &self.0.bulkhead
    }

    /// What the calls run with.
    pub fn connected(&self) -> &Connected {
        &self.0.connected
    }

    /// How many attempts hold a slot now, over all queues that share the slots.
    pub fn under_way(&self) -> usize {
        self.0.slots.in_use()
    }

    /// Whether its service is left alone now, because it did not answer.
    pub fn is_left_alone(&self) -> bool {
        self.0.bulkhead.breaker.as_ref().is_some_and(|breaker| breaker.is_open(Instant::now()))
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
        self.call_noted(action, input, cancel, nothing())
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
        let (work, turn, filled) = self.begin(action, input);
        let action = action.to_owned();
        async move {
            let outcome = inner.clone().run(work, turn, before, cancel).await;
            let action = inner.connected.description().action(&action);
            outcome.map_err(|error| match action {
                Some(action) => settled(action, filled.as_ref(), *error),
                None => error,
            })
        }
    }

    /// The same without looking it up, for whoever does that itself: the error is as the plugin has it,
    /// and says nothing of whether the call may be repeated.
    ///
    /// # Errors
    /// The contract's error document, or what `before` fails with.
    pub fn attempt(
        &self,
        action: &str,
        input: String,
        cancel: CancellationToken,
        before: Before,
    ) -> impl Future<Output = Result<String, Box<ActionError>>> + Send + 'static {
        let inner = self.0.clone();
        let (work, turn, _) = self.begin(action, input);
        async move { inner.run(Work { verify: false, ..work }, turn, before, cancel).await }
    }

    /// What the attempts of a call do, with its place in the queue of its subject, and what was filled
    /// into its input: before the first attempt, so that all of them have the same key.
    fn begin(&self, action: &str, input: String) -> (Work, Option<Turn>, Option<Filled>) {
        let described = self.0.connected.description().action(action);
        let subject = described.and_then(|action| Subject::of(action, &input));
        let turn = subject.as_ref().map(|subject| self.0.bulkhead.subjects.turn(subject));
        let filled = described.and_then(|action| Filled::of(action, &input, Key::fresh));
        let input = filled.as_ref().map_or(input, |filled| filled.input.clone());
        (Work::new(described, action, input, subject), turn, filled)
    }

    /// Looks up whether a call has happened whose effect is not known. None if its action does not say
    /// how. The read is repeated as far as its error allows; whoever calls this keeps other calls off
    /// the subject meanwhile.
    ///
    /// # Errors
    /// The read's error: nothing is known then.
    pub async fn look_up(
        &self,
        action: &str,
        input: &str,
        cancel: CancellationToken,
    ) -> Option<Result<Finding, Box<ActionError>>> {
        let action = self.0.connected.description().action(action)?;
        let verify = action.verify.as_ref()?;
        Some(self.0.clone().look(action, verify, input, false, cancel).await)
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
        let work = Work::of(Export::Check, String::new(), Repetition::Read);
        async move {
            let outcome = inner.run(work, None, nothing(), cancel).await;
            outcome.map_err(|error| Box::new(Repetition::Read.settle(*error)))
        }
    }

    /// The account that its connection reaches.
    pub fn account(&self) -> &Account {
        &self.0.bulkhead.account
    }
}
