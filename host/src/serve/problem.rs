//! Errors as problem details (RFC 9457).

use std::borrow::Cow;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use serde::Serialize;
use serde_json::json;
use tracing::error;

use super::answers::Answer;
use crate::audit::{self, Unwritable};
use crate::events::store::StoreError;
use crate::web::admission::{CallError, Refusal};
use crate::web::body::BodyError;
use crate::web::caller::OutOfScope;
use crate::web::guard;
use crate::web::metrics;

/// What `type` begins with; a kind follows.
pub const TYPE: &str = "urn:problem-type:plugin-host:";

/// When to call again if the service refuses for the number of calls and does not say: services
/// block accounts that go on.
const THROTTLED_S: u64 = 60;
/// When to call again if the service could not be reached.
const UNAVAILABLE_S: u64 = 5;

/// An answer that is not what the caller hoped for.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    what: What,
    retry_after_s: Option<u64>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

#[derive(Debug, Clone)]
enum What {
    /// An action failed.
    Action(Box<ActionError>),
    /// The request or this server is at fault. Nothing was sent.
    Own { kind: &'static str, retry: Retry, detail: Cow<'static, str> },
}

/// How it reads.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: String,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    rest: Rest<'a>,
}

/// The members that are not of RFC 9457.
#[derive(Serialize)]
#[serde(untagged)]
enum Rest<'a> {
    /// The contract's document.
    Action(&'a ActionError),
    /// What every error tells.
    Own { retry: Retry, effect: Effect },
}

impl Problem {
    fn own(kind: &'static str, status: StatusCode, retry: Retry, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, what: What::Own { kind, retry, detail: detail.into() }, retry_after_s: None, header: None }
    }

    fn later(kind: &'static str, status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after_s: Some(1), ..Self::own(kind, status, Retry::Later, detail) }
    }

    fn never(kind: &'static str, status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::own(kind, status, Retry::Never, detail)
    }

