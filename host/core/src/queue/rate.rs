//! How often a connection's service may be asked.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::description::{ActionDescription, Description, Limit};

/// So many calls in so much time, evenly spread: never two at once to make up for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    calls: NonZeroU32,
    per: Duration,
}

/// A text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a rate: write 10/s, 90/m or 1000/h")]
pub struct InvalidRate(String);

impl FromStr for Rate {
    type Err = InvalidRate;

    /// Reads `10/s`, `90/m` or `1000/h`.
    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let refusal = || InvalidRate(text.to_owned());
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

impl Rate {
    /// The rate that a plugin says its service allows a connection: the slowest of its limits. A call
    /// that makes several requests counts as one.
    pub fn of(description: &Description) -> Option<Self> {
        Self::slowest(&description.limits)
    }

    /// The same for the calls of one action.
    pub fn of_action(action: &ActionDescription) -> Option<Self> {
        Self::slowest(&action.limits)
    }

    fn slowest(limits: &[Limit]) -> Option<Self> {
        let rate = |limit: &Limit| Self { calls: limit.requests, per: Duration::from_secs(limit.per_s.get().into()) };
        limits.iter().map(rate).max_by_key(Self::period)
    }

    /// The time between two calls.
    fn period(&self) -> Duration {
        self.per / self.calls.get()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.per.as_secs() {
            1 => write!(f, "{}/s", self.calls),
            60 => write!(f, "{}/m", self.calls),
            3600 => write!(f, "{}/h", self.calls),
            seconds => write!(f, "{} in {seconds} s", self.calls),
        }
    }
}

/// Gives out the times of calls, first come, first served. One caller at a time waits for the time,
/// the others wait for their turn: nobody wakes in vain.
pub struct RateLimiter {
    period: Duration,
    next: Mutex<Instant>,
}

impl RateLimiter {
    /// As fast as the rate allows.
    pub fn new(rate: Rate) -> Self {
        Self { period: rate.period(), next: Mutex::new(Instant::now()) }
    }

    /// Waits for the time, and then for a slot, which nobody holds meanwhile. The time is taken when
    /// the slot is: calls never come closer than the rate has it.
    pub async fn acquire_with<T>(&self, slot: impl Future<Output = T>) -> T {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        let slot = slot.await;
        *next = Instant::now() + self.period;
        slot
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::pin::Pin;

    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_slowest_limit_of_a_plugin_is_the_rate_it_asks_for() {
        let described = |limits: &str| {
            let connection = r#"{"schema":{},"check":"check"}"#;
            let members = format!(r#""limits":{limits},"connection":{connection},"actions":[]"#);
            let text = format!(r#"{{"contract":1,"name":"a","title":"A","version":"1",{members}}}"#);
            Rate::of(&Description::parse(text).unwrap()).map(|rate| rate.to_string())
        };
        assert_eq!(described("[]"), None);
        assert_eq!(described(r#"[{"requests":90,"perS":60,"scope":"connection"}]"#).as_deref(), Some("90/m"));
        assert_eq!(
            described(r#"[{"requests":5,"perS":1},{"requests":20,"perS":10},{"requests":3,"perS":1}]"#).as_deref(),
            Some("20 in 10 s")
        );
    }

    #[test]
    fn a_rate_is_a_number_of_calls_in_a_unit_of_time() {
        for text in ["10/s", "90/m", "1000/h"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for text in ["", "10", "0/s", "-1/s", "1/d", "1.5/s", "/s"] {
            assert!(text.parse::<Rate>().unwrap_err().to_string().contains("10/s"), "{text}");
        }
    }

    #[tokio::test]
    async fn calls_have_their_times_in_the_order_in_which_they_came_and_never_two_at_once() {
        let limiter = RateLimiter::new("50/s".parse().unwrap());
        let begun = Instant::now();
        limiter.acquire_with(ready(())).await;
        let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(limiter.acquire_with(ready(())))).collect();
        assert!(waiting.iter_mut().all(|waiting| waiting.now_or_never().is_none()));
        // Whoever leaves takes no time along.
        drop(waiting.remove(1));
        let order = std::sync::Mutex::new(Vec::new());
        let note = |name, call: Pin<Box<_>>| {
            let order = &order;
            async move {
                let () = Box::pin(call).await;
                order.lock().unwrap().push((name, begun.elapsed()));
            }
        };
        let mut calls = waiting.into_iter();
        let (first, second, third) = (calls.next().unwrap(), calls.next().unwrap(), calls.next().unwrap());
        tokio::join!(note(3, third), note(2, second), note(1, first));
        let order = order.into_inner().unwrap();
        assert_eq!(order.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [1, 2, 3]);
        for (count, (_, at)) in (1..).zip(order) {
            assert!(at >= Duration::from_millis(20) * count, "{count}: {at:?}");
        }
    }

    #[tokio::test]
    async fn a_pause_is_not_made_up_for() {
        let limiter = RateLimiter::new("20/s".parse().unwrap());
        limiter.acquire_with(ready(())).await;
        tokio::time::sleep(Duration::from_millis(120)).await;
        let begun = Instant::now();
        limiter.acquire_with(ready(())).await;
        limiter.acquire_with(ready(())).await;
        assert!(begun.elapsed() >= Duration::from_millis(50));
    }
}
