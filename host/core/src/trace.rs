//! The spans of calls, for a tracer that listens to [`TARGET`]; without one they cost next to nothing.
//!
//! `call` is a call from its place in the queue to its end, with a `wait` for its subject and its slot,
//! an `attempt` for each time that it is made, and in that a `request` for each that the plugin sends.
//! What they tell are names, numbers and words of closed sets, and of addresses no query: no value of an
//! input, an answer or a connection.

use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::error::ActionError;
use crate::http::{NoResponse, Request, Response};
use crate::redact::Redactor;

/// The target of all of these spans.
pub const TARGET: &str = "trace";

/// Gives the `traceparent` of the span that is current, as W3C Trace Context writes it.
pub type Traceparent = fn() -> Option<String>;

/// Of a call of an export of a plugin with a connection.
pub(crate) fn call(plugin: &str, connection: &str, export: &str) -> Span {
    info_span!(
        target: TARGET, "call",
        otel.name = %format_args!("call {export}"), otel.status_code = Empty, error.r#type = Empty,
        plugin.name = plugin, plugin.connection = connection, plugin.export = export, plugin.outcome = Empty,
    )
}

/// Of the wait for a call's `subject` or `slot`.
pub(crate) fn wait(what: &'static str) -> Span {
    info_span!(target: TARGET, "wait", wait.r#for = what)
}

/// Of one attempt; the first is 1.
pub(crate) fn attempt(number: u32) -> Span {
    info_span!(
        target: TARGET, "attempt",
        otel.status_code = Empty, error.r#type = Empty,
        plugin.attempt = number, plugin.fuel = Empty, plugin.outcome = Empty,
    )
}

/// Of a request that a plugin sends.
pub(crate) fn request(request: &Request, body_bytes: usize, redactor: &Redactor) -> Span {
    let method = request.method();
    let span = info_span!(
        target: TARGET, "request",
        otel.name = method, otel.kind = "client", otel.status_code = Empty, error.r#type = Empty,
        http.request.method = method, url.full = Empty, server.address = Empty, server.port = Empty,
        http.request.body.size = body_bytes,
        http.response.status_code = Empty, http.response.body.size = Empty,
    );
    if !span.is_disabled()
        && let Ok(url) = url::Url::parse(&request.url)
    {
        span.record("url.full", redactor.text(&shown(&url)).as_ref());
        span.record("server.address", url.host_str().unwrap_or_default());
        span.record("server.port", url.port_or_known_default());
    }
    span
}

/// Notes how a call or an attempt ended.
pub(crate) fn ended<T>(span: &Span, outcome: &Result<T, Box<ActionError>>) {
    match outcome {
        Ok(_) => drop(span.record("plugin.outcome", "done")),
        Err(error) => {
            span.record("plugin.outcome", error.kind.word());
            failed(span, error.kind.word());
        }
    }
}

/// Notes what came of a request.
pub(crate) fn answered(span: &Span, answer: &Result<Response, NoResponse>) {
    match answer {
        Ok(response) => {
            span.record("http.response.status_code", response.status);
            span.record("http.response.body.size", response.body.len());
            if response.status >= 400 {
                failed(span, &response.status.to_string());
            }
        }
        Err(none) => failed(span, none.failure.as_str()),
    }
}

fn failed(span: &Span, kind: &str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

/// An address without what may be said by its query, its fragment and a user's name.
fn shown(url: &url::Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_no_query_no_user_and_no_fragment_is_shown() {
        let url = url::Url::parse("https://user:hunter2@shop.example:8443/api/x?key=hunter2#hunter2").unwrap();
        assert_eq!(shown(&url), "https://shop.example:8443/api/x");
    }
}
