//! What keeps the calls on one account from those on others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::breaker::CircuitBreaker;
use super::rate::{Rate, RateLimiter};
use super::subjects::Subjects;
use crate::account::Account;
use crate::description::{ActionDescription, Description};
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

/// The times of calls, and the rate that they keep.
#[derive(Clone)]
struct Limiter {
    rate: Rate,
    times: Arc<RateLimiter>,
}

impl Limiter {
    fn new(rate: Rate) -> Self {
        Self { rate, times: Arc::new(RateLimiter::new(rate)) }
    }

    /// The last one, if that kept the same rate.
    fn after(self, last: Option<&Self>) -> Self {
        last.filter(|last| last.rate == self.rate).cloned().unwrap_or(self)
    }
}

/// What the calls on one account share.
pub struct Bulkhead {
    /// Which account.
    pub account: Account,
    /// Whose turn it is on what.
    pub subjects: Arc<Subjects>,
    slots: Share,
    limiter: Option<Limiter>,
    /// Of actions that have limits of their own.
    action_limiters: BTreeMap<String, Limiter>,
    /// Whether the service is asked at all.
    pub breaker: Option<Arc<CircuitBreaker>>,
}

impl Bulkhead {
    /// With nothing under way. Without a rate, the plugin's own limits count: those of the connection,
    /// and those of each action besides.
    pub fn new(account: Account, slots: &Slots, rate: Option<Rate>, description: &Description) -> Self {
        let own = description.actions.iter().filter(|_| rate.is_none());
        let of_action =
            |action: &ActionDescription| Some((action.name.clone(), Limiter::new(Rate::of_action(action)?)));
        Self {
            account,
            subjects: Arc::default(),
            slots: slots.0.share(),
            limiter: rate.or_else(|| Rate::of(description)).map(Limiter::new),
            action_limiters: own.filter_map(of_action).collect(),
            breaker: None,
        }
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
        let limiter = self.limiter.map(|new| new.after(last.limiter.as_ref()));
        let of_action = |(action, new): (String, Limiter)| {
            let last = last.action_limiters.get(&action);
            (action, new.after(last))
        };
        let action_limiters = self.action_limiters.into_iter().map(of_action).collect();
        let slots = if slots.0.has(&last.slots) { last.slots.clone() } else { self.slots };
        Self { account: self.account, subjects, slots, limiter, action_limiters, breaker }
    }

    /// The same with a share of other slots: what else the account has, it has once.
    pub fn beside(&self, slots: &Slots) -> Self {
        let Self { account, subjects, limiter, action_limiters, breaker, .. } = self;
        Self {
            account: account.clone(),
            subjects: subjects.clone(),
            slots: slots.0.share(),
            limiter: limiter.clone(),
            action_limiters: action_limiters.clone(),
            breaker: breaker.clone(),
        }
    }

    /// A slot for a call of an action; if it asks the service, at a time that its rate and the
    /// connection's allow. Nobody keeps a slot, or the connection's time, while waiting for the action's.
    pub async fn slot(&self, action: Option<&str>, asks: bool) -> Permit {
        let of_action = action.and_then(|action| self.action_limiters.get(action)).filter(|_| asks);
        let of_connection = self.limiter.as_ref().filter(|_| asks);
        if of_action.is_none()
            && of_connection.is_none()
            && let Some(permit) = self.slots.try_acquire()
        {
            return permit;
        }
        // On the heap, as calls that need not wait are to be small.
        let slot = async {
            match of_connection {
                Some(limiter) => limiter.times.acquire_with(self.slots.acquire()).await,
                None => self.slots.acquire().await,
            }
        };
        Box::pin(async {
            match of_action {
                Some(limiter) => limiter.times.acquire_with(slot).await,
                None => slot.await,
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::connection::Connection;

    fn bulkhead(rate: Option<&str>) -> Bulkhead {
        let text = r#"{"contract":1,"name":"a","title":"A","version":"1","connection":{"schema":{},"check":"c"},
            "limits":[{"requests":100,"perS":1}],"actions":[
            {"name":"slow","title":"S","description":"d","inputSchema":{},"limits":[{"requests":20,"perS":1}]},
            {"name":"quick","title":"Q","description":"d","inputSchema":{}}]}"#;
        let description = Description::parse(text.to_owned()).unwrap();
        let account = Account::of(&description, &Connection::default());
        Bulkhead::new(account, &Slots::new(8), rate.map(|rate| rate.parse().unwrap()), &description)
    }

    #[tokio::test]
    async fn an_action_keeps_its_own_limit_beside_the_connections() {
        let bulkhead = bulkhead(None);
        let begun = Instant::now();
        for action in ["slow", "quick", "quick", "slow", "slow"] {
            drop(bulkhead.slot(Some(action), true).await);
        }
        assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
        let begun = Instant::now();
        for action in [None, Some("quick"), None] {
            drop(bulkhead.slot(action, true).await);
        }
        assert!(begun.elapsed() >= Duration::from_millis(20), "{:?}", begun.elapsed());
    }

    #[test]
    fn the_operators_rate_is_for_all_calls_together_and_instead_of_the_plugins_limits() {
        assert_eq!(bulkhead(None).action_limiters.keys().collect::<Vec<_>>(), ["slow"]);
        assert!(bulkhead(Some("5/s")).action_limiters.is_empty());
    }
}