    /// The caller is not let in.
    pub fn refused(refusal: &guard::Refusal) -> Self {
        let challenge = refusal.challenge().map(|challenge| (WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        Self { header: challenge.map(Box::new), ..Self::never(refusal.word(), refusal.status(), refusal.detail()) }
    }

    /// The caller's token is not for this.
    pub fn out_of_scope(refused: &OutOfScope) -> Self {
        let challenge = (WWW_AUTHENTICATE, HeaderValue::from_static(OutOfScope::CHALLENGE));
        let problem = Self::never(OutOfScope::WORD, StatusCode::FORBIDDEN, refused.to_string());
        Self { header: Some(Box::new(challenge)), ..problem }
    }

    /// There is no such connection.
    pub fn unknown_connection(name: &str) -> Self {
        let detail = format!("There is no connection \"{name}\". GET /v1/connections lists those that are there.");
        Self::never("unknown_connection", StatusCode::NOT_FOUND, detail)
    }

    /// There is no such action.
    pub fn unknown_action(name: &str, known: &[&str]) -> Self {
        let detail = format!("There is no action \"{name}\". The actions: {}.", known.join(", "));
        Self::never("unknown_action", StatusCode::NOT_FOUND, detail)
    }

    /// There is no such dead letter.
    pub fn unknown_letter() -> Self {
        let detail = "There is no dead letter of this number. GET /v1/dead-letters lists those that are there.";
        Self::never("unknown_dead_letter", StatusCode::NOT_FOUND, detail)
    }

    /// A parameter of the query is not what it should be.
    pub fn malformed_query(name: &str) -> Self {
        let detail = format!("The query's {name} is not what it should be. GET /openapi.json tells what is taken.");
        Self::never("malformed_query", StatusCode::BAD_REQUEST, detail)
    }

    /// There is nothing at this path.
    pub fn unknown_path() -> Self {
        let detail = "There is nothing at this address. GET /openapi.json tells what there is.";
        Self::never("unknown_path", StatusCode::NOT_FOUND, detail)
    }

    /// The path is there, and takes another method.
    pub fn wrong_method() -> Self {
        let detail = "This address takes another method, which the header Allow names.";
        Self::never("wrong_method", StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    /// The body is no JSON by its own word.
    pub fn no_json() -> Self {
        let detail = "Send the input as JSON, with the header \"Content-Type: application/json\".";
        Self::never("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// The body can't be read.
    pub fn unreadable_body(error: BodyError) -> Self {
        let detail = error.to_string();
        let problem = match error {
            BodyError::Encoded => Self::never("unsupported_media_type", error.status(), detail),
            BodyError::TooLarge { .. } => Self::never("too_large", error.status(), detail),
            BodyError::Broken => Self::never("broken_body", error.status(), detail),
            BodyError::Slow => Self::later("slow_body", error.status(), detail),
        };
        Self { header: error.header().map(Box::new), ..problem }
    }

    /// The idempotency key can't be one.
    pub fn malformed_key() -> Self {
        let detail = "Send one Idempotency-Key of 1 to 255 visible ASCII characters, or none.";
        Self::never("malformed_idempotency_key", StatusCode::BAD_REQUEST, detail)
    }

    /// The idempotency key was used with another input, or for another account.
    pub fn key_reused() -> Self {
        let detail = "This Idempotency-Key was used with another input, or before its connection became another account's. Take a new key for a new call.";
        Self::never("idempotency_key_reused", StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The first call with the key has not ended.
    pub fn key_under_way() -> Self {
        let detail = "A call with this Idempotency-Key is under way. Ask again with the same key for its answer.";
        Self::later("idempotency_key_under_way", StatusCode::CONFLICT, detail)
    }

    /// What is kept can't be read or written, so the promise that it stands for can't be given.
    pub fn no_store() -> Self {
        let detail = "The server can't read or write what it keeps, so it did nothing. Its operator finds the reason in its log.";
        Self::later("no_store", StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// What is kept of events can't be read: the log says why.
    pub fn unread(why: StoreError) -> Self {
        error!("{why}");
        Self::no_store()
    }

    /// No line of the call could be written, so it is not made.
    pub fn no_audit() -> Self {
        Self::later(audit::NO_AUDIT, StatusCode::SERVICE_UNAVAILABLE, Unwritable::DETAIL)
    }

    /// The call is not taken on.
    pub fn not_admitted(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::Overloaded => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Draining => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::later(refusal.kind(), status, refusal.detail())
    }

    /// The media type.
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// As an answer to be kept.
    pub fn answer(&self) -> Answer {
        Answer { status: self.status.as_u16(), body: json!(self.document()).to_string() }
    }

    /// Whether it is one of the request or of this server, as opposed to one of an action.
    pub fn is_own(&self) -> bool {
        matches!(self.what, What::Own { .. })
    }

    /// What came after [`TYPE`].
    pub fn kind(&self) -> &str {
        match &self.what {
            What::Action(error) => error.kind.as_str(),
            What::Own { kind, .. } => kind,
        }
    }

    /// What came of a call, as a word of a closed set.
    pub fn outcome(&self) -> &'static str {
        match &self.what {
            What::Action(error) => error.kind.word(),
            What::Own { kind, .. } => kind,
        }
    }

    /// By what it is counted, if it led to no call.
    pub fn reason(&self) -> &str {
        if self.kind() == OutOfScope::WORD { metrics::SCOPE } else { self.kind() }
    }

    fn document(&self) -> Document<'_> {
        let (detail, rest) = match &self.what {
            What::Action(error) => (error.message.as_str(), Rest::Action(error)),
            What::Own { retry, detail, .. } => (detail.as_ref(), Rest::Own { retry: *retry, effect: Effect::None }),
        };
        let kind = self.kind();
        Document { r#type: format!("{TYPE}{kind}"), title: title(kind), status: self.status.as_u16(), detail, rest }
    }
}

impl From<Box<ActionError>> for Problem {
    fn from(error: Box<ActionError>) -> Self {
        let wait = match error.kind {
            ErrorKind::Throttled => Some(THROTTLED_S),
            ErrorKind::Unavailable => Some(UNAVAILABLE_S),
            _ => None,
        };
        Self {
            status: status(&error),
            retry_after_s: (error.retry == Retry::Later).then(|| error.retry_after_s.or(wait)).flatten(),
            what: What::Action(error),
            header: None,
        }
    }
}

impl From<CallError> for Problem {
    fn from(failed: CallError) -> Self {
        match failed {
            CallError::Action(error) => error.into(),
            CallError::Refused(refusal) => Self::not_admitted(refusal),
        }
    }
}

/// The HTTP status of a failed action.
///
/// What the caller can mend is 4xx, and so is what no repetition mends. The service's refusal of the
/// connection is 424, because 401 and 403 are about the caller's own token. What comes from the
/// service's side is 5xx, and of these only 503 is worth repeating: many clients repeat it by
/// themselves. 429 is this server's own.
fn status(error: &ActionError) -> StatusCode {
    use ErrorKind::*;
    match error.kind {
        Throttled | Unavailable if error.retry == Retry::Never => StatusCode::BAD_GATEWAY,
        InvalidInput | Rejected => StatusCode::UNPROCESSABLE_ENTITY,
        InvalidConnection | Auth => StatusCode::FAILED_DEPENDENCY,
        NotFound => StatusCode::NOT_FOUND,
        Throttled | Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        UnexpectedReply | ForgedReply | ForgedEvent => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// `unknown_path` → `Unknown path`.
fn title(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.document())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        if let Some(wait) = self.retry_after_s {
            headers.insert(RETRY_AFTER, wait.into());
        }
        headers.extend(self.header.map(|header| *header));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: &str, retry: Retry, retry_after_s: Option<u64>) -> Problem {
        let error = ActionError::internal("m", Effect::Unknown);
        Problem::from(Box::new(ActionError { kind: kind.into(), retry, retry_after_s, ..error }))
    }

    #[test]
    fn a_failed_action_is_told_with_its_whole_document() {
        let problem = json!(failed("forged_reply", Retry::Never, None).document());
        let expected = json!({
            "type": "urn:problem-type:plugin-host:forged_reply", "title": "Forged reply", "status": 502, "detail": "m",
            "kind": "forged_reply", "message": "m", "retry": "never", "effect": "unknown",
        });
        assert_eq!(problem, expected);
    }

    #[test]
    fn every_problem_tells_whether_to_repeat_the_call_and_what_it_changed() {
        let problem = json!(Problem::not_admitted(Refusal::Overloaded).document());
        assert_eq!((&problem["retry"], &problem["effect"]), (&json!("later"), &json!("none")));
        assert_eq!(problem.get("kind"), None, "kinds are the contract's");
    }

    #[test]
    fn a_time_to_call_again_is_told_where_it_helps() {
        let header = |problem: Problem| problem.into_response().headers().get(RETRY_AFTER).cloned();
        assert_eq!(header(failed("throttled", Retry::Later, Some(7))).unwrap(), "7");
        assert_eq!(header(failed("throttled", Retry::Later, None)).unwrap(), "60");
        assert_eq!(header(failed("unavailable", Retry::Later, None)).unwrap(), "5");
        assert_eq!(header(failed("auth", Retry::Never, None)), None);
        assert_eq!(header(Problem::not_admitted(Refusal::Overloaded)).unwrap(), "1");
    }

    #[test]
    fn what_is_not_to_be_repeated_has_no_status_that_clients_repeat() {
        assert_eq!(failed("unavailable", Retry::Later, None).status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(failed("unavailable", Retry::Never, None).status, StatusCode::BAD_GATEWAY);
    }

    #[test]
    fn a_service_that_refuses_the_connection_is_not_taken_for_a_refused_caller() {
        for kind in ["auth", "invalid_connection"] {
            assert_eq!(failed(kind, Retry::Never, None).status, StatusCode::FAILED_DEPENDENCY);
        }
        assert_eq!(Problem::refused(&guard::Refusal::NoToken).status, StatusCode::UNAUTHORIZED);
    }
}
