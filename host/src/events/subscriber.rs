//! Tells services where to send their webhooks, where plugins have a call for that, and to stop when nobody wants
//! them any more.
//!
//! A new subscription is made before the one that it replaces is ended, so nothing is missed in between. What a
//! service is told follows from the file of events: whoever was killed before the answer was kept tells it the same
//! again.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::{Subscribe, WebhookAnswer, WebhookRequest};
use serde_json::value::RawValue;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::addresses::AddressKey;
use super::error::TriggerError;
use super::store::{Kept, Source, Store, StoreError, Told};
use crate::state::now;

/// How often it is looked whether something is to be told, at the least: clocks are set anew.
const LOOK: Duration = Duration::from_secs(3600);
/// It is told again no sooner than this, however soon a service says that it stops.
const SHORTEST: Duration = Duration::from_secs(60);

/// Where a service is to send the webhooks of a trigger.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The address.
    pub url: String,
    /// By what it is to sign them.
    pub secret: String,
}

impl Place {
    /// That of a trigger at this server.
    pub fn new(key: &AddressKey, server: &str, queue: &Queue, trigger: &str) -> Self {
        let account = queue.account();
        let url = key.secret(account, trigger).address(server, queue.connected().name(), trigger);
        Self { url, secret: key.signing_secret(account, trigger) }
    }
}

/// Without either.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(***)")
    }
}

/// A trigger whose service is to be told.
pub struct Subscriber {
    /// Through what.
    pub queue: Queue,
    /// The trigger.
    pub trigger: String,
    /// What narrows down what it tells of.
    pub input: Box<RawValue>,
    /// Where it is to tell of it.
    pub place: Place,
}

impl Subscriber {
    /// Sees to it that the service knows, and is told again before it stops by itself, until this is to stop.
    pub async fn run(&self, store: &Store, stop: CancellationToken) {
        let (connection, trigger) = (self.queue.connected().name(), self.trigger.as_str());
        let mut failures = 0;
        loop {
            let wait = match self.renew(store, stop.clone()).await {
                Ok(wait) => {
                    failures = 0;
                    wait
                }
                Err(_) if stop.is_cancelled() => return,
                Err(failed) => {
                    failures += 1;
                    let Some(wait) = again(&failed, failures) else {
                        error!(
                            connection,
                            trigger,
                            "is not told again before the next reload or start: look at the service whether it knows the address"
                        );
                        return;
                    };
                    failed.log([connection, trigger], failures, wait, "is told again");
                    wait
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = sleep(wait) => {}
            }
        }
    }

    /// Sees to it once, and ends what it replaces; gives when to look again.
    ///
    /// # Errors
    /// If the service can't be told, or what it made of that is not kept.
    async fn renew(&self, store: &Store, stop: CancellationToken) -> Result<Duration, TriggerError> {
        let source = Source::of(&self.queue, &self.trigger);
        let mut kept = of_trigger(store, &source).await?;
        if !kept.first().is_some_and(|Kept { told, .. }| self.is_like(told)) {
            let Some(told) = self.subscribe(source.clone(), stop.clone()).await? else { return Ok(LOOK) };
            store.subscribed(told).await?;
            let (connection, trigger) = (&source.connection, &source.trigger);
            info!(connection, trigger, "the service is told where to send");
            kept = of_trigger(store, &source).await?;
        }
        for old in kept.iter().skip(1) {
            is_ended(store, &self.queue, old, stop.clone()).await;
        }
        let due = kept.first().and_then(|Kept { told, .. }| due_in(told, now()));
        Ok(due.unwrap_or(LOOK).clamp(SHORTEST, LOOK))
    }

    /// Whether it is what the service was told, and for a while yet.
    fn is_like(&self, told: &Told) -> bool {
        told.url == self.place.url && told.input == self.input.get() && due_in(told, now()) != Some(Duration::ZERO)
    }

    async fn subscribe(&self, source: Source, stop: CancellationToken) -> Result<Option<Told>, TriggerError> {
        let Place { url, secret } = self.place.clone();
        let (input, since) = (self.input.clone(), now());
        let asked = Subscribe { input, url, secret, now: since };
        let made = self.queue.subscribe(&self.trigger, &asked, stop).await?;
        Ok(made.map(|made| Told {
            source,
            input: asked.input.get().to_owned(),
            url: asked.url,
            subscription: made.subscription,
            secret: made.secret,
            since,
            expires: made.expires,
        }))
    }
}

/// Has services told what these say and nothing else, until that is to stop; `through` gives the calls of the account
/// that an earlier subscription is of, if it is there.
pub async fn tell(
    store: Store,
    subscribers: Vec<Subscriber>,
    through: impl Fn(&Source) -> Option<Queue> + Send,
    stop: CancellationToken,
) {
    let wanted = subscribers.iter().map(|it| (it.queue.account().to_string(), it.trigger.clone())).collect();
    let mut telling = JoinSet::new();
    for subscriber in subscribers {
        let (store, stop) = (store.clone(), stop.clone());
        telling.spawn(async move { subscriber.run(&store, stop).await });
    }
    end_others(&store, &wanted, through, stop).await;
    while let Some(ended) = telling.join_next().await {
        if ended.is_err() {
            error!("a service was told nothing, in the middle: it is told with the next reload or start");
        }
    }
}

/// Ends the subscriptions of triggers that are not among these, each an account and a name, until none is left that
/// can be.
async fn end_others(
    store: &Store,
    wanted: &BTreeSet<(String, String)>,
    through: impl Fn(&Source) -> Option<Queue>,
    stop: CancellationToken,
) {
    loop {
        let kept = store.subscriptions().await.unwrap_or_else(|why| {
            error!("{why}");
            Vec::new()
        });
        let mut left = false;
        for old in kept {
            let Source { account, trigger, .. } = &old.told.source;
            if wanted.contains(&(account.clone(), trigger.clone())) {
                continue;
            }
            // Without its connection nobody can tell the service.
            if let Some(queue) = through(&old.told.source) {
                left |= !is_ended(store, &queue, &old, stop.clone()).await;
            }
        }
        if !left {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK) => {}
        }
    }
}

