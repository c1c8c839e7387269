//! A service that does not answer is not asked for a while.
//!
//! A circuit breaker, for the servers: so that calls on a dead service are told so at once, instead of
//! holding slots until their time is up. It counts what is `unavailable`; everything else, a refusal
//! too, is an answer. A batch has another, which ends it.

use std::time::{Duration, Instant};

use crate::error::{ActionError, Effect, ErrorKind, Retry};
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// So many attempts in a row that had no answer.
const ATTEMPTS: u32 = 8;
/// How long the service is left alone then; twice as long each time that it still does not answer.
const FIRST: Duration = Duration::from_secs(1);
/// The longest that it is left alone.
const LONGEST: Duration = Duration::from_secs(8);

/// Whether an account's service is asked.
#[derive(Debug, Default)]
pub struct CircuitBreaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Attempts in a row that had no answer.
    unanswered: u32,
    /// Until when it is left alone, and how long that is in all.
    pause: Option<(Instant, Duration)>,
}

impl CircuitBreaker {
    /// Whether an attempt may be made at this time. After a pause one may, and if it has no answer
    /// either, the next pause is longer.
    ///
    /// # Errors
    /// If the service is left alone.
    pub fn admit(&self, now: Instant) -> Result<(), Box<ActionError>> {
        let mut state = self.state();
        match state.pause {
            Some((until, _)) if now < until => Err(Box::new(refusal())),
            Some((_, length)) => {
                let length = (length * 2).min(LONGEST);
                state.pause = Some((now + length, length));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes how an attempt ended.
    pub fn note(&self, error: Option<&ActionError>, now: Instant) {
        let mut state = self.state();
        if error.is_none_or(|error| error.kind != ErrorKind::Unavailable) {
            *state = State::default();
            return;
        }
        state.unanswered = state.unanswered.saturating_add(1);
        if state.unanswered >= ATTEMPTS && state.pause.is_none() {
            state.pause = Some((now + FIRST, FIRST));
        }
    }

    /// Whether the service is left alone at this time.
    pub fn is_open(&self, now: Instant) -> bool {
        self.state().pause.is_some_and(|(until, _)| now < until)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal() -> ActionError {
    let message = "Nothing was sent: the service has not answered the last calls, and is left alone for some seconds. Call again later.";
    let error = ActionError::internal(message, Effect::None);
    ActionError { kind: ErrorKind::Unavailable, retry: Retry::Later, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unanswered() -> ActionError {
        ActionError { kind: ErrorKind::Unavailable, ..ActionError::internal("m", Effect::Unknown) }
    }

    #[test]
    fn a_service_that_does_not_answer_is_left_alone_and_tried_once_in_a_while() {
        let (breaker, begun) = (CircuitBreaker::default(), Instant::now());
        let after = |seconds: f64| begun + Duration::from_secs_f64(seconds);
        for _ in 0..ATTEMPTS {
            assert_eq!(breaker.admit(begun), Ok(()));
            breaker.note(Some(&unanswered()), begun);
        }
        // The pauses last 1, 2, 4, 8 and again 8 seconds, and each ends with one attempt.
        for end in [1.0, 3.0, 7.0, 15.0, 23.0] {
            assert!(breaker.admit(after(end - 0.1)).is_err(), "{end}");
            assert_eq!(breaker.admit(after(end)), Ok(()), "{end}");
            assert!(breaker.admit(after(end)).is_err(), "{end}");
            breaker.note(Some(&unanswered()), after(end));
        }
        breaker.note(None, after(24.0));
        assert_eq!(breaker.admit(after(24.0)), Ok(()));
    }

    #[test]
    fn whatever_the_service_says_is_an_answer() {
        let (breaker, now) = (CircuitBreaker::default(), Instant::now());
        let other = ActionError::internal("m", Effect::None);
        for _ in 0..9 {
            (1..ATTEMPTS).for_each(|_| breaker.note(Some(&unanswered()), now));
            breaker.note(Some(&other), now);
        }
        assert_eq!(breaker.admit(now), Ok(()));
    }
}
