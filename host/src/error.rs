//! Errors: of an action, as the contract has them, and of loading a plugin.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The longest that a call is put off for, in seconds: a day. A service that asks for more is taken
/// to ask for this.
pub const LONGEST_RETRY_AFTER_S: u64 = 86_400;

/// A failed action: the contract's error document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionError {
    /// What went wrong: one of the contract's kinds.
    pub kind: String,
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

/// What a plugin failed with is shown up to so many characters, where it is no error document.
const FAILURE_CHARS: usize = 300;

impl ActionError {
    /// The error that a plugin failed with. What is no error document is an internal error that shows
    /// what came, with this effect.
    pub fn read(text: &str, effect: Effect) -> Self {
        let unreadable = match serde_json::from_str(text) {
            Ok(error) => return error,
            Err(error) => error,
        };
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let message = match (&document, text.trim()) {
            (Value::Object(members), _) => {
                let lacks =
                    ["kind", "message", "retry", "effect"].into_iter().filter(|name| !members.contains_key(*name));
                let lacks: Vec<_> = lacks.map(|name| format!("no {name}")).collect();
                let flaw =
                    if lacks.is_empty() { unreadable.to_string() } else { format!("it has {}", lacks.join(" and ")) };
                let said = members.get("message").and_then(Value::as_str).unwrap_or("it says nothing else");
                format!("The plugin's error is no document of the contract ({flaw}): {said}")
            }
            (_, "") => "The plugin failed without a word: an error needs a document of the contract.".to_owned(),
            (_, text) => format!("The plugin failed with a text that is no error document: {text}"),
        };
        let shown = message.replace(char::is_control, " ");
        Self::internal(shown.chars().take(FAILURE_CHARS).collect::<String>(), effect)
    }

    /// An error of the host or the plugin itself.
    pub fn internal(message: impl Into<String>, effect: Effect) -> Self {
        Self {
            kind: "internal".to_owned(),
            message: message.into(),
            retry: Retry::Never,
            retry_after_s: None,
            effect,
            field: None,
            problems: Vec::new(),
            upstream: None,
        }
    }

    /// An input that never reached the plugin.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self { kind: "invalid_input".to_owned(), ..Self::internal(message, Effect::None) }
    }

    /// A call that was ended before it was tried.
    pub fn cancelled() -> Self {
        let message = "The call was cancelled before anything was sent. Make it again.";
        let error = Self::internal(message, Effect::None);
        Self { kind: "unavailable".to_owned(), retry: Retry::Later, ..error }
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ActionError {}

/// The bundle can't be used. The text says why and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError(pub String);

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String, Effect) {
        let error = ActionError::read(text, Effect::Unknown);
        (error.kind, error.message, error.effect)
    }

    #[test]
    fn a_plugins_document_is_its_error() {
        let document =
            r#"{"kind":"rejected","message":"m","retry":"never","effect":"none","upstream":{"http_status":422}}"#;
        assert_eq!(read(document), ("rejected".to_owned(), "m".to_owned(), Effect::None));
    }

    #[test]
    fn what_is_no_document_is_told_with_what_came_and_what_it_lacks() {
        for (text, told) in [
            ("Connection\nrefused", "The plugin failed with a text that is no error document: Connection refused"),
            ("", "The plugin failed without a word"),
            (r#"{"message":"No such project."}"#, "(it has no kind and no retry and no effect): No such project."),
            (r#"{"kind":"k","message":"m","retry":"soon","effect":"none"}"#, "unknown variant `soon`"),
            ("[1]", "no error document: [1]"),
        ] {
            let (kind, message, effect) = read(text);
            assert!(message.contains(told), "{told} is not in {message}");
            assert_eq!((kind.as_str(), effect), ("internal", Effect::Unknown));
        }
        assert_eq!(read(&"x".repeat(1000)).1.chars().count(), 300);
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
