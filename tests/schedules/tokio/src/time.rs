//! A clock that goes on when somebody has slept: whoever sleeps wakes whenever Shuttle lets it, and then it is
//! as late as it wanted, or later. It is as if each sleep could take any time.

use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shuttle::future::yield_now;

/// Nanoseconds. It never goes back, also from one schedule to the next.
static NOW: AtomicU64 = AtomicU64::new(0);

/// As `tokio::time::Instant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(Duration);

impl Instant {
    /// As Tokio's.
    pub fn now() -> Self {
        Self(Duration::from_nanos(NOW.load(Ordering::SeqCst)))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, time: Duration) -> Self {
        Self(self.0 + time)
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, other: Self) -> Duration {
        self.0.saturating_sub(other.0)
    }
}

/// As Tokio's.
pub async fn sleep_until(end: Instant) {
    yield_now().await;
    NOW.fetch_max(u64::try_from(end.0.as_nanos()).unwrap_or(u64::MAX), Ordering::SeqCst);
}
