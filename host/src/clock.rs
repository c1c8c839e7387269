//! What the time is, in one place: `tests/schedules` has a clock of its own.

use std::time::{Duration, SystemTime};

/// Since the beginning of 1970, by the machine's clock.
pub fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
