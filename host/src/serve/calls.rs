//! Calls with what is kept of them: answers to be given again, and counts.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::{ActionError, Effect, Retry};
use plugin_host_core::idempotency::{self, Filled};
use plugin_host_core::json::Object;
use plugin_host_core::queue::Queue;
use plugin_host_core::retry::Repetition;
use plugin_host_core::runner::Connected;
use plugin_host_core::trigger::Event;
use plugin_host_core::verify::Finding;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::answers::{Answer, Answers, Claim, Claimed, Key};
use super::events::{self, Events};
use super::fingerprint::ConnectionFingerprint;
use super::problem::Problem;
use super::served::Served;
use super::triggers::Route;
use crate::audit::{Audit, Audited};
use crate::canonical;
use crate::events::store::{Source, Store, StoreError};
use crate::events::subscriber::Secrets;
use crate::web::admission::{Admission, CallError, Refusal};
use crate::web::caller::CallerId;
use crate::web::guard::Guard;
use crate::web::live::Live;
use crate::web::metrics::{self, Metrics};
use crate::web::operator::{Boxed, Operated};

/// What a call came to that went well.
const DONE: &str = "done";

/// What runs calls.
pub struct Calls {
    served: Live<Served>,
    answers: Answers,
    events: Option<Events>,
    replaced: Live<CancellationToken>,
    /// What is taken on.
    pub admission: Admission,
    /// What is taken on of what services tell, which takes no place of a call.
    pub webhooks: Arc<Admission>,
    /// What is counted.
    pub metrics: Metrics,
    /// Who asked for what.
    pub audit: Audit,
}

/// One call.
#[derive(Clone)]
pub struct Call {
    /// The calls of its connection.
    pub queue: Queue,
    /// The action, or None for the check of the connection.
    pub action: Option<String>,
    /// The input: JSON. A key for repeats that it leaves out follows from `key`, so that whoever comes
    /// back with the same `Idempotency-Key` makes the same call.
    pub input: String,
    /// If the answer is to be kept.
    pub key: Option<Key>,
}

/// What a call came to.
#[derive(Debug, Clone)]
pub struct Reply {
    /// As it was given to the first who asked.
    pub answer: Answer,
    /// Whether this is an answer that was given before.
    pub replayed: bool,
    /// What came of it, as a word.
    pub outcome: &'static str,
}

impl Calls {
    /// Runs calls of what is served.
    pub fn new(
        served: Served,
        answers: Answers,
        events: Option<Events>,
        [admission, webhooks]: [Admission; 2],
        metrics: Metrics,
        audit: Audit,
    ) -> Self {
        metrics.loaded(&served.queues.plugins());
        served.open.iter().for_each(events::tell);
        let (served, replaced) = (Live::new(served), Live::new(CancellationToken::new()));
        Self { served, answers, events, replaced, admission, webhooks: Arc::new(webhooks), metrics, audit }
    }

    /// What is served now.
    pub fn served(&self) -> Arc<Served> {
        self.served.get()
    }

    /// What there is for events, if any trigger is to be open.
    pub fn events(&self) -> Option<&Events> {
        self.events.as_ref()
    }

    /// What is kept of events.
    pub fn store(&self) -> Option<&Store> {
        self.events.as_ref().map(Events::store)
    }

    /// Is cancelled when something else is served than now.
    pub fn replaced(&self) -> CancellationToken {
        (*self.replaced.get()).clone()
    }

    /// Serves these connections from now on, to whom this guard lets in. Calls under way go on as they
    /// were begun.
    ///
    /// # Errors
    /// If the triggers can't be open that are to be: all stays as it was.
    pub fn replace(&self, connected: Vec<Connected>, guard: Guard) -> Result<(), String> {
        let served = Served::new(self.served().queues.followed_by(connected), guard, self.events.as_ref())?;
        self.admission.follow(&served.queues);
        self.webhooks.follow(&served.queues);
        self.metrics.loaded(&served.queues.plugins());
        served.open.iter().for_each(events::tell);
        self.served.set(served);
        let last = self.replaced();
        self.replaced.set(CancellationToken::new());
        last.cancel();
        Ok(())
    }

    /// Puts events of an open trigger on the disk. What can't be is told in the log.
    ///
    /// # Errors
    /// If they are not there.
    pub async fn take_in(&self, route: &Route, told: Vec<Event>) -> Result<(), StoreError> {
        let (Some(events), count) = (&self.events, told.len()) else { return Ok(()) };
        let [_, connection, trigger] = route.labels();
        match events.take_in(route, told).await {
            Ok(new) => {
                info!(connection, trigger, told = count, new, "told of events");
                self.metrics.events(route.labels(), "new", new);
                self.metrics.events(route.labels(), "repeated", count.saturating_sub(new));
                Ok(())
            }
            Err(why) => {
                error!(connection, trigger, "the service is told to come again: {why}");
                Err(why)
            }
        }
    }

