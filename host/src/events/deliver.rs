//! Events go to their receivers: at least once each, in the order of each subject, until they are taken or
//! given up.
//!
//! An event that fails is tried again after a wait that doubles. Its receiver is left alone meanwhile, too:
//! while it does not answer, or wants fewer events, one event at a time asks whether it does again.

use std::collections::HashMap;
use std::time::Duration;

use plugin_host_core::cloud_event::cloud_event;
use plugin_host_core::http::Client;
use plugin_host_core::trace::Traceparent;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, error, info, warn};

use super::due::{Counted, Due};
use super::patience::{Patience, pause};
use super::receiver::{Outcome, Receiver};
use super::store::{Queued, Source, Stage, Store, StoreError};
use crate::state;
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};
use crate::trace;

/// How many events of an account are on their way at once.
const OF_ACCOUNT: u32 = 8;
/// How many of all accounts.
const AT_ONCE: usize = 64;
/// How long an event waits for which nobody says where it goes, and how long one waits for a file that can't
/// be written.
const LATER: Duration = Duration::from_secs(60);
/// How long nothing is handed on while the file can't be read.
const UNREADABLE: Duration = Duration::from_secs(1);
/// The longest time for which a receiver is left alone by itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Where the events of a trigger go now, and by what they are sent.
pub type Receivers = Arc<dyn Fn(&Source) -> Option<(Arc<Receiver>, Client)> + Send + Sync>;

/// What hands events on. Cloning it is cheap.
#[derive(Clone)]
pub struct Deliverer {
    store: Store,
    patience: Patience,
    receivers: Receivers,
    counted: Counted,
    traceparent: Option<Traceparent>,
    places: Arc<Semaphore>,
    health: Arc<Mutex<HashMap<String, Health>>>,
}

/// How a receiver that does not take events is left alone.
#[derive(Debug, Clone, Copy)]
struct Health {
    /// How often in a row it failed.
    failures: u32,
    /// Until when it is left alone.
    until: Instant,
    /// Whether an event is on its way that asks whether it takes some again.
    asked: bool,
}

impl Deliverer {
    /// Hands on what is in the store. `counted` is told `delivered`, `failed` (an attempt), or `dead`.
    pub fn new(store: Store, patience: Patience, receivers: Receivers, counted: Counted) -> Self {
        let (places, health) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::default());
        Self { store, patience, receivers, counted, traceparent: None, places, health }
    }

    /// The same, but receivers are told in which trace an event was told of, if this gives one.
    #[must_use]
    pub fn traceparent(self, traceparent: Option<Traceparent>) -> Self {
        Self { traceparent, ..self }
    }

    /// Hands on events until it is told to stop, and ends when those under way have been answered.
    pub async fn run(self, stop: CancellationToken) {
        let due = Due {
            stage: Stage::Deliver,
            of_account: OF_ACCOUNT,
            pause: UNREADABLE,
            told: "events are not handed on for now",
        };
        let store = self.store.clone();
        let handle = |queued| {
            let (this, stop) = (self.clone(), stop.clone());
            async move { this.hand_on(queued, stop).await }
        };
        due.each(&store, stop.clone(), handle).await;
    }

    /// Hands one on, and notes what became of it.
    async fn hand_on(&self, queued: Queued, stop: CancellationToken) {
        let Ok(_place) = self.places.acquire().await else { return };
        // It is in the store, and goes with the next process.
        if stop.is_cancelled() {
            return;
        }
        let (seq, source) = (queued.seq, queued.source.clone());
        let Some((receiver, client)) = (self.receivers)(&source) else {
            let why = "Nobody says where the events of this trigger go: open it again, or drop them.";
            return self
                .settle(&queued, Outcome::Failed { why: why.to_owned(), retry_after_s: Some(LATER.as_secs()) })
                .await;
        };
        if let Some(wait) = self.left_alone(&receiver) {
            return self.noted(seq, self.store.postpone(seq, wait).await);
        }
        let (key, event) = (key(&source.account, &queued.event.id), envelope(&queued));
        let attempt = queued.attempts + 1;
        let span = trace::event("deliver", &source.connection, &source.trigger, attempt, queued.trace.as_deref());
        let sent = {
            let (receiver, span) = (receiver.clone(), span.clone());
            let traceparent = self.traceparent.and_then(|traceparent| span.in_scope(traceparent));
            let sending = async move { receiver.send(&client, &key, event.as_bytes(), traceparent).await };
            tokio::spawn(sending.instrument(span)).await
        };
        let outcome = sent
            .unwrap_or_else(|_| Outcome::Failed { why: "Sending it was broken off.".to_owned(), retry_after_s: None });
        match &outcome {
            Outcome::Delivered => trace::ended(&span, "delivered", false),
            Outcome::Refused(_) => trace::ended(&span, "refused", true),
            Outcome::Failed { .. } => trace::ended(&span, "failed", true),
        }
        drop(span);
        self.note_health(&receiver, &outcome);
        self.settle(&queued, outcome).await;
    }

    async fn settle(&self, queued: &Queued, outcome: Outcome) {
        let Queued { seq, source, event, attempts, taken_in, .. } = queued;
        let (seq, attempt) = (*seq, attempts + 1);
        let Source { connection, trigger, .. } = source;
        let id = event.id.as_str();
        let (counted, written) = match outcome {
            Outcome::Delivered => {
                info!(connection, trigger, id, attempt, "delivered");
                ("delivered", self.store.delivered(seq).await)
            }
            Outcome::Refused(why) => {
                error!(connection, trigger, id, attempt, number = seq, "a dead letter: {why}");
                ("dead", self.store.dead(seq, &why).await)
            }
            Outcome::Failed { why, retry_after_s } => {
                let age = Duration::from_secs(u64::try_from(state::now() - taken_in).unwrap_or(0));
                match self.patience.wait(attempt, age, retry_after_s) {
                    Some(wait) => {
                        let seconds = wait.as_secs();
                        warn!(connection, trigger, id, attempt, seconds, "not delivered, and tried again: {why}");
                        ("failed", self.store.failed(seq, &why, wait).await)
                    }
                    None => {
                        error!(
                            connection,
                            trigger,
                            id,
                            attempt,
                            number = seq,
                            "a dead letter, as it is too old: {why}"
                        );
                        ("dead", self.store.dead(seq, &why).await)
                    }
                }
            }
        };
        (self.counted)(source, counted);
        self.noted(seq, written);
    }

    /// What could not be written down stays taken until the next process; then it goes again.
    fn noted(&self, number: i64, written: Result<(), StoreError>) {
        if let Err(why) = written {
            error!(number, "what became of an event is not kept, and it goes again after the next start: {why}");
        }
    }

    /// For how long a receiver is left alone yet. If it is to be asked whether it takes events again, this
    /// is the one that asks.
    fn left_alone(&self, receiver: &Receiver) -> Option<Duration> {
        let mut all = self.health();
        let health = all.get_mut(receiver.address())?;
        let left = health.until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Some(left);
        }
        if health.asked {
            return Some(pause(health.failures, None).min(LONGEST_PAUSE));
        }
        health.asked = true;
        None
    }

    fn note_health(&self, receiver: &Receiver, outcome: &Outcome) {
        let mut all = self.health();
        let Outcome::Failed { retry_after_s, .. } = outcome else {
            all.remove(receiver.address());
            return;
        };
        let failures = all.get(receiver.address()).map_or(0, |health| health.failures).saturating_add(1);
        let own = pause(failures, None).min(LONGEST_PAUSE);
        let wait = if retry_after_s.is_some() { pause(1, *retry_after_s).max(own) } else { own };
        all.insert(receiver.address().to_owned(), Health { failures, until: Instant::now() + wait, asked: false });
    }

    fn health(&self) -> MutexGuard<'_, HashMap<String, Health>> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By what a receiver knows an event: the same each time that it is sent, whatever the connection is called
