//! How often an event is handed on that its receiver does not take, and when it is given up.

use std::time::Duration;

use plugin_host_core::error::LONGEST_RETRY_AFTER_S;

/// The wait after the first attempt; it doubles with each.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait but for what the receiver asks for.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long one keeps trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long after it came an event is given up.
    pub total: Duration,
}

impl Patience {
    /// The wait after so many attempts, at least one, the last of which failed this long after the event
    /// came; never shorter than the receiver asks for, nor longer than a day. None if the event is to be
    /// given up.
    pub fn wait(self, attempts: u32, age: Duration, asked_s: Option<u64>) -> Option<Duration> {
        (age < self.total).then(|| spread(attempts, asked_s, fastrand::f64()))
    }
}

/// The wait after so many failures in a row; never shorter than asked for.
pub fn pause(failures: u32, asked_s: Option<u64>) -> Duration {
    spread(failures, asked_s, fastrand::f64())
}

/// `jitter`, from 0 to 1, keeps apart what failed together.
fn spread(attempts: u32, asked_s: Option<u64>, jitter: f64) -> Duration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST);
    let spread = doubled.mul_f64(0.5 + jitter / 2.0);
    let asked = asked_s.map(|seconds| Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER_S)));
    asked.map_or(spread, |asked| spread.max(asked + FIRST.mul_f64(jitter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_are_spread() {
        assert_eq!(spread(1, None, 1.0), Duration::from_secs(1));
        assert_eq!(spread(1, None, 0.0), Duration::from_millis(500));
        assert_eq!(spread(4, None, 1.0), Duration::from_secs(8));
        assert_eq!(spread(u32::MAX, None, 1.0), Duration::from_secs(3600));
    }

    #[test]
    fn a_receiver_is_not_asked_earlier_than_it_wished_nor_later_than_after_a_day() {
        assert_eq!(spread(1, Some(7), 0.0), Duration::from_secs(7));
        assert_eq!(spread(1, Some(7), 1.0), Duration::from_secs(8));
        assert_eq!(spread(11, Some(7), 1.0), Duration::from_secs(1024));
        assert_eq!(spread(1, Some(u64::MAX), 0.0), Duration::from_secs(86_400));
    }

    #[test]
    fn an_event_is_given_up_by_its_age() {
        let patience = Patience { total: Duration::from_secs(60) };
        assert!(patience.wait(1, Duration::from_secs(59), None).is_some());
        assert_eq!(patience.wait(1, Duration::from_secs(60), Some(1)), None);
    }
}
