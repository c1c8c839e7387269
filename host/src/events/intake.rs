//! A service's webhook as it is received, and what the service is answered: the contract's table.
//!
//! The plugin's own answer is given when its events are on the disk. Whatever is wrong is the log's business:
//! then there is a status, and nothing else.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use plugin_host_core::error::{ActionError, ErrorKind};
use plugin_host_core::trigger::{self, WebhookRequest};

use crate::web::admission::{CallError, Refusal};
use crate::web::body::{self, BodyError};

/// What an answer is in a browser: no page that could run anything.
const NO_PAGE: [(HeaderName, &str); 2] =
    [(CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// Why a service is not answered as the plugin would.
pub enum Unanswered {
    /// The plugin says so.
    Plugin(Box<ActionError>),
    /// There is no place for it now.
    Refused(Refusal),
    /// Its events could not be put on the disk.
    Unsafe,
}

impl From<CallError> for Unanswered {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Action(error) => Self::Plugin(error),
            CallError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl Unanswered {
    /// The contract's table.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::Unsafe => StatusCode::SERVICE_UNAVAILABLE,
            Self::Plugin(error) => match error.kind {
                ErrorKind::ForgedEvent => StatusCode::UNAUTHORIZED,
                ErrorKind::UnexpectedReply => StatusCode::BAD_REQUEST,
                ErrorKind::Throttled | ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// For counts.
    pub fn kind(&self) -> &str {
        match self {
            Self::Plugin(error) => error.kind.as_str(),
            Self::Refused(refusal) => refusal.kind(),
            Self::Unsafe => "not_stored",
        }
    }
}

/// A service's request as a trigger gets it: of at most `largest` bytes, which come in the time of `patience`.
///
/// # Errors
/// If its body is not like that.
pub async fn request(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    largest: usize,
    patience: Duration,
) -> Result<WebhookRequest, BodyError> {
    let bytes = body::read_bytes(headers, body, largest, patience).await?;
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Ok(WebhookRequest::new(method.as_str(), headers, uri.query().unwrap_or_default(), bytes))
}

/// What the plugin answers the service.
pub fn answer(response: trigger::Response) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = match response.body.is_empty() {
        true => status.into_response(),
        false => (status, response.body).into_response(),
    };
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    // Some services have what they send repeated to them. Whoever makes a person open such an address must not
    // have a script of his run beside the server's own documents.
    for (name, value) in NO_PAGE {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Effect;

    use super::*;

    #[test]
    fn the_service_is_answered_by_the_contracts_table() {
        let error = |kind: &str| ActionError { kind: kind.into(), ..ActionError::internal("m", Effect::None) };
        for (kind, status) in [
            ("forged_event", 401),
            ("unexpected_reply", 400),
            ("throttled", 503),
            ("unavailable", 503),
            ("invalid_connection", 500),
            ("invalid_input", 500),
            ("auth", 500),
            ("internal", 500),
            ("a_word_of_its_own", 500),
        ] {
            assert_eq!(Unanswered::Plugin(Box::new(error(kind))).status(), status, "{kind}");
        }
        for unanswered in [Unanswered::Unsafe, Unanswered::Refused(Refusal::Overloaded)] {
            assert_eq!(unanswered.status(), 503);
        }
    }

    #[test]
    fn what_the_plugin_answers_is_answered_and_no_more() {
        let headers = vec![("Content-Type".to_owned(), "text/x".to_owned()), ("X-A".to_owned(), "b".to_owned())];
        let told = answer(trigger::Response { status: 202, headers, body: "ok".to_owned() });
        assert_eq!(
            (told.status().as_u16(), &told.headers()["content-type"], &told.headers()["x-a"]),
            (202, &"text/x".parse().unwrap(), &"b".parse().unwrap())
        );
        let loose = vec![("Content-Security-Policy".to_owned(), "script-src *".to_owned())];
        let told = answer(trigger::Response { status: 200, headers: loose, body: "<script>".to_owned() });
        assert_eq!(told.headers()["content-security-policy"], "default-src 'none'; sandbox");
        assert_eq!(told.headers()["x-content-type-options"], "nosniff");
        let bare = answer(trigger::Response { status: 204, ..trigger::Response::default() });
        assert!(bare.headers().get("content-type").is_none());
    }
}
