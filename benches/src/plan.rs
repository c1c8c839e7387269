//! How much is measured.

use std::time::Duration;

pub use bench_base::rounds::{Rounds, turns};

/// How often, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Calls to a service that answers at once.
    pub usual: Rounds,
    /// Calls to a service that takes its time.
    pub slow: Rounds,
    /// How many calls are in flight then.
    pub crowd: usize,
    /// And how many by those alone who hold no thread for each.
    pub throng: usize,
    /// How often a program is started without anything in its cache.
    pub first_starts: usize,
    /// How often a program is started.
    pub starts: usize,
    /// How many instances are made.
    pub instances: usize,
    /// How many plugins a server has that rests, and how many connections each of them.
    pub many: (usize, usize),
}

impl Plan {
    /// Some minutes, for figures to publish.
    pub fn whole() -> Self {
        Self {
            usual: Rounds { starts: 15, rounds: 1, length: Duration::from_millis(400) },
            slow: Rounds { starts: 1, rounds: 3, length: Duration::from_secs(4) },
            crowd: 1000,
            throng: 10_000,
            first_starts: 5,
            starts: 40,
            instances: 2000,
            many: (100, 100),
        }
    }

    /// Half a minute, for a look.
    pub fn quick() -> Self {
        Self {
            usual: Rounds { starts: 1, rounds: 3, length: Duration::from_millis(300) },
            slow: Rounds { starts: 1, rounds: 1, length: Duration::from_secs(1) },
            first_starts: 1,
            starts: 10,
            instances: 200,
            ..Self::whole()
        }
    }
}
