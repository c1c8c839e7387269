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
    pub many: Tenancy,
    /// Calls to a slow service while few are in flight, and to find out what it gives.
    pub growth: Rounds,
    /// How many rows files have.
    pub rows: Vec<usize>,
    /// How many of them are in flight at a service that takes its time, and at one that takes none.
    pub batch_in_flight: (usize, usize),
    /// Connections that are called.
    pub tenants: Tenants,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenancy {
    /// Plugins, each a module of its own.
    pub plugins: usize,
    /// The connections of each of them.
    pub connections: usize,
}

/// How many connections are called, and for how long.
#[derive(Debug, Clone)]
pub struct Tenants {
    /// How many plugins there are.
    pub plugins: usize,
    /// How many connections of them there are, in one server after the other: multiples of `plugins`.
    pub connections: Vec<usize>,
    /// For how long they are called.
    pub length: Duration,
    /// How long after that their memory is looked at again, if it is.
    pub rest: Option<Duration>,
}

impl Plan {
    /// Some minutes, for figures to publish.
    pub fn whole() -> Self {
        Self {
            usual: Rounds { starts: 7, rounds: 1, length: Duration::from_millis(400) },
            slow: Rounds { starts: 1, rounds: 3, length: Duration::from_secs(4) },
            crowd: 1000,
            throng: 10_000,
            first_starts: 5,
            starts: 40,
            instances: 2000,
            many: Tenancy { plugins: 100, connections: 100 },
            growth: Rounds { starts: 1, rounds: 1, length: Duration::from_secs(2) },
            rows: vec![1_000, 10_000, 100_000],
            batch_in_flight: (1000, 64),
            tenants: Tenants {
                plugins: 10,
                connections: vec![100, 1_000, 10_000],
                length: Duration::from_secs(30),
                // Instances go after a minute, which is looked at every half a minute.
                rest: Some(Duration::from_secs(95)),
            },
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
            growth: Rounds { starts: 1, rounds: 1, length: Duration::from_millis(500) },
            rows: vec![1_000, 3_000, 10_000],
            tenants: Tenants { length: Duration::from_secs(3), rest: None, ..Self::whole().tenants },
            ..Self::whole()
        }
    }
}
