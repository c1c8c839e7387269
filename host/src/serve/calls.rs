//! Calls that are taken on, and those that are not.
//!
//! There is a place for every call under way and for some that wait; who finds none is told so at
//! once. A call goes on when its caller is gone, unless it has not begun yet.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, error};

use super::answers::{Answer, Answers, Claim, Hash};
use super::metrics::Metrics;
use super::problem::Problem;
use crate::error::{ActionError, Effect, Retry};
use crate::queue::Queue;
use crate::web::tokens::Caller;

/// What runs calls.
pub struct Calls {
    queues: BTreeMap<String, Queue>,
    answers: Answers,
    places: Arc<Semaphore>,
    capacity: usize,
    longest_wait: Duration,
    tasks: TaskTracker,
    draining: CancellationToken,
    cut: CancellationToken,
    /// What is counted.
    pub metrics: Metrics,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The connection's name.
    pub connection: String,
    /// The action, or None for the check of the connection.
    pub action: Option<String>,
    /// The input: JSON.
    pub input: String,
    /// If the answer is to be kept.
    pub key: Option<Key>,
}

/// By what an answer is found again.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Hash of caller, connection, action and `Idempotency-Key`.
    key: Hash,
    /// Hash of the input.
    request: Hash,
}

impl Key {
    /// The key that a caller gave for an action with an input. The same input is the same bytes:
    /// JSON that only means the same may differ in digits that no number type can hold.
    pub fn new(caller: Caller, connection: &str, action: &str, given: &str, input: &str) -> Self {
        let mut key = Sha256::new().chain_update(caller.0);
        for part in [connection, action, given] {
            key = key.chain_update((part.len() as u64).to_be_bytes()).chain_update(part);
        }
        Self { key: key.finalize().into(), request: Sha256::digest(input).into() }
    }
}

/// What a call came to.
#[derive(Debug, Clone)]
pub struct Reply {
    /// As it was given to the first who asked.
    pub answer: Answer,
    /// Whether this is an answer that was given before.
    pub replayed: bool,
}

impl Calls {
    /// Takes on so many calls at a time; one that waits longer than `longest_wait` is refused.
    pub fn new(
        queues: BTreeMap<String, Queue>,
        answers: Answers,
        metrics: Metrics,
        capacity: usize,
        longest_wait: Duration,
    ) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            queues,
            answers,
            metrics,
            places: Arc::new(Semaphore::new(capacity)),
            capacity,
            longest_wait,
            tasks: TaskTracker::new(),
            draining: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    /// The names of the connections.
    pub fn connections(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().map(String::as_str)
    }

