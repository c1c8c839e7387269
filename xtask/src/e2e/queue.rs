//! Which suite is next: the first one that waits for none that has still to end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::suites::Suite;

/// Suites that are to be run, and those that are being run.
pub struct Queue<'a> {
    state: Mutex<State<'a>>,
    /// One has ended.
    ended: Condvar,
}

struct State<'a> {
    waiting: Vec<&'a Suite>,
    running: Vec<&'a str>,
}

impl<'a> Queue<'a> {
    /// All of these wait.
    pub fn new(suites: Vec<&'a Suite>) -> Self {
        Self { state: Mutex::new(State { waiting: suites, running: Vec::new() }), ended: Condvar::new() }
    }

    /// Takes the next suite, and waits until there is one. None when all are taken.
    pub fn next(&self) -> Option<&'a Suite> {
        let mut state = self.lock();
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            if let Some(suite) = state.take() {
                return Some(suite);
            }
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// One that was taken has ended, whichever way.
    pub fn ended(&self, suite: &Suite) {
        self.lock().running.retain(|name| *name != suite.name);
        self.ended.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> State<'a> {
    fn take(&mut self) -> Option<&'a Suite> {
        let is_to_end = |name: &&str| {
            self.running.iter().any(|running| running == name) || self.waiting.iter().any(|suite| suite.name == *name)
        };
        let at = self.waiting.iter().position(|suite| !suite.after.iter().any(&is_to_end))?;
        let suite = self.waiting.remove(at);
        self.running.push(suite.name);
        Some(suite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn suite(name: &'static str, after: &'static [&'static str]) -> Suite {
        Suite { name, folder: "", command: &[], after }
    }

    const FIRST: Suite = suite("first", &[]);
    const SECOND: Suite = suite("second", &["first"]);
    const THIRD: Suite = suite("third", &["second", "not asked for"]);

    #[test]
    fn a_suite_waits_for_what_it_comes_after_and_for_nothing_that_was_not_asked_for() {
        let queue = Queue::new(vec![&THIRD, &SECOND, &FIRST]);
        let mut state = queue.lock();
        assert_eq!(state.take().map(|suite| suite.name), Some("first"));
        assert!(state.take().is_none(), "the second waits for the first, which is being run");
        drop(state);
        queue.ended(&FIRST);
        assert_eq!(queue.next().map(|suite| suite.name), Some("second"));
        queue.ended(&SECOND);
        assert_eq!(queue.next().map(|suite| suite.name), Some("third"));
        assert!(queue.next().is_none());
    }

    #[test]
    fn one_that_ends_wakes_whoever_waits_for_it() {
        let queue = Queue::new(vec![&FIRST, &SECOND]);
        let first = queue.next().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.next().map(|suite| suite.name));
            queue.ended(first);
            assert_eq!(waiting.join().unwrap(), Some("second"));
        });
    }
}
