//! A clock that goes on when somebody has slept: whoever sleeps wakes whenever Shuttle lets it, and then it is
//! as late as it wanted, or later. It is as if each sleep could take any time. Where it has been [stopped](stop), nobody
//! ever wakes: who has to be woken by something else has to be woken by that.

use std::cell::Cell;
use std::fmt;
use std::future::pending;
use std::ops::{Add, Sub};
use std::time::Duration;

use shuttle::future::yield_now;

// All of a schedule is run on one thread.
thread_local! {
    /// It never goes back, also from one schedule to the next.
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// Whether nobody wakes who sleeps, in this schedule and the next ones of its test.
pub fn stop(is_stopped: bool) {
    STOPPED.set(is_stopped);
}

/// The time since nobody knows when, as wall clocks have it.
pub fn since_epoch() -> Duration {
    Instant::now().0
}

/// As `tokio::time::Instant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(Duration);

impl Instant {
    /// As Tokio's.
    pub fn now() -> Self {
        Self(NOW.get())
    }

    /// As Tokio's.
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        self - earlier
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
    if STOPPED.get() {
        pending::<()>().await;
    }
    yield_now().await;
    NOW.set(NOW.get().max(end.0));
}

/// As Tokio's.
pub async fn sleep(time: Duration) {
    sleep_until(Instant::now() + time).await;
}

/// The time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadline has elapsed")
    }
}

/// As Tokio's.
///
/// # Errors
/// If the time is up first.
pub async fn timeout<F: Future>(time: Duration, work: F) -> Result<F::Output, Elapsed> {
    real::select! {
        biased;
        done = work => Ok(done),
        () = sleep(time) => Err(Elapsed),
    }
}
