//! Whether a call is repeated, and when: as far as its action and its error allow.

use std::time::Duration;

use crate::description::{ActionDescription, Idempotency};
use crate::error::{ActionError, Effect, LONGEST_RETRY_AFTER_S, Retry};

/// What to do about a call that may have been done, where the same again may be done twice.
const LOOK: &str = "It is not repeated by itself, as it might be done twice: look whether it was done.";

/// What comes of making a call twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// Nothing: the call only reads.
    Read,
    /// What comes of making it once.
    Idempotent,
    /// Perhaps the same thing twice, such as two orders.
    Harmful,
}

impl Repetition {
    /// Of an action, by what it says of itself: by its `idempotency`, or else by its hints. What it
    /// does not say counts as the worst, as in MCP.
    ///
    /// With a key, it is so only for calls that have the same one: see
    /// [`idempotency`](crate::idempotency).
    pub fn of(action: &ActionDescription) -> Self {
        let says = |hint: &str| action.annotations[hint] == true;
        match &action.idempotency {
            _ if says("readOnlyHint") => Self::Read,
            Some(Idempotency::Natural | Idempotency::Key(_)) => Self::Idempotent,
            Some(Idempotency::None) => Self::Harmful,
            None if says("idempotentHint") => Self::Idempotent,
            None => Self::Harmful,
        }
    }

    /// Whether a call may be made again though nobody knows what became of it.
    pub fn is_harmless(self) -> bool {
        matches!(self, Self::Read | Self::Idempotent)
    }

    /// Whether a failed call may be repeated by itself. No host repeats anything that this forbids,
    /// whatever the plugin says.
    pub fn allows(self, error: &ActionError) -> bool {
        error.retry == Retry::Later && (error.effect == Effect::None || self.is_harmless())
    }

    /// An error as everyone is to see it, so that nobody else has to know the rule: `retry` says
    /// `later` just if the call may be repeated, a read has no effect, and no wait is longer than a
    /// day.
    #[must_use]
    pub fn settle(self, mut error: ActionError) -> ActionError {
        if self == Self::Read {
            error.effect = Effect::None;
        }
        if error.retry == Retry::Later && !self.allows(&error) {
            error.retry = Retry::Never;
            error.withdraw_advice();
            error.note(LOOK);
        }
        error.retry_after_s = error.retry_after_s.filter(|_| error.retry == Retry::Later);
        error.retry_after_s = error.retry_after_s.map(|wait| wait.min(LONGEST_RETRY_AFTER_S));
        error
    }
}

/// How often, and how long to wait in between: the defaults, changed one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// How many times a call may be repeated; 0 for never.
    pub retries: u32,
    /// The wait before the first repetition; it doubles each time.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { retries: 0, first: Duration::from_millis(500), longest: Duration::from_secs(60) }
    }
}

impl Backoff {
    setters! { retries: u32, first: Duration, longest: Duration }

    /// How long to wait before a failed call is repeated that was repeated so many times already.
    /// None if it is not to be repeated: its error forbids it, the repetitions are used up, or the
    /// service wants to be left alone for longer than the longest wait.
    pub fn next(&self, repetition: Repetition, repeated: u32, error: &ActionError) -> Option<Duration> {
        if !repetition.allows(error) || repeated >= self.retries {
            return None;
        }
        self.wait(repeated, error.retry_after_s, fastrand::f64())
    }

