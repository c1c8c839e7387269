//! Tasks that are run several at a time, each as soon as none has still to end that it comes after.

use std::ops::Deref;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Something to be run.
pub trait Task: Send {
    /// What it is called.
    fn name(&self) -> &str;

    /// Those that have to end before it begins, where they are to be run at all.
    fn after(&self) -> &[&str] {
        &[]
    }
}

/// Runs tasks, no more than so many at a time, and gives what came of each, in no order. One that panics keeps none
/// from being run, and then this panics, too.
pub fn run<T: Task, R: Send>(tasks: Vec<T>, at_a_time: usize, run: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let lanes = at_a_time.min(tasks.len());
    let queue = Queue::new(tasks);
    let lane = || {
        let mut done = Vec::new();
        while let Some(taken) = queue.next() {
            done.push(run(&taken));
        }
        done
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Tasks that wait, and those that are being run.
struct Queue<T> {
    state: Mutex<State<T>>,
    /// One has ended.
    ended: Condvar,
}

struct State<T> {
    waiting: Vec<T>,
    running: Vec<String>,
}

/// A task that is being run, until this is dropped: so one that panics has ended, too.
struct Taken<'a, T: Task> {
    task: T,
    queue: &'a Queue<T>,
}

impl<T: Task> Queue<T> {
    fn new(tasks: Vec<T>) -> Self {
        Self { state: Mutex::new(State { waiting: tasks, running: Vec::new() }), ended: Condvar::new() }
    }

    /// Takes the next task, and waits until there is one. None when all are taken.
    fn next(&self) -> Option<Taken<'_, T>> {
        let mut state = self.lock();
        while !state.waiting.is_empty() {
            if let Some(task) = state.take() {
                return Some(Taken { task, queue: self });
            }
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Task> State<T> {
    fn take(&mut self) -> Option<T> {
        let is_to_end = |name: &&str| {
            self.running.iter().any(|running| running == name) || self.waiting.iter().any(|task| task.name() == *name)
        };
        let at = self.waiting.iter().position(|task| !task.after().iter().any(&is_to_end))?;
        let task = self.waiting.remove(at);
        self.running.push(task.name().to_owned());
        Some(task)
    }
}

impl<T: Task> Deref for Taken<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.task
    }
}

impl<T: Task> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        self.queue.lock().running.retain(|name| name != self.task.name());
        self.queue.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    struct Named(&'static str, &'static [&'static str]);

    impl Task for Named {
        fn name(&self) -> &str {
            self.0
        }

        fn after(&self) -> &[&str] {
            self.1
        }
    }

    const FIRST: Named = Named("first", &[]);
    const SECOND: Named = Named("second", &["first"]);
    const THIRD: Named = Named("third", &["second", "not asked for"]);

    #[test]
    fn a_task_waits_for_what_it_comes_after_and_for_nothing_that_was_not_asked_for() {
        let queue = Queue::new(vec![THIRD, SECOND, FIRST]);
        let first = queue.next().unwrap();
        assert_eq!(first.name(), "first");
        assert!(queue.lock().take().is_none(), "the second waits for the first, which is being run");
        drop(first);
        assert_eq!(queue.next().map(|task| task.name().to_owned()).as_deref(), Some("second"));
        assert_eq!(queue.next().map(|task| task.name().to_owned()).as_deref(), Some("third"));
        assert!(queue.next().is_none());
    }

    #[test]
    fn each_task_is_run_once_however_many_are_run_at_a_time() {
        for at_a_time in [1, 2, 9] {
            let mut done = run(vec![THIRD, SECOND, FIRST], at_a_time, |task| task.0);
            done.sort_unstable();
            assert_eq!(done, ["first", "second", "third"]);
        }
        assert!(run(Vec::<Named>::new(), 2, |task| task.0).is_empty());
    }

    #[test]
    fn one_that_panics_keeps_none_waiting() {
        let done = Mutex::new(Vec::new());
        let outcome = catch_unwind(|| {
            run(vec![FIRST, SECOND, THIRD], 2, |task| {
                assert_ne!(task.0, "first", "as it is meant to");
                done.lock().unwrap().push(task.0);
            })
        });
        assert!(outcome.is_err());
        assert_eq!(*done.lock().unwrap(), ["second", "third"]);
    }
}
