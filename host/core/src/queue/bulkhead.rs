//! What keeps the calls on one account from those on others.

use super::breaker::CircuitBreaker;
use super::rate::{Rate, RateLimiter};
use super::subjects::Subjects;
use crate::account::Account;
use crate::description::Description;
use crate::shares::{FairShares, Permit, Share};

/// How many calls may be under way at once.
///
/// Half of the slots are dealt out evenly to the accounts that share them, at least one to each; the
/// other half goes to whoever comes first. So an account may be as fast as there are slots while the
/// others rest, and yet can take none away that is another's, however long its service hangs. Where
/// there are more accounts than slots, there is one for each all the same.
#[derive(Debug, Clone)]
pub struct Slots(FairShares);

impl Slots {
    /// This many, at least one, for the queues of one account.
    pub fn new(calls: usize) -> Self {
        Self::among(calls, 1)
    }

    /// This many, for the queues of so many accounts.
    pub fn among(calls: usize, accounts: usize) -> Self {
        Self(FairShares::new(calls, accounts, 1))
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.total()
    }

    /// How many calls hold one now.
    pub fn in_use(&self) -> usize {
        self.0.in_use()
    }
}

/// What the calls on one account share.
pub struct Bulkhead {
    /// Which account.
    pub account: Account,
    /// Whose turn it is on what.
    pub subjects: Subjects,
    slots: Share,
    rate_limiter: Option<RateLimiter>,
    /// Whether the service is asked at all.
    pub breaker: Option<CircuitBreaker>,
}

impl Bulkhead {
    /// With nothing under way. Without a rate, that of the plugin's own limits counts.
    pub fn new(account: Account, slots: &Slots, rate: Option<Rate>, description: &Description) -> Self {
        Self {
            account,
            subjects: Subjects::default(),
            slots: slots.0.share(),
            rate_limiter: rate.or_else(|| Rate::of(description)).map(RateLimiter::new),
            breaker: None,
        }
    }

    /// The same, which leaves a service alone that does not answer.
    pub fn with_breaker(self) -> Self {
        Self { breaker: Some(CircuitBreaker::default()), ..self }
    }

    /// A slot at a time that the rate allows. Nobody keeps a slot while waiting for the time.
    pub async fn slot(&self) -> Permit {
        match &self.rate_limiter {
            Some(limiter) => limiter.acquire_with(self.slots.acquire()).await,
            None => self.slots.acquire().await,
        }
    }
}
