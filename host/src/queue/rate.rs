//! How often a connection's service may be asked.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// So many calls in so much time, evenly spread: never two at once to make up for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    calls: NonZeroU32,
    per: Duration,
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `10/s`, `90/m` or `1000/h`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refusal = || format!("\"{text}\" is not a rate: write 10/s, 90/m or 1000/h");
        let (calls, unit) = text.split_once('/').ok_or_else(refusal)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(refusal()),
        };
        let calls = calls.trim().parse().map_err(|_| refusal())?;
        Ok(Self { calls, per: Duration::from_secs(seconds) })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per.as_secs() {
            1 => "s",
            60 => "m",
            _ => "h",
        };
        write!(f, "{}/{unit}", self.calls)
    }
}

/// Gives out the times of calls.
pub struct Limiter(DefaultDirectRateLimiter);

impl Limiter {
    pub fn new(rate: Rate) -> Self {
        let period = (rate.per / rate.calls.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(period).expect("the period is not zero");
        Self(RateLimiter::direct(quota.allow_burst(NonZeroU32::MIN)))
    }

    /// Takes the time of a call, if that is now; else tells how long to wait before asking again.
    pub fn wait(&self) -> Option<Duration> {
        self.0.check().err().map(|refusal| refusal.wait_time_from(self.0.clock().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_of_calls_in_a_unit_of_time() {
        for text in ["10/s", "90/m", "1000/h"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for text in ["", "10", "0/s", "-1/s", "1/d", "1.5/s", "/s"] {
            assert!(text.parse::<Rate>().unwrap_err().contains("10/s"), "{text}");
        }
    }

    #[test]
    fn the_second_call_has_to_wait_for_its_time() {
        let limiter = Limiter::new("1/m".parse().unwrap());
        assert_eq!(limiter.wait(), None);
        let wait = limiter.wait().unwrap();
        assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(60), "{wait:?}");
    }
}
