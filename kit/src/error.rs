//! The one error type, and how it reads.

use crate::json::{Array, Object};
use crate::secret::Secrets;

/// Upstream text is cut to this many characters.
const UPSTREAM_TEXT_CHARS: usize = 300;

/// What went wrong, as a machine tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input breaks a rule; nothing was sent.
    InvalidInput,
    /// A config key is missing or malformed; nothing was sent.
    InvalidConnection,
    /// The service did not accept who calls.
    Auth,
    /// The service does not know what the call is about.
    NotFound,
    /// The service refused for another reason.
    Rejected,
    /// Too many calls.
    Throttled,
    /// The service could not be reached or is out of order.
    Unavailable,
    /// Something answered that is not the service's API.
    UnexpectedReply,
    /// The reply's signature is missing or wrong.
    ForgedReply,
    /// An event's signature is missing or wrong.
    ForgedEvent,
    /// A bug in this plugin.
    Internal,
}

impl Kind {
    /// Its name in an error document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::InvalidConnection => "invalid_connection",
            Self::Auth => "auth",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::UnexpectedReply => "unexpected_reply",
            Self::ForgedReply => "forged_reply",
            Self::ForgedEvent => "forged_event",
            Self::Internal => "internal",
        }
    }

    fn retry(self) -> Retry {
        match self {
            Self::Throttled | Self::Unavailable => Retry::Later,
            _ => Retry::Never,
        }
    }

    /// What a failure of this kind left behind, unless the place that found it knows better.
    fn effect(self) -> Effect {
        match self {
            Self::Unavailable | Self::UnexpectedReply | Self::ForgedReply | Self::Internal => Effect::Unknown,
            _ => Effect::None,
        }
    }
}

/// Whether an engine may repeat the call by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call would fail again, or a person has to look first.
    Never,
    /// The same call may succeed later.
    Later,
}

/// Whether the failed call changed anything at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// It may have been changed.
    Unknown,
}

/// One thing that is wrong with an input or a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The input field or config key.
    pub field: String,
    /// What is wrong with it and what to do, naming the field.
    pub message: String,
}

impl Problem {
    /// A problem of a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    fn to_json(&self) -> String {
        Object::new().text("field", &self.field).text("message", &self.message).finish()
    }
}

/// What came from the service, for the person who has to find out why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// HTTP status; 0 means that there was no HTTP response.
    pub http_status: u16,
    /// The service's own code.
    pub error_code: Option<i64>,
    /// The service's own text, or the beginning of what came instead.
    pub error_text: Option<String>,
    /// Whether the reply's signature, or a secure connection, proves that code and text come from the service.
    pub verified: bool,
}

impl Upstream {
    fn to_json(&self) -> String {
        Object::new()
            .number("http_status", self.http_status.into())
            .json_if("error_code", self.error_code.map(|code| code.to_string()).as_deref())
            .text_if("error_text", self.error_text.as_deref())
            .json("verified", if self.verified { "true" } else { "false" })
            .finish()
    }
}

/// A failed action. [`Error::to_json`] is what a host sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What went wrong.
    pub kind: Kind,
    /// For the person who runs the automation: what is wrong and what to do.
    pub message: String,
    /// Whether an engine may repeat the call.
    pub retry: Retry,
    /// Whether the call changed anything.
    pub effect: Effect,
    /// Everything that is wrong with the input or the connection.
    pub problems: Vec<Problem>,
    /// What came from the service.
    pub upstream: Option<Box<Upstream>>,
}

