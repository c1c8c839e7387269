//! Deadlines kept with timeouts of sockets, which are seldom set.

use std::io;
use std::time::{Duration, Instant};

use super::timed_out;

/// The shortest timeout: what is shorter would be set again and again towards the end.
const SHORTEST: Duration = Duration::from_millis(1);

/// When something has to be over.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Instant);

impl Deadline {
    /// The time that is left.
    ///
    /// # Errors
    /// If it is over.
    pub fn left(self) -> io::Result<Duration> {
        match self.0.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(timed_out()),
            left => Ok(left),
        }
    }

    /// Does something with a socket until it succeeds, fails, or the time is over. `current` is the
    /// socket's timeout, which `set` changes.
    ///
    /// A timeout that ends too early does no harm: what is left is then waited for. So the first one
    /// is somewhat too short on purpose, and serves all later calls with about as much time.
    ///
    /// # Errors
    /// The work's, or that the time is over.
    pub fn keep<T>(
        self,
        current: &mut Option<Duration>,
        set: impl Fn(Duration) -> io::Result<()>,
        mut work: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        let mut last = false;
        loop {
            let left = self.left()?;
            let wanted = match *current {
                _ if last => left.max(SHORTEST),
                Some(now) if now <= left && now >= left / 2 => now,
                _ => (left / 4 * 3).max(SHORTEST),
            };
            if *current != Some(wanted) {
                set(wanted)?;
                *current = Some(wanted);
            }
            match work() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => last = true,
                outcome => return outcome,
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    fn deadline(after: Duration) -> Deadline {
        Deadline(Instant::now() + after)
    }

    #[test]
    fn a_timeout_that_is_somewhat_shorter_stays() {
        let (sets, mut current) = (Cell::new(0), None);
        let set = |_| {
            sets.set(sets.get() + 1);
            Ok(())
        };
        for seconds in [20, 19, 18, 16, 20] {
            deadline(Duration::from_secs(seconds)).keep(&mut current, set, || Ok(())).unwrap();
        }
        assert_eq!(sets.get(), 1);
        deadline(Duration::from_secs(10)).keep(&mut current, set, || Ok(())).unwrap();
        assert_eq!(sets.get(), 2);
    }

    #[test]
    fn what_a_short_timeout_leaves_is_waited_for_and_no_more() {
        let (socket, mut current) = (RefCell::new(Duration::ZERO), None);
        let set = |timeout: Duration| {
            *socket.borrow_mut() = timeout;
            Ok(())
        };
        let mut waits = 0;
        let begun = Instant::now();
        let outcome: io::Result<()> = deadline(Duration::from_millis(40)).keep(&mut current, set, || {
            waits += 1;
            std::thread::sleep(*socket.borrow());
            Err(io::ErrorKind::WouldBlock.into())
        });
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= Duration::from_millis(40));
        assert!(waits <= 2, "{waits}");
    }

    #[test]
    fn nothing_begins_when_the_time_is_over() {
        let outcome = deadline(Duration::ZERO).keep(&mut None, |_| Ok(()), || -> io::Result<()> { panic!("begun") });
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
