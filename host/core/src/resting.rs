//! Instances that no call uses, and how many of them a process holds in all.
//!
//! A connection's instance waits for its next call, and is its alone. Where very many connections are called now and
//! then, that adds up: each instance takes memory, and mappings of it, of which Linux allows a process some ten
//! thousand instances' worth. So there is a most for all connections together. What comes beyond drives out those that
//! have rested longest, whosesoever they are: a connection that is called all the time keeps its own.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Of so many one goes, when there are too many: looking for the oldest takes longer than to drop some.
const SHARE: usize = 16;

/// What rests, of all connections of a host.
pub struct AllResting<T> {
    most: usize,
    count: AtomicUsize,
    /// Those that ever had something that rested.
    owners: Mutex<Vec<Weak<Owner<T>>>>,
}

/// What rests of one connection.
pub struct Resting<T> {
    owner: Arc<Owner<T>>,
    all: Arc<AllResting<T>>,
}

struct Owner<T>(Mutex<Own<T>>);

struct Own<T> {
    /// Those used last at the end.
    resting: Vec<(Instant, T)>,
    is_listed: bool,
}

impl<T> AllResting<T> {
    /// At most so many, but for a moment.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, count: AtomicUsize::new(0), owners: Mutex::default() })
    }

    /// For another connection.
    pub fn of_one(self: &Arc<Self>) -> Resting<T> {
        let own = Own { resting: Vec::new(), is_listed: false };
        Resting { owner: Arc::new(Owner(Mutex::new(own))), all: self.clone() }
    }

    fn list(&self, owner: &Arc<Owner<T>>) {
        let mut owners = lock(&self.owners);
        // Those that are gone make room before the list grows.
        if owners.len() == owners.capacity() {
            owners.retain(|owner| owner.strong_count() > 0);
        }
        owners.push(Arc::downgrade(owner));
    }

    /// Drops those that have rested longest. Who comes while another one does that does not wait for it.
    fn make_room(&self) {
        let Ok(mut owners) = self.owners.try_lock() else { return };
        owners.retain(|owner| owner.strong_count() > 0);
        let owners: Vec<_> = owners.iter().filter_map(Weak::upgrade).collect();
        let mut since: Vec<Instant> = Vec::new();
        for owner in &owners {
            since.extend(owner.own().resting.iter().map(|(since, _)| *since));
        }
        let Some(too_many) = since.len().checked_sub(self.most).filter(|too_many| *too_many > 0) else { return };
        let oldest = (too_many + self.most / SHARE).min(since.len()) - 1;
        let (_, last_to_go, _) = since.select_nth_unstable(oldest);
        for owner in &owners {
            self.release(owner, |since| since <= *last_to_go);
        }
    }

    /// Drops those of a connection that came to rest at such a time, from the first on.
    fn release(&self, owner: &Owner<T>, goes: impl Fn(Instant) -> bool) {
        let mut own = owner.own();
        let kept = own.resting.iter().position(|(since, _)| !goes(*since)).unwrap_or(own.resting.len());
        let released: Vec<_> = own.resting.drain(..kept).collect();
        if own.resting.is_empty() {
            own.resting.shrink_to_fit();
        }
        self.count.fetch_sub(released.len(), Ordering::Relaxed);
        // Their memory is given back while others call.
        drop(own);
        drop(released);
    }
}

impl<T> Owner<T> {
    fn own(&self) -> MutexGuard<'_, Own<T>> {
        lock(&self.0)
    }
}

impl<T> Resting<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.owner.own().resting.len()
    }

    /// The one used last, if there is any.
    pub fn take(&self) -> Option<T> {
        let (_, taken) = self.owner.own().resting.pop()?;
        self.all.count.fetch_sub(1, Ordering::Relaxed);
        Some(taken)
    }

    /// Lets one rest.
    pub fn put(&self, rests: T) {
        let was_listed = {
            let mut own = self.owner.own();
            // Counted first: whoever takes it counts it down.
            self.all.count.fetch_add(1, Ordering::Relaxed);
            own.resting.push((Instant::now(), rests));
            mem::replace(&mut own.is_listed, true)
        };
        if !was_listed {
            self.all.list(&self.owner);
        }
        if self.all.count.load(Ordering::Relaxed) > self.all.most {
            self.all.make_room();
        }
    }

    /// Drops those that have rested for so long.
    pub fn release(&self, unused: Duration) {
        self.all.release(&self.owner, |since| since.elapsed() >= unused);
    }
}

impl<T> Drop for Resting<T> {
    fn drop(&mut self) {
        self.all.release(&self.owner, |_| true);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rested_last_is_used_first_and_others_have_none_of_it() {
        let all = AllResting::new(8);
        let (one, other) = (all.of_one(), all.of_one());
        [1, 2].into_iter().for_each(|number| one.put(number));
        assert_eq!((one.take(), other.take(), one.len()), (Some(2), None, 1));
        one.release(Duration::from_secs(3600));
        assert_eq!(one.len(), 1);
        one.release(Duration::ZERO);
        assert_eq!((one.take(), all.count.load(Ordering::Relaxed)), (None, 0));
    }

    #[test]
    fn what_comes_beyond_the_most_drives_out_what_has_rested_longest() {
        let all = AllResting::new(32);
        let busy = all.of_one();
        busy.put(0);
        let now_and_then: Vec<_> = (1..=100).map(|_| all.of_one()).collect();
        for (number, connection) in (1..).zip(&now_and_then) {
            connection.put(number);
            // It is called all the time.
            let own = busy.take();
            assert_eq!(own, Some(0), "after {number}");
            busy.put(0);
            assert!(all.count.load(Ordering::Relaxed) <= 32);
        }
        let left: Vec<_> = now_and_then.iter().filter_map(Resting::take).collect();
        let last: Vec<_> = (101 - left.len()..=100).collect();
        assert!(left.len() >= 28 && left == last, "{left:?}");
    }

    #[test]
    fn connections_that_are_gone_leave_nothing() {
        let all = AllResting::new(4);
        for number in 0..100 {
            all.of_one().put(number);
        }
        assert_eq!(all.count.load(Ordering::Relaxed), 0);
        let owners = lock(&all.owners);
        assert!(owners.len() <= 8, "{} are listed", owners.len());
    }
}
