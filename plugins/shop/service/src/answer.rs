//! What the service answers: JSON, always.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

/// An answer that is still to be sent.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub retry_after_s: Option<u32>,
}

impl Answer {
    pub fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, retry_after_s: None }
    }

    pub fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, json!({ "error": message.into() }))
    }

    /// The request is understood, and can't be done.
    pub fn refusal(message: impl Into<String>) -> Self {
        Self::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub fn not_found(what: &str) -> Self {
        Self::error(StatusCode::NOT_FOUND, format!("there is no {what}"))
    }

    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::from(self.body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert("retry-after", seconds.into());
        }
        response
    }
}
