//! Deadlines kept with timeouts of sockets, which are seldom set.

use std::io;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

/// The shortest timeout: what is shorter would be set again and again towards the end.
const SHORTEST: Duration = Duration::from_millis(1);

/// When something has to be over, if ever, and which of the client's timeouts says so.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    end: Option<Instant>,
    reason: Timeout,
}

impl Deadline {
    pub fn of(timeout: NextTimeout) -> Self {
        let end = if timeout.after.is_not_happening() { None } else { Instant::now().checked_add(*timeout.after) };
        Self { end, reason: timeout.reason }
    }

    /// The time that is left, without an end if there is none.
    ///
    /// # Errors
    /// If it is over.
    pub fn left(&self) -> Result<Option<Duration>, Error> {
        let Some(end) = self.end else {
            return Ok(None);
        };
        match end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(Error::Timeout(self.reason)),
            left => Ok(Some(left)),
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
        &self,
        current: &mut Option<Duration>,
        set: impl Fn(Option<Duration>) -> io::Result<()>,
        mut work: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Error> {
        let mut last = false;
        loop {
            let wanted = self.left()?.map(|left| match *current {
                _ if last => left.max(SHORTEST),
                Some(now) if now <= left && now >= left / 2 => now,
                _ => (left / 4 * 3).max(SHORTEST),
            });
            if wanted != *current {
                set(wanted)?;
                *current = wanted;
            }
            match work() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => last = true,
                outcome => return Ok(outcome?),
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

    use ureq::unversioned::transport::time;

    use super::*;

    fn deadline(after: Duration) -> Deadline {
        let after = time::Duration::Exact(after);
        Deadline::of(NextTimeout { after, reason: Timeout::SendBody, ..NextTimeout::default() })
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
        Deadline::of(NextTimeout::default()).keep(&mut current, set, || Ok(())).unwrap();
        assert_eq!((sets.get(), current), (3, None));
    }

    #[test]
    fn what_a_short_timeout_leaves_is_waited_for_and_no_more() {
        let (socket, mut current) = (RefCell::new(Duration::ZERO), None);
        let set = |timeout: Option<Duration>| {
            *socket.borrow_mut() = timeout.unwrap();
            Ok(())
        };
        let mut waits = 0;
        let begun = Instant::now();
        let outcome: Result<(), Error> = deadline(Duration::from_millis(40)).keep(&mut current, set, || {
            waits += 1;
            std::thread::sleep(*socket.borrow());
            Err(io::ErrorKind::WouldBlock.into())
        });
        assert!(matches!(outcome, Err(Error::Timeout(Timeout::SendBody))), "{outcome:?}");
        assert!(begun.elapsed() >= Duration::from_millis(40));
        assert!(waits <= 2, "{waits}");
    }

    #[test]
    fn nothing_begins_when_the_time_is_over() {
        let outcome = deadline(Duration::ZERO).keep(&mut None, |_| Ok(()), || -> io::Result<()> { panic!("begun") });
        assert!(matches!(outcome, Err(Error::Timeout(Timeout::SendBody))));
    }
}
