//! The host's queues: the parts of one, and what others see of it.

#[path = "../../../host/core/src/queue/breaker.rs"]
pub mod breaker;
#[path = "../../../host/core/src/queue/bulkhead.rs"]
pub mod bulkhead;
#[path = "../../../host/core/src/queue/rate.rs"]
pub mod rate;
#[path = "../../../host/core/src/queue/subjects.rs"]
pub mod subjects;

use real_core::account::Account;
use real_core::description::Description;

/// As the core's queue, of which admission and outbox ask for its account alone.
pub struct Queue {
    account: Account,
    connected: Connected,
}

/// As the core's.
pub struct Connected(Description);

/// As the core's, in no order.
pub struct Queues(pub Vec<Queue>);

impl Queue {
    /// Of an account.
    pub fn new(account: Account, description: Description) -> Self {
        Self { account, connected: Connected(description) }
    }

    /// As the core's.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// As the core's.
    pub fn connected(&self) -> &Connected {
        &self.connected
    }
}

impl Connected {
    /// As the core's.
    pub fn description(&self) -> &Description {
        &self.0
    }

    /// As the core's.
    pub fn name(&self) -> &str {
        "default"
    }
}

impl Queues {
    /// As the core's.
    pub fn iter(&self) -> impl Iterator<Item = &Queue> {
        self.0.iter()
    }
}
