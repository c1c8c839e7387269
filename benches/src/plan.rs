//! How much is measured.

use std::time::Duration;

/// How often, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Rounds that count, of which the median is taken.
    pub rounds: usize,
    /// How long a round is.
    pub round: Duration,
    /// How long a round is in which a thousand calls are in flight.
    pub crowd_round: Duration,
    /// How many calls are in flight then.
    pub crowd: usize,
    /// How often a program is started without anything in its cache.
    pub first_starts: usize,
    /// How often a program is started.
    pub starts: usize,
    /// How many instances are made.
    pub instances: usize,
}

impl Plan {
    /// Some minutes, for figures to publish.
    pub fn whole() -> Self {
        Self {
            rounds: 9,
            round: Duration::from_millis(1000),
            crowd_round: Duration::from_secs(4),
            crowd: 1000,
            first_starts: 5,
            starts: 40,
            instances: 2000,
        }
    }

    /// Half a minute, for a look.
    pub fn quick() -> Self {
        Self {
            rounds: 3,
            round: Duration::from_millis(300),
            crowd_round: Duration::from_secs(1),
            first_starts: 1,
            starts: 10,
            instances: 200,
            ..Self::whole()
        }
    }
}