    /// What the plugin of a connection tells of by itself; addresses begin with that of this server.
    ///
    /// # Errors
    /// If there is no connection of that name, or what is kept can't be read.
    pub async fn triggers(&self, connection: &str, server: &str) -> Result<Value, Problem> {
        let served = self.served();
        let account = served.queue(connection)?.account().to_string();
        let kept = match self.store() {
            Some(store) => store.subscriptions_of(&account).await.map_err(Problem::unread)?,
            None => Vec::new(),
        };
        served.triggers(connection, server, &kept)
    }

    /// By what the webhooks of an open trigger may be signed.
    ///
    /// # Errors
    /// If that can't be read.
    pub async fn secrets(&self, route: &Route) -> Result<Secrets, StoreError> {
        let Some(store) = self.store() else { return Ok(Secrets::none()) };
        let secrets = Secrets::of(store, &Source::of(&route.asking, &route.trigger), route.place.as_ref()).await;
        secrets.inspect_err(|why| {
            let [_, connection, trigger] = route.labels();
            error!(connection, trigger, "the service is told to come again: {why}");
        })
    }

    async fn count(&self) -> String {
        if let Some(store) = self.store() {
            match store.depth().await {
                Ok(depth) => self.metrics.kept(depth.counts(), depth.ages()),
                Err(why) => error!("{why}"),
            }
        }
        let (under_way, waiting) = self.load();
        let served = self.served();
        self.metrics.text(served.queues.iter(), under_way, waiting)
    }

    /// How many calls are under way, and how many wait.
    fn load(&self) -> (usize, usize) {
        let under_way = self.served().queues.under_way();
        (under_way, self.admission.admitted().saturating_sub(under_way))
    }

    /// Makes a call, or gives the answer of the one that was made with its key.
    ///
    /// # Errors
    /// If the call was not made, or its answer is not kept.
    pub async fn make(self: &Arc<Self>, call: Call, audited: &Audited) -> Result<Reply, Problem> {
        audited.ready().map_err(|_| Problem::no_audit())?;
        let (calls, queue, audited) = (self.clone(), call.queue.clone(), audited.clone());
        // It ends there, also when nobody waits for it any more.
        let made = self.admission.admit(&queue, |cancel| async move {
            let made = calls.keyed(call, cancel, &audited).await;
            let made = made.map_err(|problem| if audited.is_refused() { Problem::no_audit() } else { problem });
            audited.ended(made.as_ref().map_or_else(Problem::outcome, |reply| reply.outcome));
            made
        });
        made.await
    }

    async fn keyed(&self, call: Call, cancel: CancellationToken, audited: &Audited) -> Result<Reply, Problem> {
        let fresh = |answer, outcome| Reply { answer, replayed: false, outcome };
        let Some(key) = call.key else {
            let outcome = self.queued(call, cancel, audited).await;
            return outcome.map(|body| fresh(Answer { status: 200, body }, DONE)).map_err(Problem::from);
        };
        let claimed = match self.answers.claim(key).await {
            Ok(Claim::New(claimed)) => claimed,
            Ok(Claim::Answered(answer)) => {
                self.metrics.replayed();
                return Ok(Reply { answer, replayed: true, outcome: "replayed" });
            }
            Ok(Claim::UnderWay) => return Err(Problem::key_under_way()),
            Ok(Claim::Interrupted(claimed)) => match looked_up(&call.queue, &call, &cancel).await {
                Ok(body) => return Ok(fresh(keep(claimed, Answer { status: 200, body }).await, DONE)),
                Err(error) if error.effect == Effect::None => claimed,
                Err(error) => return Err(error.into()),
            },
            Ok(Claim::OtherRequest) => return Err(Problem::key_reused()),
            Err(why) => {
                error!(%why, "the stored answers can't be read or written");
                return Err(Problem::no_store());
            }
        };
        if let Err(why) = claimed.begin().await {
            error!(%why, "the stored answers can't be written");
            return Err(Problem::no_store());
        }
        let (answer, outcome) = match self.queued(call, cancel, audited).await {
            Ok(body) => (Answer { status: 200, body }, DONE),
            Err(CallError::Action(error)) if error.retry == Retry::Never && error.effect == Effect::Unknown => {
                let word = error.kind.word();
                (Problem::from(error).answer(), word)
            }
            // It changed nothing, or may be repeated: the key stays free.
            Err(failed) => {
                release(claimed).await;
                return Err(failed.into());
            }
        };
        Ok(fresh(keep(claimed, answer).await, outcome))
    }

