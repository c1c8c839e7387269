//! What Restate is told of a failure: to end the invocation, to wait, or to try again.

use std::time::Duration;

use restate_sdk::context::RunRetryPolicy;
use restate_sdk::errors::{HandlerError, TerminalError};

use crate::error::{ActionError, Retry};

/// The wait before the first repetition; it doubles each time.
pub const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that is not the service's own wish.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// From when on repetitions at the service's wish are as rare as this, unless it wishes them rarer:
/// each leaves two entries in the journal.
const LONGEST_RECORDED_WAIT: Duration = Duration::from_secs(600);

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

/// The end of an invocation: the error document as message, and an HTTP status that fits.
pub fn terminal(error: &ActionError) -> TerminalError {
    TerminalError::new_with_code(code(&error.kind), document(error))
}

/// How long to wait before the next attempt, counted from 0, if a recorded failure allows one.
///
/// Never less than the service asked for, and longer each time.
pub fn wait(failure: &TerminalError, repetition: u32) -> Option<Duration> {
    let error: ActionError = serde_json::from_str(failure.message()).ok()?;
    let asked = error.retry_after_s.filter(|_| error.retry == Retry::Later).map(Duration::from_secs)?;
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(repetition));
    Some(asked.max(doubled.min(LONGEST_RECORDED_WAIT)))
}

fn document(error: &ActionError) -> String {
    serde_json::json!(error).to_string()
}

/// The status for callers of Restate's ingress. 401 and 409 are left out: there they tell that
/// Restate itself refused the caller, and that the invocation was cancelled.
fn code(kind: &str) -> u16 {
    match kind {
        "invalid_input" => 400,
        "not_found" => 404,
        "rejected" => 422,
        "invalid_connection" | "auth" => 424,
        "throttled" => 429,
        "unexpected_reply" | "forged_reply" => 502,
        "unavailable" => 503,
        _ => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Effect;

    fn error(retry: Retry, retry_after_s: Option<u64>) -> ActionError {
        let error = ActionError::internal("m", Effect::None);
        ActionError { kind: "throttled".to_owned(), retry, retry_after_s, ..error }
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