impl Error {
    /// An error with its kind's `retry` and `effect`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry: kind.retry(),
            effect: kind.effect(),
            problems: Vec::new(),
            upstream: None,
        }
    }

    /// An error of [`Kind::InvalidInput`] or [`Kind::InvalidConnection`] that tells every problem.
    pub fn invalid(kind: Kind, problems: Vec<Problem>) -> Self {
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        let message = messages.join("; ");
        Self { problems, ..Self::new(kind, message) }
    }

    /// The same error with what is known of its effect.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same error with what came from the service.
    #[must_use]
    pub fn with_upstream(mut self, upstream: Upstream) -> Self {
        self.upstream = Some(Box::new(upstream));
        self
    }

    /// The same error with the secrets taken out of every text that may come from elsewhere.
    #[must_use]
    pub fn redacted(mut self, secrets: &Secrets) -> Self {
        self.message = secrets.redact(&self.message).into_owned();
        for problem in &mut self.problems {
            problem.field = secrets.redact(&problem.field).into_owned();
            problem.message = secrets.redact(&problem.message).into_owned();
        }
        if let Some(text) = self.upstream.as_mut().and_then(|upstream| upstream.error_text.as_mut()) {
            *text = secrets.redact(text).into_owned();
        }
        self
    }

    /// The first field or config key that is wrong.
    pub fn field(&self) -> Option<&str> {
        self.problems.first().map(|problem| problem.field.as_str())
    }

    /// One line of JSON: the error's text in every host.
    pub fn to_json(&self) -> String {
        let retry = match self.retry {
            Retry::Never => "never",
            Retry::Later => "later",
        };
        let effect = match self.effect {
            Effect::None => "none",
            Effect::Unknown => "unknown",
        };
        let mut problems = Array::new();
        for problem in &self.problems {
            problems.json(&problem.to_json());
        }
        let problems = (!problems.is_empty()).then(|| problems.finish());
        Object::new()
            .text("kind", self.kind.as_str())
            .text("message", &self.message)
            .text("retry", retry)
            .text("effect", effect)
            .text_if("field", self.field())
            .json_if("problems", problems.as_deref())
            .json_if("upstream", self.upstream.as_deref().map(Upstream::to_json).as_deref())
            .finish()
    }
}

/// Text from the service as it may be shown: without secrets and control characters, and cut to 300
/// characters. The secrets go first, so that the cut leaves no part of one, and once more in case
/// control characters stood within one.
pub fn presentable(text: &str, secrets: &Secrets) -> String {
    let text = secrets.redact(text).replace(char::is_control, "");
    secrets.redact(&text).chars().take(UPSTREAM_TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn an_error_is_one_line_of_json_with_what_is_known_and_nothing_else() {
        assert_eq!(
            Error::new(Kind::Internal, "two\nlines").to_json(),
            r#"{"kind":"internal","message":"two\nlines","retry":"never","effect":"unknown"}"#
        );
    }

    #[test]
    fn every_problem_is_told_and_the_first_one_names_the_field() {
        let problems = vec![Problem::new("a", "a is missing"), Problem::new("b", "b is missing")];
        let error = Error::invalid(Kind::InvalidInput, problems);
        assert_eq!(error.message, "a is missing; b is missing");
        assert_eq!(error.field(), Some("a"));
        assert_eq!(error.problems.len(), 2);
    }

    #[test]
    fn a_secret_in_any_text_is_redacted() {
        let secret = Secrets::from(Secret::new("hunter2".to_owned()));
        let problems = vec![Problem::new("hunter2", "hunter2 is unknown")];
        let json = Error::invalid(Kind::InvalidInput, problems).redacted(&secret).to_json();
        assert!(!json.contains("hunter2"), "{json}");
    }

    #[test]
    fn shown_text_is_cut_after_the_secret_is_taken_out() {
        let secret = Secrets::from(Secret::new("K".repeat(40)));
        let text = format!("{}\r\n{}", "x".repeat(280), "K".repeat(40));
        assert_eq!(presentable(&text, &secret), format!("{}***", "x".repeat(280)));
        assert_eq!(presentable(&format!("{}\0{}", "K".repeat(20), "K".repeat(20)), &secret), "***");
        assert_eq!(presentable(&"я".repeat(301), &secret), "я".repeat(300));
    }
}