/// Tells the service to stop; a subscription of which the plugin knows nothing any more is forgotten.
///
/// # Errors
/// If the service can't be told, or that it was is not kept: it can be told again.
pub async fn end(store: &Store, queue: &Queue, kept: &Kept, stop: CancellationToken) -> Result<(), TriggerError> {
    let Told { source: Source { connection, trigger, .. }, input, subscription, .. } = &kept.told;
    let input = RawValue::from_string(input.clone()).unwrap_or_default();
    if queue.connected().trigger(trigger).is_ok() {
        queue.unsubscribe(trigger, &input, subscription, stop).await?;
    }
    store.unsubscribed(kept.seq).await?;
    info!(connection, trigger, "the service is told to stop");
    Ok(())
}

/// The same, and whether it is done: what fails is told, and tried again later.
async fn is_ended(store: &Store, queue: &Queue, kept: &Kept, stop: CancellationToken) -> bool {
    let Source { connection, trigger, .. } = &kept.told.source;
    let ended = end(store, queue, kept, stop).await;
    if let Err(why) = &ended {
        warn!(connection, trigger, "the service is told to stop later, as that failed: {why}");
    }
    ended.is_ok()
}

/// How long to wait after so many failures in a row. None if it is not known whether the service was told, and
/// telling it again is not safe.
fn again(failed: &TriggerError, failures: u32) -> Option<Duration> {
    match failed {
        TriggerError::Action(error) if error.retry == Retry::Never => (error.effect == Effect::None).then_some(LOOK),
        failed => Some(failed.wait(failures)),
    }
}

/// In which time a service is to be told again: well before it stops by itself. None if it does not.
fn due_in(told: &Told, now: i64) -> Option<Duration> {
    let expires = told.expires?;
    let due = expires.saturating_sub(expires.saturating_sub(told.since) / 5);
    Some(Duration::from_secs(u64::try_from(due.saturating_sub(now)).unwrap_or(0)))
}