    /// The wait before a repetition; `jitter`, from 0 to 1, spreads those who failed together.
    fn wait(&self, repetition: u32, retry_after_s: Option<u64>, jitter: f64) -> Option<Duration> {
        let longest = self.longest;
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(repetition)).min(longest);
        let spread = doubled.mul_f64(0.5 + jitter / 2.0);
        match retry_after_s.map(Duration::from_secs) {
            Some(asked) if asked > longest => None,
            // Never earlier than the service asked for.
            Some(asked) => Some(asked + spread.min(self.first)),
            None => Some(spread),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn repetition(annotations: serde_json::Value) -> Repetition {
        let action =
            json!({ "name": "a", "title": "t", "description": "d", "inputSchema": {}, "annotations": annotations });
        Repetition::of(&serde_json::from_value(action).unwrap())
    }

    #[test]
    fn what_an_action_does_not_say_of_itself_counts_as_the_worst() {
        for (annotations, is) in [
            (json!({ "readOnlyHint": true }), Repetition::Read),
            (json!({ "readOnlyHint": true, "idempotentHint": false }), Repetition::Read),
            (json!({ "idempotentHint": true }), Repetition::Idempotent),
            (json!({ "idempotentHint": false }), Repetition::Harmful),
            (json!({ "idempotentHint": "true", "readOnlyHint": 1 }), Repetition::Harmful),
            (json!({}), Repetition::Harmful),
            (json!(null), Repetition::Harmful),
            (json!("idempotentHint"), Repetition::Harmful),
        ] {
            assert_eq!(repetition(annotations.clone()), is, "{annotations}");
        }
    }

    #[test]
    fn what_an_action_says_of_repeats_goes_before_its_hints() {
        for (said, hints, is) in [
            (json!("natural"), json!({}), Repetition::Idempotent),
            (json!({ "key": "k" }), json!({ "idempotentHint": false }), Repetition::Idempotent),
            (json!("none"), json!({ "idempotentHint": true }), Repetition::Harmful),
            (json!("none"), json!({ "readOnlyHint": true }), Repetition::Read),
        ] {
            let action = json!({
                "name": "a", "title": "t", "description": "d", "inputSchema": {}, "annotations": hints, "idempotency": said,
            });
            assert_eq!(Repetition::of(&serde_json::from_value(action).unwrap()), is, "{said}");
        }
    }

    #[test]
    fn whether_a_call_may_be_repeated_follows_from_action_and_error() {
        use Effect::{None as Nothing, Unknown};
        use Repetition::{Harmful, Idempotent, Read};
        use Retry::{Later, Never};
        // What an action is, what its error says, and what everyone sees.
        for (action, retry, effect, seen) in [
            (Read, Later, Unknown, (Later, Nothing)),
            (Read, Never, Unknown, (Never, Nothing)),
            (Idempotent, Later, Unknown, (Later, Unknown)),
            (Idempotent, Never, Unknown, (Never, Unknown)),
            (Harmful, Later, Nothing, (Later, Nothing)),
            (Harmful, Later, Unknown, (Never, Unknown)),
            (Harmful, Never, Unknown, (Never, Unknown)),
        ] {
            let error = ActionError { retry, retry_after_s: Some(7), ..ActionError::internal("m", effect) };
            let settled = action.settle(error);
            assert_eq!((settled.retry, settled.effect), seen, "{action:?} {retry:?} {effect:?}");
            assert_eq!(settled.retry_after_s.is_some(), settled.retry == Later);
            assert_eq!(action.allows(&settled), settled.retry == Later);
            assert_eq!(settled.message.contains("look whether it was done"), (retry, settled.retry) == (Later, Never));
        }
    }

    #[test]
    fn nobody_is_told_to_try_again_and_to_look_first() {
        let message = "Down, so it is not known whether the change was made. Try again.";
        let error = ActionError { retry: Retry::Later, ..ActionError::internal(message, Effect::Unknown) };
        let told = |repetition: Repetition| repetition.settle(error.clone()).message;
        assert_eq!(told(Repetition::Idempotent), message);
        let known = message.trim_end_matches(" Try again.");
        assert_eq!(told(Repetition::Harmful), format!("{known} {LOOK}"));
    }

    #[test]
    fn no_wait_is_longer_than_a_day() {
        let error = ActionError {
            retry: Retry::Later,
            retry_after_s: Some(u64::MAX),
            ..ActionError::internal("m", Effect::None)
        };
        assert_eq!(Repetition::Harmful.settle(error).retry_after_s, Some(86_400));
    }

    fn failed(retry: Retry, retry_after_s: Option<u64>) -> Box<ActionError> {
        Box::new(ActionError { retry, retry_after_s, ..ActionError::internal("m", Effect::None) })
    }

    fn calls(backoff: &Backoff, outcomes: Vec<Result<(), Box<ActionError>>>) -> (usize, Vec<Duration>) {
        let mut waits = Vec::new();
        for (made, outcome) in (1..).zip(outcomes) {
            let wait = outcome.err().and_then(|error| backoff.next(Repetition::Idempotent, made - 1, &error));
            match wait {
                Some(wait) => waits.push(wait),
                None => return (made as usize, waits),
            }
        }
        panic!("another call than was to be made");
    }

    fn backoff(retries: u32) -> Backoff {
        Backoff { retries, ..Backoff::default() }
    }

    #[test]
    fn what_may_not_be_repeated_is_not() {
        assert_eq!(calls(&backoff(9), vec![Err(failed(Retry::Never, None))]).0, 1);
        assert_eq!(calls(&backoff(0), vec![Err(failed(Retry::Later, None))]).0, 1);
        assert_eq!(calls(&backoff(9), vec![Ok(())]).0, 1);
    }

    #[test]
    fn repetitions_end_with_a_success_or_when_they_are_used_up() {
        let later = || Err(failed(Retry::Later, None));
        assert_eq!(calls(&backoff(9), vec![later(), later(), Ok(())]).0, 3);
        assert_eq!(calls(&backoff(2), vec![later(), later(), later()]).0, 3);
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait(0, None, 1.0), Some(Duration::from_millis(500)));
        assert_eq!(backoff.wait(0, None, 0.0), Some(Duration::from_millis(250)));
        assert_eq!(backoff.wait(3, None, 1.0), Some(Duration::from_secs(4)));
        assert_eq!(backoff.wait(u32::MAX, None, 1.0), Some(Duration::from_secs(60)));
    }

    #[test]
    fn the_service_is_not_asked_earlier_than_it_wished() {
        let (made, waits) = calls(&backoff(1), vec![Err(failed(Retry::Later, Some(7))), Ok(())]);
        assert_eq!(made, 2);
        assert!(waits[0] >= Duration::from_secs(7) && waits[0] < Duration::from_secs(8));
        assert_eq!(calls(&backoff(1), vec![Err(failed(Retry::Later, Some(3600)))]).0, 1);
    }
}
