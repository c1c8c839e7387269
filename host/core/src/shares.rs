//! What a process has of something, in fair shares: bulkheads between the accounts.
//!
//! Half of it is dealt out evenly, at least one to each account, and that is the account's alone:
//! whatever the others do, it is free when the account needs it. The other half is common, and goes
//! to whoever comes first, so that one account that is busy while the others rest gets more than its
//! part. Nothing is ever taken back: what a call holds it holds to its end, and so an account that
//! hangs can hold the common half, and none of what is another's. Where there are more accounts than
//! half of the thing, each has one all the same, beside the common half.

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// What there is, in parts.
#[derive(Debug, Clone)]
pub struct FairShares {
    all: usize,
    own: usize,
    common: Arc<Semaphore>,
    in_use: Arc<AtomicUsize>,
}

impl FairShares {
    /// So many for so many accounts. Each account has at least `least` of its own, as far as there
    /// are so many.
    pub fn new(all: usize, accounts: usize, least: usize) -> Self {
        Self::counted_by(Arc::default(), all, accounts, least)
    }

    /// Dealt out anew. What is taken of these goes back to them, and is counted all the same: so for
    /// as long as that takes, there may be more in use than there are.
    #[must_use]
    pub fn dealt_anew(&self, all: usize, accounts: usize, least: usize) -> Self {
        Self::counted_by(self.in_use.clone(), all, accounts, least)
    }

    fn counted_by(in_use: Arc<AtomicUsize>, all: usize, accounts: usize, least: usize) -> Self {
        let (all, accounts) = (all.clamp(1, Semaphore::MAX_PERMITS), accounts.max(1));
        // Who is alone needs no part of its own.
        let own = if accounts == 1 { 0 } else { (all / 2 / accounts).max(least.clamp(1, all)) };
        // Very many accounts, most of which rest, must not leave a busy one with its own part alone.
        let common = all.saturating_sub(own * accounts).max(all / 2);
        let all = common + own * accounts;
        Self { all, own, common: Arc::new(Semaphore::new(common)), in_use }
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.all
    }

    /// How many are in use now.
    pub fn in_use(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Whether a share is one of these.
    pub fn has(&self, share: &Share) -> bool {
        Arc::ptr_eq(&self.common, &share.common)
    }

    /// The share of an account. Each account takes one.
    pub fn share(&self) -> Share {
        let own = Arc::new(Semaphore::new(self.own));
        Share { own, common: self.common.clone(), in_use: self.in_use.clone() }
    }
}

/// What an account may take: what is its own, and then what is common. A clone is the same share.
#[derive(Debug, Clone)]
pub struct Share {
    own: Arc<Semaphore>,
    common: Arc<Semaphore>,
    in_use: Arc<AtomicUsize>,
}

impl Share {
    /// One, as soon as there is one; first come, first served.
    pub async fn acquire(&self) -> Permit {
        let permit = tokio::select! {
            biased;
            permit = self.own.clone().acquire_owned() => permit,
            permit = self.common.clone().acquire_owned() => permit,
        };
        self.counted(permit.expect("nobody closes what is shared"))
    }

    /// One, if there is one now.
    pub fn try_acquire(&self) -> Option<Permit> {
        let permit = self.own.clone().try_acquire_owned().or_else(|_| self.common.clone().try_acquire_owned());
        permit.ok().map(|permit| self.counted(permit))
    }

    fn counted(&self, permit: OwnedSemaphorePermit) -> Permit {
        self.in_use.fetch_add(1, Ordering::Relaxed);
        Permit { _permit: permit, in_use: self.in_use.clone() }
    }
}

/// One of what there is, until it is dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
    in_use: Arc<AtomicUsize>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.in_use.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn all_of(share: &Share) -> Vec<Permit> {
        std::iter::from_fn(|| share.try_acquire()).collect()
    }

    #[test]
    fn whatever_one_account_takes_the_others_have_their_part() {
        for (all, accounts, least, greedy, each) in [
            (32, 2, 1, 24, 8),
            (32, 4, 1, 20, 4),
            (3, 2, 1, 2, 1),
            (4, 8, 1, 3, 1),
            (96, 40, 8, 56, 8),
            (1, 1, 8, 1, 0),
        ] {
            let shares = FairShares::new(all, accounts, least);
            let parts: Vec<_> = (0..accounts).map(|_| shares.share()).collect();
            let taken = all_of(&parts[0]);
            assert_eq!(taken.len(), greedy, "{all} for {accounts}");
            let others: Vec<_> = parts[1..].iter().map(all_of).collect();
            assert!(others.iter().all(|other| other.len() == each), "{all} for {accounts}");
            assert_eq!((shares.in_use(), shares.total()), (shares.total(), greedy + (accounts - 1) * each));
            drop((taken, others));
            assert_eq!(shares.in_use(), 0);
            assert_eq!(all_of(&parts[0]).len(), greedy);
        }
    }

    #[test]
    fn what_is_dealt_anew_is_counted_with_what_is_still_in_use() {
        let old = FairShares::new(4, 1, 1);
        let taken = all_of(&old.share());
        let new = old.dealt_anew(4, 2, 1);
        let more = all_of(&new.share());
        assert_eq!((new.total(), new.in_use(), taken.len(), more.len()), (4, 7, 4, 3));
        drop(taken);
        assert_eq!(new.in_use(), 3);
    }

    #[tokio::test]
    async fn who_waits_is_served_in_turn_and_who_leaves_takes_nothing_along() {
        let shares = FairShares::new(4, 2, 1);
        let share = shares.share();
        let mut taken = all_of(&share);
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(share.acquire())).collect();
        assert!(waiting.iter_mut().all(|waiting| waiting.now_or_never().is_none()));
        drop(taken.remove(0));
        drop(waiting.remove(0));
        let second = (&mut waiting[0]).now_or_never();
        assert!(second.is_some() && (&mut waiting[1]).now_or_never().is_none());
        drop(taken);
        assert!((&mut waiting[1]).now_or_never().is_some());
    }
}