    async fn queued(&self, call: Call, cancel: CancellationToken, audited: &Audited) -> Result<String, CallError> {
        type Calling = Pin<Box<dyn Future<Output = Result<String, Box<ActionError>>> + Send>>;
        let begun = Instant::now();
        let calling: Calling = match &call.action {
            Some(action) => {
                let input = keyed(&call.queue, action, call.input, call.key);
                Box::pin(call.queue.call_noted(action, input, cancel.clone(), audited.before()))
            }
            None => Box::pin(call.queue.check(cancel.clone())),
        };
        let outcome = self.admission.within_wait_limit(calling, cancel).await;
        let ended = match &outcome {
            Ok(_) => metrics::outcome(None),
            Err(CallError::Action(error)) => metrics::outcome(Some(&error.kind)),
            Err(CallError::Refused(refusal)) => refusal.kind(),
        };
        let action = call.action.as_deref().unwrap_or("check");
        self.metrics.call(&call.queue, action, ended, begun.elapsed());
        outcome
    }
}

impl Operated for Calls {
    fn counts(&self) -> Boxed<'_, String> {
        Box::pin(self.count())
    }

    /// Whether calls are taken on, and what has to be kept can be.
    fn ready(&self) -> Boxed<'_, Result<(), String>> {
        Box::pin(async {
            if self.admission.is_draining() {
                return Err(Refusal::Draining.detail().to_owned());
            }
            let unwritten = |what, why: String| format!("{what} can't be kept: {why}");
            self.answers.writable().await.map_err(|why| unwritten("answers", why.to_string()))?;
            self.audit.ready().map_err(|why| why.to_string())?;
            match self.store() {
                Some(store) => store.writable().await.map_err(|why| why.to_string()),
                None => Ok(()),
            }
        })
    }
}

/// The key that a caller gave for an action of a connection with an input. Inputs that mean the same JSON
/// are the same.
pub fn key(caller: CallerId, connected: &Connected, action: &ActionDescription, given: &str, input: &Object) -> Key {
    let fingerprint = ConnectionFingerprint::of(connected.description(), connected.connection());
    Key {
        key: hash(caller, [connected.name(), &action.name, given]),
        request: Sha256::digest(canonical::text(input)).into(),
        account: fingerprint.account,
        connection: fingerprint.connection,
        repeatable: Repetition::of(action).is_harmless(),
    }
}

/// The input with a key for repeats, if the caller has given the call a name.
fn keyed(queue: &Queue, action: &str, input: String, key: Option<Key>) -> String {
    let Some((action, Key { key, request, .. })) = queue.connected().description().action(action).zip(key) else {
        return input;
    };
    // Another input is another call: a key is free again when it is forgotten.
    let [key, request] = [key, request].map(|hash| hash.map(|byte| format!("{byte:02x}")).concat());
    let key = || idempotency::Key::derived(["serve", &key, &request]);
    Filled::of(action, &input, key).map_or(input, |filled| filled.input)
}

/// By what an answer is found: hashed, because it is to be kept.
fn hash(caller: CallerId, parts: [&str; 3]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(caller.0);
    for part in parts {
        hash = hash.chain_update((part.len() as u64).to_be_bytes()).chain_update(part);
    }
    hash.finalize().into()
}

async fn keep(claimed: Claimed, answer: Answer) -> Answer {
    if let Err(why) = claimed.keep(answer.clone()).await {
        // What is done is done, and the caller is to know.
        error!(%why, "an answer can't be stored: if its call is repeated, it is not known");
    }
    answer
}

async fn release(claimed: Claimed) {
    if let Err(why) = claimed.release().await {
        error!(%why, "a key can't be freed: who asks with it again is told that the call may have been made");
    }
}

/// What is known of a call in whose middle a process ended: its output, or an error with its effect.
async fn looked_up(queue: &Queue, call: &Call, cancel: &CancellationToken) -> Result<String, Box<ActionError>> {
    let described = queue.connected().description();
    let Some(action) = call.action.as_deref().and_then(|action| described.action(action)) else {
        return Err(interrupted());
    };
    let input = keyed(queue, &action.name, call.input.clone(), call.key);
    let found = queue.look_up(&action.name, &input, cancel.clone()).await;
    let Some((found, verify)) = found.zip(action.verify.as_ref()) else {
        return Err(interrupted());
    };
    let finding = found.unwrap_or_else(|failed| Finding::of_failure(verify, &failed));
    finding.settle(interrupted())
}

/// For who asks for a call in whose middle a process ended.
fn interrupted() -> Box<ActionError> {
    let message = "The server ended in the middle of this call, so it may or may not have been made. Look at what it was to change, and call with a new Idempotency-Key if it has to be made.";
    Box::new(ActionError::internal(message, Effect::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_its_caller_connection_and_action() {
        let key = |caller, connection, action, given| hash(CallerId([caller; 32]), [connection, action, given]);
        let one = key(1, "a", "b", "c");
        assert_eq!(one, key(1, "a", "b", "c"));
        for other in [key(2, "a", "b", "c"), key(1, "x", "b", "c"), key(1, "a", "x", "c"), key(1, "a", "b", "x")] {
            assert_ne!(one, other);
        }
        assert_ne!(key(1, "ab", "c", "d"), key(1, "a", "bc", "d"));
    }
}