/// by then, and of no other event of any account.
pub fn key(account: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    for part in [account, id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digits: String = hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("evt_{digits}")
}

/// An event as it is sent.
pub fn envelope(queued: &Queued) -> String {
    let Source { plugin, connection, trigger, .. } = &queued.source;
    cloud_event(plugin, connection, trigger, &queued.event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_its_account_and_its_id() {
        let one = key("a", "paid:1");
        assert_eq!((one.len(), &one[..4]), (44, "evt_"));
        assert_eq!(one, key("a", "paid:1"));
        for other in [key("b", "paid:1"), key("a", "paid:2"), key("ap", "aid:1"), key("", "apaid:1")] {
            assert_ne!(one, other);
        }
    }

    fn deliverer() -> (tempfile::TempDir, Deliverer) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("events.sqlite")).unwrap();
        let patience = Patience { total: Duration::from_secs(60) };
        (folder, Deliverer::new(store, patience, Arc::new(|_| None), Arc::new(|_, _| {})))
    }

    fn failed(retry_after_s: Option<u64>) -> Outcome {
        Outcome::Failed { why: "w".to_owned(), retry_after_s }
    }

    #[test]
    fn a_receiver_that_fails_is_left_alone_and_then_asked_by_one_event_at_a_time() {
        let (_folder, deliverer) = deliverer();
        let [one, other] =
            ["http://a.example/1", "http://a.example/2"].map(|url| Receiver::new(url, None, None).unwrap());
        assert_eq!(deliverer.left_alone(&one), None);
        deliverer.note_health(&one, &failed(Some(7)));
        let left = deliverer.left_alone(&one).unwrap();
        assert!(left > Duration::from_secs(6) && left <= Duration::from_secs(8), "{left:?}");
        assert_eq!(deliverer.left_alone(&other), None);
        deliverer.health().get_mut("http://a.example/1").unwrap().until = Instant::now();
        assert_eq!(deliverer.left_alone(&one), None);
        assert!(deliverer.left_alone(&one).is_some(), "one event asks");
        deliverer.note_health(&one, &Outcome::Delivered);
        assert!(deliverer.left_alone(&one).is_none() && deliverer.left_alone(&one).is_none());
    }

    #[test]
    fn a_receiver_that_refuses_an_event_takes_others() {
        let (_folder, deliverer) = deliverer();
        let receiver = Receiver::new("http://a.example", None, None).unwrap();
        deliverer.note_health(&receiver, &failed(None));
        deliverer.note_health(&receiver, &Outcome::Refused("w".to_owned()));
        assert_eq!(deliverer.left_alone(&receiver), None);
    }

    #[test]
    fn a_receiver_is_left_alone_for_half_a_minute_at_most_but_for_what_it_asks_for() {
        let (_folder, deliverer) = deliverer();
        let receiver = Receiver::new("http://a.example", None, None).unwrap();
        for _ in 0..40 {
            deliverer.note_health(&receiver, &failed(None));
        }
        assert!(deliverer.left_alone(&receiver).unwrap() <= LONGEST_PAUSE);
        deliverer.note_health(&receiver, &failed(Some(600)));
        assert!(deliverer.left_alone(&receiver).unwrap() > Duration::from_secs(590));
    }
}
