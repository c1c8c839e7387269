//! What stands in the place of who takes events: a function of the test.

use shuttle::future::yield_now;
use shuttle::sync::Arc;

pub use super::outcome::Outcome;
use crate::http::Client;

/// Is given an event as it is sent, and says what becomes of it.
type Take = Arc<dyn Fn(&str) -> Outcome + Send + Sync>;

/// Takes events.
pub struct Receiver(Take);

/// What events are sent by: nothing.
pub const CLIENT: Client = Client;

impl Receiver {
    /// One that does this with each event, between two places where others go on.
    pub fn new(take: impl Fn(&str) -> Outcome + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// As the host's.
    pub fn address(&self) -> &str {
        "http://receiver.example"
    }

    /// As the host's.
    pub async fn send(&self, _: &Client, _: &str, event: &[u8], _: Option<String>) -> Outcome {
        yield_now().await;
        let outcome = (self.0)(std::str::from_utf8(event).unwrap_or_default());
        yield_now().await;
        outcome
    }
}
