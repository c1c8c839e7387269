//! Events on the disk: what is to be handed on, what has been, where the next ones begin, and who was told to send
//! them.
//!
//! A service is answered, and a cursor moves, when the events are on the disk. An event leaves the
//! outbox when whoever it is for has it. So nothing is lost whenever a process ends; what was being
//! handed on then comes again, with the same id.
//!
//! An event is known by its id at an account: connections may be called otherwise, and two of them may
//! reach the same account. It counts as seen once it is sure. Before that, whoever knows the address of
//! a webhook could have made it up; if it took the place of the real one, refuting it would lose that.

// Where `tests/schedules` finds them, too.
#[path = "store/dead.rs"]
mod dead;
#[path = "store/intake.rs"]
mod intake;
#[path = "store/layout.rs"]
mod layout;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/subscriptions.rs"]
mod subscriptions;

use std::path::Path;
use std::time::Duration;

use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::Event;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use crate::clock::since_epoch;
use crate::state::{self, Lasting, State};
use crate::sync::Arc;
pub use dead::DeadLetter;
pub use intake::Moved;
pub use layout::LAYOUT;
pub use subscriptions::{Kept, Told};

/// The store could not be read or written: one line. What was to be done is not done, and may be tried
/// again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("can't keep events: {0}")]
pub struct StoreError(String);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(state::told(&error))
    }
}

/// Where events come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The account, which tells them from those of others.
    pub account: String,
    /// The plugin's name.
    pub plugin: String,
    /// The connection's name.
    pub connection: String,
    /// The trigger's.
    pub trigger: String,
}

impl Source {
    /// A trigger of a connection.
    pub fn of(queue: &Queue, trigger: &str) -> Self {
        let connected = queue.connected();
        Self {
            account: queue.account().to_string(),
            plugin: connected.description().name.clone(),
            connection: connected.name().to_owned(),
            trigger: trigger.to_owned(),
        }
    }

    /// The calls of its account, if these are.
    pub fn through<'q>(&self, queue: &'q Queue) -> Option<&'q Queue> {
        (queue.account().to_string() == self.account).then_some(queue)
    }
}

/// What is next for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// To make sure of it.
    Confirm,
    /// To hand it on.
    Deliver,
}

/// An event that is to be made sure of or handed on, by whoever has taken it.
#[derive(Debug, Clone)]
pub struct Queued {
    /// Its place in the outbox.
    pub seq: i64,
    /// Where it comes from.
    pub source: Source,
    /// The event.
    pub event: Event,
    /// How often this was tried in vain.
    pub attempts: u32,
    /// When it was taken in, in UNIX seconds.
    pub taken_in: i64,
    /// The trace in which it was told of, as W3C Trace Context writes it.
    pub trace: Option<String>,
}

/// How many events there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// To be made sure of.
    pub to_confirm: u64,
    /// To be handed on.
    pub to_deliver: u64,
    /// Dead letters.
    pub dead: u64,
    /// For how long the oldest has waited to be made sure of, in seconds; 0 if there is none.
    pub confirm_age_s: u64,
    /// For how long the oldest has waited to be handed on.
    pub deliver_age_s: u64,
}

impl Depth {
    /// How many there are, by what they are in words.
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        [("to_confirm", self.to_confirm), ("to_deliver", self.to_deliver), ("dead", self.dead)]
    }

    /// For how many seconds the oldest have waited, likewise.
    pub fn ages(&self) -> [(&'static str, u64); 2] {
        [("to_confirm", self.confirm_age_s), ("to_deliver", self.deliver_age_s)]
    }
}

/// The store. Cloning it is cheap.
///
/// Whatever changes it is on the disk when its future has ended.
#[derive(Clone)]
pub struct Store {
    state: State,
    changed: Arc<Notify>,
}

impl Store {
    /// Opens the file, or makes it. One process at a time can have it open.
    ///
    /// # Errors
    /// With one line on what is wrong and what to do.
    pub fn open(path: &Path) -> Result<Self, String> {
        let state = State::open(path, &layout::LAYOUT)?;
        let sound: rusqlite::Result<String> = state.lock().query_row("pragma quick_check(1)", [], |row| row.get(0));
        match sound {
            Ok(sound) if sound == "ok" => Ok(Self { state, changed: Arc::default() }),
            Ok(_) | Err(_) => Err(format!(
                "can't keep events in {}: it is damaged. Put it aside, and events begin anew; or name another file with --state FILE",
                path.display()
            )),
        }
    }

    /// Whether an event could be kept now.
    ///
    /// # Errors
    /// If not.
    pub async fn writable(&self) -> Result<(), StoreError> {
        Ok(self.state.writable().await?)
    }

    /// A key by chance, 256 bits: the same as long as there is this file.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        Ok(self.state.with(layout::secret).await?)
    }

    /// The same, for whoever may block.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub fn key(&self) -> Result<[u8; 32], StoreError> {
        Ok(layout::secret(&mut self.state.lock())?)
    }

    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let changed = self.state.write(Lasting::Power, work).await;
        self.changed.notify_waiters();
        Ok(changed?)
    }
}

/// The time, in UNIX milliseconds.
fn now_ms() -> i64 {
    i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX)
}

/// When a wait is over, likewise: a wait of less than a millisecond is one. Else whoever comes a little too early is
/// told to wait for no time at all, again and again, until it is over.
fn after(wait: Duration) -> i64 {
    now_ms().saturating_add(i64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX))
}

/// An event as it is kept.
fn read_event(text: String) -> rusqlite::Result<Event> {
    let unreadable =
        |why: String| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, why.into());
    let raw = RawValue::from_string(text).map_err(|error| unreadable(error.to_string()))?;
    Event::read(&raw).map_err(unreadable)
}

#[cfg(test)]
#[path = "store/tests.rs"]
mod tests;
