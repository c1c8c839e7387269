//! A poll trigger, asked from time to time.

use std::collections::HashSet;
use std::time::Duration;

use plugin_host_core::error::{ActionError, Effect};
use plugin_host_core::json::Object;
use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::{PollInput, Start};
use serde_json::value::RawValue;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info};

use super::error::TriggerError;
use super::store::{Moved, Source, Store};
use crate::state::now;
use crate::trace;

/// How many events a page has at most.
const PAGE: u32 = 100;

/// Which trigger is asked, and how.
pub struct Poller {
    /// Through what.
    pub queue: Queue,
    /// The trigger.
    pub trigger: String,
    /// What narrows down what it tells of.
    pub input: Object,
    /// From where on, the first time.
    pub start: Start,
    /// How long to wait when there is nothing more.
    pub every: Duration,
}

impl Poller {
    /// Asks until it is told to stop.
    pub async fn run(&self, store: &Store, stop: CancellationToken) {
        self.go_on(store, stop, Duration::ZERO).await;
    }

    /// The same after a wait. After a failure it waits longer each time; what an answer tells that was asked
    /// for already is taken in.
    pub async fn go_on(&self, store: &Store, stop: CancellationToken, mut wait: Duration) {
        let (connection, trigger) = (self.queue.connected().name(), self.trigger.as_str());
        let mut failures = 0;
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = sleep(wait) => {}
            }
            wait = match self.catch_up(store, stop.clone()).await {
                Ok(_) => {
                    failures = 0;
                    self.every
                }
                Err(_) if stop.is_cancelled() => return,
                Err(failed) => {
                    failures += 1;
                    let wait = failed.wait(failures);
                    failed.log([connection, trigger], failures, wait, "is asked again");
                    wait
                }
            };
        }
    }

    /// Asks until there is nothing more, or it is told to stop. Tells how many events are new.
    ///
    /// # Errors
    /// If the trigger fails, or what it tells of can't be kept. What came before is kept.
    pub async fn catch_up(&self, store: &Store, stop: CancellationToken) -> Result<usize, TriggerError> {
        let span = trace::poll(self.queue.connected().name(), &self.trigger);
        let asked = self.asked(store, stop).instrument(span.clone()).await;
        match &asked {
            Ok(_) => trace::ended(&span, "done", false),
            Err(TriggerError::Action(error)) => trace::ended(&span, error.kind.word(), true),
            Err(TriggerError::Store(_)) => trace::ended(&span, "not_stored", true),
        }
        asked
    }

    async fn asked(&self, store: &Store, stop: CancellationToken) -> Result<usize, TriggerError> {
        let source = Source::of(&self.queue, &self.trigger);
        let confirm = self.queue.connected().trigger(&self.trigger)?.confirm.is_some();
        let hash = Moved::hash(&self.input);
        let input = RawValue::from_string(self.input.to_string()).unwrap_or_default();
        let mut cursor = store.cursor(&source, hash).await?;
        let (mut new, mut followed) = (0, HashSet::new());
        loop {
            let asked = PollInput { input: input.clone(), cursor, start: self.start, now: now(), limit: PAGE };
            let page = self.queue.poll(&self.trigger, &asked, stop.clone()).await?;
            let (told, next) = (page.events.len(), page.next_cursor);
            let has_moved = told > 0 || asked.cursor.as_ref() != Some(&next);
            let moved = has_moved.then(|| Moved { input: hash, cursor: next.clone() });
            let taken = store.take_in(&source, page.events, confirm, moved).await?;
            if told > 0 {
                let (connection, trigger) = (&source.connection, &source.trigger);
                info!(connection, trigger, told, new = taken, "told of events");
            }
            new += taken;
            if !page.has_more || stop.is_cancelled() {
                return Ok(new);
            }
            if !followed.insert(next.clone()) {
                return Err(round_and_round(&self.trigger).into());
            }
            cursor = Some(next);
        }
    }
}

/// A plugin whose cursors lead back to where they began.
fn round_and_round(trigger: &str) -> Box<ActionError> {
    let message =
        format!("{trigger} has more events without end, and gives a cursor twice. Report it to the plugin's author.");
    Box::new(ActionError::internal(message, Effect::None))
}
