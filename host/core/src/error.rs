//! The errors of actions, as the contract has them.

mod kind;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::on_one_line;
pub use kind::ErrorKind;

/// The longest that a call is put off for, in seconds: a day. A service that asks for more is taken
/// to ask for this.
pub const LONGEST_RETRY_AFTER_S: u64 = 86_400;

/// A failed action: the contract's error document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ActionError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// For the person who runs the automation: what is wrong and what to do.
    pub message: String,
    /// Whether the call may be repeated by itself.
    pub retry: Retry,
    /// The earliest time to repeat it, in seconds from now, if the service said.
    #[serde(default, deserialize_with = "seconds", skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// Whether the failed call changed anything at the service.
    pub effect: Effect,
    /// The first input field or config key that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Everything that is wrong with the input or the connection.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// What came from the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
}

/// A time to wait, however it is written and however long it is.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let seconds = Option::<f64>::deserialize(deserializer)?;
    // The conversion takes what is out of range for the nearest number within it.
    Ok(seconds.map(|seconds| (seconds.ceil() as u64).min(LONGEST_RETRY_AFTER_S)))
}

/// Whether an engine may repeat a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same call would fail again, or a person has to look first.
    Never,
    /// The same call may succeed later.
    Later,
}

impl Retry {
    /// As the contract writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Later => "later",
        }
    }
}

/// Whether a failed call changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// It may have been changed.
    Unknown,
}

impl Effect {
    /// As the contract writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that is wrong with an input or a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The input field or config key.
    pub field: String,
    /// What is wrong with it and what to do.
    pub message: String,
}

/// What came from the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// HTTP status; 0 means that there was no HTTP response.
    pub http_status: u16,
    /// The service's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i64>,
    /// The service's own text, or the beginning of what came instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    /// Whether code and text are proven to come from the service; false where nothing is signed.
    #[serde(default)]
    pub verified: bool,
}

impl ActionError {
    /// An error of the host or the plugin itself. It is told on one line, whatever names it tells of.
    pub fn internal(message: impl AsRef<str>, effect: Effect) -> Self {
        Self {
            kind: ErrorKind::Internal,
            message: on_one_line(message.as_ref()),
            retry: Retry::Never,
            retry_after_s: None,
            effect,
            field: None,
            problems: Vec::new(),
            upstream: None,
        }
    }

    /// Adds a sentence to its message, before the advice to try again that it may end with.
    pub fn note(&mut self, sentence: &str) {
        match self.advice() {
            Some(at) => self.message.insert_str(at, &format!("{sentence} ")),
            None => {
                self.message.push(' ');
                self.message.push_str(sentence);
            }
        }
    }

    /// Takes back the advice to try again, where the host knows that nobody should before having looked.
    pub(crate) fn withdraw_advice(&mut self) {
        if let Some(at) = self.advice() {
            let length = self.message[..at].trim_end().len();
            self.message.truncate(length);
        }
    }

    /// Where the last sentence of the message begins, if it is advice to try again, as the kit's errors have it.
    fn advice(&self) -> Option<usize> {
        let at = self.message.rfind("Try again")?;
        let (before, advice) = (&self.message[..at], &self.message[at..]);
        (before.ends_with(". ") && !advice.contains(". ")).then_some(at)
    }

    /// An input that never reached the plugin.
    pub fn invalid_input(message: impl AsRef<str>) -> Self {
        Self { kind: ErrorKind::InvalidInput, ..Self::internal(message, Effect::None) }
    }

    /// A call that was ended before it was tried.
    pub fn cancelled() -> Self {
        let message = "The call was cancelled before anything was sent. Make it again.";
        let error = Self::internal(message, Effect::None);
        Self { kind: ErrorKind::Unavailable, retry: Retry::Later, ..error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_besides_stands_before_the_advice_to_try_again() {
        let with = |message: &str, change: fn(&mut ActionError)| {
            let mut error = ActionError::internal(message, Effect::Unknown);
            change(&mut error);
            error.message
        };
        for (message, noted, withdrawn) in [
            ("Down. Try again.", "Down. It is so. Try again.", "Down."),
            ("A. B. Try again, unless it was changed.", "A. B. It is so. Try again, unless it was changed.", "A. B."),
            ("Try again.", "Try again. It is so.", "Try again."),
            ("Down. Try again. Or ask.", "Down. Try again. Or ask. It is so.", "Down. Try again. Or ask."),
            ("Down.", "Down. It is so.", "Down."),
        ] {
            assert_eq!(with(message, |error| error.note("It is so.")), noted);
            assert_eq!(with(message, ActionError::withdraw_advice), withdrawn);
        }
    }

    #[test]
    fn a_wait_is_read_however_it_is_written_and_is_never_longer_than_a_day() {
        for (written, read) in [
            ("7", Some(7)),
            ("6.2", Some(7)),
            ("null", None),
            ("-1", Some(0)),
            ("86401", Some(86_400)),
            ("18446744073709551616", Some(86_400)),
            ("1e300", Some(86_400)),
        ] {
            let text =
                format!(r#"{{"kind":"k","message":"m","retry":"later","effect":"none","retry_after_s":{written}}}"#);
            assert_eq!(serde_json::from_str::<ActionError>(&text).unwrap().retry_after_s, read, "{written}");
        }
        let without = r#"{"kind":"k","message":"m","retry":"later","effect":"none"}"#;
        assert_eq!(serde_json::from_str::<ActionError>(without).unwrap().retry_after_s, None);
    }
}
