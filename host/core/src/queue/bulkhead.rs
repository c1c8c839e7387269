//! What keeps the calls on one account from those on others.

use std::sync::Arc;

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

    /// Dealt out anew, to so many accounts: what is under way keeps the slot that it has.
    #[must_use]
    pub(crate) fn dealt_anew(&self, calls: usize, accounts: usize) -> Self {
        Self(self.0.dealt_anew(calls, accounts, 1))
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
    pub subjects: Arc<Subjects>,
    slots: Share,
    rate: Option<(Rate, Arc<RateLimiter>)>,
    /// Whether the service is asked at all.
    pub breaker: Option<Arc<CircuitBreaker>>,
}

impl Bulkhead {
    /// With nothing under way. Without a rate, that of the plugin's own limits counts.
    pub fn new(account: Account, slots: &Slots, rate: Option<Rate>, description: &Description) -> Self {
        let rate = rate.or_else(|| Rate::of(description)).map(|rate| (rate, Arc::new(RateLimiter::new(rate))));
        Self { account, subjects: Arc::default(), slots: slots.0.share(), rate, breaker: None }
    }

    /// The same, which leaves a service alone that does not answer.
    pub fn with_breaker(self) -> Self {
        Self { breaker: Some(Arc::default()), ..self }
    }

    /// The same, whose account has had a bulkhead before: the turns go on, the service is left alone as
    /// long as it was to be, and its next call comes no sooner. Its share of the slots is the same, too, if
    /// it is one of these.
    pub fn after(self, last: &Self, slots: &Slots) -> Self {
        let (subjects, breaker) = (last.subjects.clone(), last.breaker.clone());
        let same_rate = last.rate.clone().filter(|(rate, _)| self.rate.as_ref().is_some_and(|(new, _)| new == rate));
        let slots = if slots.0.has(&last.slots) { last.slots.clone() } else { self.slots };
        Self { subjects, breaker, slots, rate: same_rate.or(self.rate), ..self }
    }

    /// A slot at a time that the rate allows. Nobody keeps a slot while waiting for the time.
    pub async fn slot(&self) -> Permit {
        match &self.rate {
            Some((_, limiter)) => limiter.acquire_with(self.slots.acquire()).await,
            None => self.slots.acquire().await,
        }
    }
}
