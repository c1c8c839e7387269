//! What Restate is told of a failure: to end the invocation, to wait, or to try again.

use std::time::Duration;

use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use restate_sdk::context::RunRetryPolicy;
use restate_sdk::errors::{HandlerError, TerminalError};
use serde::Deserialize;

/// The wait before the first repetition; it doubles each time.
pub const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that is not the service's own wish.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// From when on repetitions at the service's wish are as rare as this, unless it wishes them rarer:
/// each leaves two entries in the journal.
const LONGEST_RECORDED_WAIT: Duration = Duration::from_secs(600);

/// The longest wait at the service's wish.
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(86_400);

/// How attempts are repeated whose error may pass: without end, because an update is not lost as
/// long as somebody still tries. It is Restate that keeps the time, so a wait takes nothing here and
/// outlives this process.
pub fn retry_policy() -> RunRetryPolicy {
    // The policy is asked for before each attempt, so this spreads those that failed together.
    let jitter = 0.5 + fastrand::f64() / 2.0;
    RunRetryPolicy::new()
        .initial_delay(FIRST_WAIT.mul_f64(jitter))
        .exponentiation_factor(2.0)
        .max_delay(LONGEST_WAIT.mul_f64(jitter))
}

/// How an attempt ends that failed.
///
/// An error that may pass is left to the policy above, unless the service says when to come back:
/// no policy can know that beforehand. Then the attempt is recorded as failed, and the handler
/// [waits](wait) before the next one.
pub fn of_attempt(error: &ActionError) -> HandlerError {
    if error.retry == Retry::Later && error.retry_after_s.is_none() {
        return HandlerError::from(document(error));
    }
    terminal(error).into()
}

/// How an attempt ends that failed, and that nobody may make again unless it changed nothing.
///
/// It is always recorded: of what is left to Restate, nobody could tell a failure that changed
/// nothing from a process that ended in the middle.
pub fn of_single_attempt(error: &ActionError) -> TerminalError {
    match error.effect {
        Effect::None => terminal(error),
        Effect::Unknown => terminal(&ActionError { retry: Retry::Never, retry_after_s: None, ..error.clone() }),
    }
}

/// How an attempt ends whose effect is not known, and that is looked up by a step of its own. That one
/// follows is recorded with it: another version of the plugin may say otherwise. A version of this
/// host that does not know of it ends the invocation.
pub fn to_be_looked_up(error: &ActionError) -> TerminalError {
    let mut document = serde_json::json!(ActionError { retry: Retry::Never, retry_after_s: None, ..error.clone() });
    document["look_up"] = error.retry.as_str().into();
    TerminalError::new_with_code(code(&error.kind), document.to_string())
}

/// The same once more, because the read wants to be left alone for so many seconds.
pub fn to_be_looked_up_in(seconds: u64, error: &ActionError) -> TerminalError {
    let earlier = to_be_looked_up(error);
    let mut document: serde_json::Value = serde_json::from_str(earlier.message()).unwrap_or_default();
    document["retry_after_s"] = seconds.into();
    TerminalError::new_with_code(earlier.code(), document.to_string())
}

/// The error of an attempt that is [to be looked up](to_be_looked_up), as the plugin had it.
pub fn looked_up(failure: &TerminalError) -> ActionError {
    let error = serde_json::from_str(failure.message());
    let error = error.unwrap_or_else(|_| ActionError::internal(failure.message(), Effect::Unknown));
    let retry = recorded(failure).and_then(|recorded| recorded.look_up).unwrap_or(Retry::Never);
    ActionError { retry, retry_after_s: None, ..error }
}

/// Of an attempt that was begun, and of which nobody knows how it ended.
pub fn interrupted() -> ActionError {
    let message = "A replica ended in the middle of this call, so it may or may not have been made. Look at what it was to change, and call again if it has to be made.";
    ActionError::internal(message, Effect::Unknown)
}

/// The end of an invocation: the error document as message, and an HTTP status that fits.
pub fn terminal(error: &ActionError) -> TerminalError {
    TerminalError::new_with_code(code(&error.kind), document(error))
}

/// What decides what follows a recorded failure. It is read from the journal, maybe long after it was
/// written there and by another version, so it is no more than what all versions write.
#[derive(Deserialize)]
struct Recorded {
    retry: Retry,
    #[serde(default)]
    retry_after_s: Option<f64>,
    #[serde(default)]
    look_up: Option<Retry>,
}

fn recorded(failure: &TerminalError) -> Option<Recorded> {
    serde_json::from_str(failure.message()).ok()
}

/// What follows a recorded failure.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, after this wait.
    Attempt(Duration),
    /// It is looked up, after this wait.
    LookUp(Duration),
    /// Nothing.
    End,
}

/// What follows a recorded failure; so many waits were made before.
pub fn next(failure: &TerminalError, repetition: u32) -> Next {
    match recorded(failure) {
        Some(Recorded { look_up: Some(_), retry_after_s, .. }) => {
            Next::LookUp(retry_after_s.map(|asked| longer(asked, repetition)).unwrap_or_default())
        }
        _ => wait(failure, repetition).map_or(Next::End, Next::Attempt),
    }
}