async fn of_trigger(store: &Store, source: &Source) -> Result<Vec<Kept>, StoreError> {
    let mut kept = store.subscriptions_of(&source.account).await?;
    kept.retain(|Kept { told, .. }| told.source.trigger == source.trigger);
    Ok(kept)
}

/// By what a service may have signed a webhook, the likeliest first.
pub struct Secrets(Vec<Option<String>>);

impl Secrets {
    /// Of a service that was told nothing.
    pub fn none() -> Self {
        Self(vec![None])
    }

    /// Those of a trigger at this place; none without one. While one subscription replaces another, there are those
    /// of both.
    ///
    /// # Errors
    /// If what is kept can't be read.
    pub async fn of(store: &Store, source: &Source, place: Option<&Place>) -> Result<Self, StoreError> {
        let Some(Place { secret, .. }) = place else { return Ok(Self::none()) };
        let kept = of_trigger(store, source).await?;
        let own = kept.into_iter().filter_map(|Kept { told, .. }| told.secret);
        // A service may try the address before it answers with a secret of its own.
        let mut secrets = Vec::new();
        for secret in own.chain([secret.clone()]).map(Some) {
            if !secrets.contains(&secret) {
                secrets.push(secret);
            }
        }
        Ok(Self(secrets))
    }

    /// Has the plugin read a request, as signed by one of them.
    ///
    /// # Errors
    /// What the plugin says; that it is forged, if it is for all of them.
    pub async fn read(
        &self,
        queue: &Queue,
        trigger: &str,
        input: &RawValue,
        request: &WebhookRequest,
        cancel: CancellationToken,
    ) -> Result<WebhookAnswer, Box<ActionError>> {
        let mut secrets = self.0.iter().map(Option::as_deref).peekable();
        loop {
            let secret = secrets.next().flatten();
            let read = queue.webhook(trigger, input, request, secret, now(), cancel.clone()).await;
            match read {
                Err(error) if error.kind == ErrorKind::ForgedEvent && secrets.peek().is_some() => {}
                read => return read,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(since: i64, expires: Option<i64>) -> Told {
        let [account, plugin, connection, trigger] = ["a", "p", "c", "t"].map(str::to_owned);
        let source = Source { account, plugin, connection, trigger };
        let (input, url, subscription) = ("{}".to_owned(), "https://a.example".to_owned(), "7".to_owned());
        Told { source, input, url, subscription, secret: None, since, expires }
    }

    #[test]
    fn a_service_is_told_again_before_it_stops_by_itself() {
        let due_in = |expires, now| due_in(&told(1000, expires), now).map(|wait| wait.as_secs());
        assert_eq!(due_in(None, 2000), None);
        assert_eq!(due_in(Some(2000), 1000), Some(800));
        assert_eq!(due_in(Some(2000), 1799), Some(1));
        for (expires, now) in [(2000, 1800), (2000, 9999), (1000, 1000), (0, 1000), (i64::MIN, 1000)] {
            assert_eq!(due_in(Some(expires), now), Some(0), "{expires} {now}");
        }
        assert!(due_in(Some(i64::MAX), 1000).is_some());
    }

    #[test]
    fn what_may_have_been_told_is_told_again_only_where_that_is_safe() {
        let failed = |retry, effect| {
            let error = ActionError { retry, ..ActionError::internal("m", effect) };
            again(&TriggerError::Action(Box::new(error)), 1)
        };
        assert_eq!(failed(Retry::Never, Effect::Unknown), None);
        assert_eq!(failed(Retry::Never, Effect::None), Some(LOOK));
        assert!(failed(Retry::Later, Effect::Unknown).unwrap() <= SHORTEST);
    }

    #[test]
    fn neither_the_address_nor_a_secret_is_shown() {
        let told = Told { secret: Some("hunter2".to_owned()), url: "https://hunter2".to_owned(), ..told(1, None) };
        let place = Place { url: told.url.clone(), secret: "hunter2".to_owned() };
        let shown = format!("{told:?} {place:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
