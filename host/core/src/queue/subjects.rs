//! One call at a time on a subject, first come, first served.

use std::collections::HashMap;
use std::pin::Pin;

use futures_util::FutureExt;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::task::unconstrained;

use crate::subject::Subject;
use crate::sync::{Arc, Mutex, PoisonError};

type Lock = Arc<AsyncMutex<()>>;
type Locks = Arc<Mutex<HashMap<Subject, Lock>>>;

/// The subjects on which calls are under way or waiting.
#[derive(Default)]
pub struct Subjects(Locks);

impl Subjects {
    /// A place in the subject's queue, behind all that were given out before.
    pub fn turn(&self, subject: &Subject) -> Turn {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = locks.entry(subject.clone()).or_default().clone();
        let entry = Entry { locks: self.0.clone(), subject: subject.clone() };
        let mut waiting: Pin<Box<dyn Future<Output = OwnedMutexGuard<()>> + Send>> = Box::pin(lock.lock_owned());
        // A lock's queue is joined when it is first polled, so that is done here and now.
        let taken = unconstrained(&mut waiting).now_or_never();
        drop(locks);
        Turn { taken, waiting, entry }
    }
}

/// A place in a subject's queue; dropping it leaves the queue.
pub struct Turn {
    // Before the entry, as it is to be dropped before it.
    taken: Option<OwnedMutexGuard<()>>,
    waiting: Pin<Box<dyn Future<Output = OwnedMutexGuard<()>> + Send>>,
    entry: Entry,
}

impl Turn {
    /// Waits until all before it are through.
    pub async fn taken(self) -> Guard {
        // What is bound last is dropped first, should this future be dropped while it waits.
        let entry = self.entry;
        let waiting = self.waiting;
        let guard = match self.taken {
            Some(guard) => guard,
            None => waiting.await,
        };
        Guard { _guard: guard, _entry: entry }
    }
}

/// The subject is this one's, until it is dropped.
pub struct Guard {
    // Before the entry, as it is to be dropped before it.
    _guard: OwnedMutexGuard<()>,
    _entry: Entry,
}

/// Forgets a subject when its last call is through.
struct Entry {
    locks: Locks,
    subject: Subject,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever holds a turn or a guard holds the lock too, and new ones are given out under `locks`.
        if locks.get(&self.subject).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(value: &str) -> Subject {
        let value = serde_json::value::to_raw_value(value).unwrap();
        Subject::of_field("id", &value).unwrap()
    }

    #[tokio::test]
    async fn turns_come_in_the_order_in_which_they_were_given_out() {
        let subjects = Subjects::default();
        let turns: Vec<_> = (0..3).map(|_| subjects.turn(&subject("a"))).collect();
        let mut turns = turns.into_iter();
        let (first, second, third) = (turns.next().unwrap(), turns.next().unwrap(), turns.next().unwrap());
        let mut third = Box::pin(third.taken());
        let mut second = Box::pin(second.taken());
        let guard = first.taken().await;
        assert!((&mut third).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        drop(guard);
        assert!((&mut third).now_or_never().is_none(), "the third overtook the second");
        assert!((&mut second).now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_leaves_the_queue_does_not_let_the_next_one_overtake() {
        let subjects = Subjects::default();
        let (first, second, third) =
            (subjects.turn(&subject("a")), subjects.turn(&subject("a")), subjects.turn(&subject("a")));
        let guard = first.taken().await;
        drop(second);
        let mut third = Box::pin(third.taken());
        assert!((&mut third).now_or_never().is_none());
        drop(guard);
        assert!((&mut third).now_or_never().is_some());
    }

    #[tokio::test]
    async fn other_subjects_do_not_wait_and_none_is_remembered() {
        let subjects = Subjects::default();
        let guard = subjects.turn(&subject("a")).taken().await;
        drop(subjects.turn(&subject("b")).taken().await);
        assert_eq!(subjects.0.lock().unwrap().len(), 1);
        drop(guard);
        drop(subjects.turn(&subject("c")));
        let guard = subjects.turn(&subject("d")).taken().await;
        let mut waiting = Box::pin(subjects.turn(&subject("d")).taken());
        assert!((&mut waiting).now_or_never().is_none());
        drop(guard);
        drop(waiting);
        assert!(subjects.0.lock().unwrap().is_empty());
    }
}