/// How long to wait before the next attempt, counted from 0, if a recorded failure allows one.
///
/// Never less than the service asked for, and longer each time; but no longer than a day.
fn wait(failure: &TerminalError, repetition: u32) -> Option<Duration> {
    let recorded = recorded(failure)?;
    (recorded.retry == Retry::Later).then(|| longer(recorded.retry_after_s.unwrap_or_default(), repetition))
}

fn longer(asked: f64, repetition: u32) -> Duration {
    let asked = asked.ceil().clamp(0.0, LONGEST_ASKED_WAIT.as_secs_f64());
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(repetition));
    Duration::from_secs_f64(asked).max(doubled.min(LONGEST_RECORDED_WAIT))
}

fn document(error: &ActionError) -> String {
    serde_json::json!(error).to_string()
}

/// The status for callers of Restate's ingress. 401 and 409 are left out: there they tell that
/// Restate itself refused the caller, and that the invocation was cancelled.
fn code(kind: &ErrorKind) -> u16 {
    match kind {
        ErrorKind::InvalidInput => 400,
        ErrorKind::NotFound => 404,
        ErrorKind::Rejected => 422,
        ErrorKind::InvalidConnection | ErrorKind::Auth => 424,
        ErrorKind::Throttled => 429,
        ErrorKind::UnexpectedReply | ErrorKind::ForgedReply | ErrorKind::ForgedEvent => 502,
        ErrorKind::Unavailable => 503,
        _ => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(retry: Retry, retry_after_s: Option<u64>) -> ActionError {
        let error = ActionError::internal("m", Effect::None);
        ActionError { kind: ErrorKind::Throttled, retry, retry_after_s, ..error }
    }

    #[test]
    fn what_may_not_be_repeated_ends_the_invocation_with_its_document() {
        let ended = terminal(&error(Retry::Never, None));
        assert_eq!(ended.code(), 429);
        let document: ActionError = serde_json::from_str(ended.message()).unwrap();
        assert_eq!(document, error(Retry::Never, None));
        assert_eq!(wait(&ended, 0), None);
    }

    #[test]
    fn the_service_is_not_asked_earlier_than_it_wished_and_then_less_and_less() {
        let recorded = terminal(&error(Retry::Later, Some(7)));
        let waits: Vec<_> = [0, 4, 5, 99].map(|repetition| wait(&recorded, repetition).unwrap().as_secs()).to_vec();
        assert_eq!(waits, [7, 8, 16, 600]);
        assert_eq!(wait(&terminal(&error(Retry::Later, Some(3600))), 99), Some(Duration::from_secs(3600)));
        assert_eq!(wait(&terminal(&error(Retry::Later, None)), 4), Some(Duration::from_secs(8)));
    }

    #[test]
    fn no_wish_of_the_service_is_kept_for_longer_than_a_day() {
        for asked in ["86401", "18446744073709551615", "1e300"] {
            let document = format!(r#"{{"retry":"later","retry_after_s":{asked}}}"#);
            assert_eq!(wait(&TerminalError::new(document), 0), Some(LONGEST_ASKED_WAIT), "{asked}");
        }
    }

    #[test]
    fn what_must_not_be_made_twice_is_recorded_and_waited_for_only_if_it_changed_nothing() {
        for (effect, waits) in [(Effect::None, true), (Effect::Unknown, false)] {
            let failed = of_single_attempt(&ActionError { effect, ..error(Retry::Later, Some(7)) });
            assert_eq!(wait(&failed, 0).is_some(), waits, "{effect:?}");
        }
        assert_eq!(next(&terminal(&interrupted()), 0), Next::End);
    }

    #[test]
    fn what_is_to_be_looked_up_says_so_in_the_journal_and_a_host_that_does_not_know_it_repeats_nothing() {
        let unknown = ActionError { effect: Effect::Unknown, ..error(Retry::Later, Some(7)) };
        let recorded = to_be_looked_up(&unknown);
        assert_eq!((next(&recorded, 0), wait(&recorded, 0)), (Next::LookUp(Duration::ZERO), None));
        assert_eq!(looked_up(&recorded), ActionError { retry_after_s: None, ..unknown.clone() });
        let again = to_be_looked_up_in(9, &unknown);
        assert_eq!(next(&again, 0), Next::LookUp(Duration::from_secs(9)));
        assert_eq!(looked_up(&again).retry, Retry::Later);
        let never = to_be_looked_up(&ActionError { retry: Retry::Never, ..unknown });
        assert_eq!((looked_up(&never).retry, next(&never, 0)), (Retry::Never, Next::LookUp(Duration::ZERO)));
    }

    #[test]
    fn a_failure_that_is_no_document_is_not_waited_for() {
        // So says Restate of an invocation that was cancelled.
        assert_eq!(wait(&TerminalError::new_with_code(409, "cancelled"), 0), None);
    }

    #[test]
    fn only_an_error_with_a_time_of_its_own_or_without_hope_is_recorded() {
        let shown = |error| format!("{:?}", of_attempt(&error));
        assert!(shown(error(Retry::Later, None)).contains("Retryable"));
        assert!(!shown(error(Retry::Later, Some(7))).contains("Retryable"));
        assert!(!shown(error(Retry::Never, None)).contains("Retryable"));
    }
}