    /// The calls of a connection.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn queue(&self, connection: &str) -> Result<&Queue, Problem> {
        self.queues.get(connection).ok_or_else(|| Problem::unknown_connection(connection))
    }

    /// How many calls are under way, and how many wait.
    pub fn load(&self) -> (usize, usize) {
        let under_way = self.queues.values().next().map_or(0, Queue::under_way);
        let taken = self.capacity - self.places.available_permits();
        (under_way, taken.saturating_sub(under_way))
    }

    /// Whether no new calls are taken on.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Takes on no new calls and waits for those that are there. Those that still wait for their turn
    /// when the time is up are given up. Tells how many did not come to their end.
    pub async fn drain(&self, time: Duration) -> usize {
        self.draining.cancel();
        self.tasks.close();
        if timeout(time, self.tasks.wait()).await.is_err() {
            self.cut.cancel();
            // What only waited ends now.
            let _ = timeout(Duration::from_millis(200), self.tasks.wait()).await;
        }
        self.tasks.len()
    }

    /// Makes a call, or gives the answer of the one that was made with its key.
    ///
    /// # Errors
    /// If the call was not made, or its answer is not kept.
    pub async fn make(self: &Arc<Self>, call: Call) -> Result<Reply, Problem> {
        let queue = self.queue(&call.connection)?.clone();
        if self.is_draining() {
            return Err(Problem::draining());
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| Problem::overloaded())?;
        let cancel = self.cut.child_token();
        // Dropped with this future, if the caller goes away.
        let _caller = cancel.clone().drop_guard();
        let calls = self.clone();
        let work = async move {
            let reply = calls.keyed(queue, call, cancel).await;
            drop(place);
            reply
        };
        let task = self.tasks.spawn(work.in_current_span());
        task.await.unwrap_or_else(|_| {
            Err(Problem::from(Box::new(ActionError::internal("The call was broken off.", Effect::Unknown))))
        })
    }

    async fn keyed(&self, queue: Queue, call: Call, cancel: CancellationToken) -> Result<Reply, Problem> {
        let fresh = |answer| Reply { answer, replayed: false };
        let Some(key) = call.key else {
            let outcome = self.queued(&queue, call, cancel).await;
            return outcome.map(|body| fresh(Answer { status: 200, body })).map_err(Problem::from);
        };
        let claimed = match self.answers.claim(key.key, key.request).await {
            Ok(Claim::New(claimed)) => claimed,
            Ok(Claim::Answered(answer)) => {
                self.metrics.replayed();
                return Ok(Reply { answer, replayed: true });
            }
            Ok(Claim::UnderWay) => return Err(Problem::key_under_way()),
            Ok(Claim::OtherRequest) => return Err(Problem::key_reused()),
            Err(why) => {
                error!(%why, "the stored answers can't be read");
                return Err(Problem::no_store());
            }
        };
        let answer = match self.queued(&queue, call, cancel).await {
            Ok(body) => Answer { status: 200, body },
            Err(Failed::Action(error)) if error.retry == Retry::Never && error.effect == Effect::Unknown => {
                Problem::from(error).answer()
            }
            // It changed nothing, or may be repeated: the key stays free.
            Err(failed) => return Err(failed.into()),
        };
        if let Err(why) = claimed.keep(answer.clone()).await {
            // What is done is done, and the caller is to know.
            error!(%why, "an answer can't be stored: if its call is repeated, it is made again");
        }
        Ok(fresh(answer))
    }

    async fn queued(&self, queue: &Queue, call: Call, cancel: CancellationToken) -> Result<String, Failed> {
        type Calling = Pin<Box<dyn Future<Output = Result<String, Box<ActionError>>> + Send>>;
        let begun = Instant::now();
        let mut calling: Calling = match &call.action {
            Some(action) => Box::pin(queue.call(action, call.input, cancel.clone())),
            None => Box::pin(queue.check(cancel.clone())),
        };
        let outcome = tokio::select! {
            biased;
            outcome = &mut calling => outcome,
            () = sleep(self.longest_wait) => {
                // Ends what waits. An attempt that has begun comes to its end.
                cancel.cancel();
                calling.await
            }
        };
        let outcome = outcome.map_err(|error| match *error == ActionError::cancelled() {
            true if self.is_draining() => Failed::Own(Problem::draining()),
            true => Failed::Own(Problem::overloaded()),
            false => Failed::Action(error),
        });
        let ended = match &outcome {
            Ok(_) => "done",
            Err(Failed::Action(error)) => &error.kind,
            Err(Failed::Own(problem)) => problem.kind(),
        };
        let action = call.action.as_deref().unwrap_or("check");
        self.metrics.call(&call.connection, action, ended, begun.elapsed());
        outcome
    }
}

/// Why a call that was taken on came to nothing.
enum Failed {
    Action(Box<ActionError>),
    Own(Problem),
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Action(error) => error.into(),
            Failed::Own(problem) => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_its_caller_connection_and_action() {
        let key =
            |caller, connection, action, given| Key::new(Caller([caller; 32]), connection, action, given, "{}").key;
        let one = key(1, "a", "b", "c");
        assert_eq!(one, key(1, "a", "b", "c"));
        for other in [key(2, "a", "b", "c"), key(1, "x", "b", "c"), key(1, "a", "x", "c"), key(1, "a", "b", "x")] {
            assert_ne!(one, other);
        }
        assert_ne!(key(1, "ab", "c", "d"), key(1, "a", "bc", "d"));
    }
}
