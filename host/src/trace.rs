//! One trace from whoever calls to the service's answer, for a collector of OpenTelemetry.
//!
//! The core makes the spans of calls ([`plugin_host_core::trace`]). Here are those of who asks for them:
//! a request to a server, a command. Where the variable `TRACEPARENT`, a header or a message says which
//! trace they belong to (W3C Trace Context), they do. Without a collector all of it costs next to nothing.

#[cfg(feature = "otlp")]
mod otlp;

use axum::http::HeaderMap;
use plugin_host_core::trace::TARGET;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

#[cfg(feature = "otlp")]
use otlp::traceparent_of;
#[cfg(feature = "otlp")]
pub use otlp::{Tracer, begin, id_of, traceparent};

tokio::task_local! {
    /// The span of the request that the task answers.
    static REQUEST: Span;
}

/// Answers a request within its span.
pub async fn within<F: Future>(span: Span, answer: F) -> F::Output {
    REQUEST.scope(span.clone(), answer.instrument(span)).await
}

/// For a task of its own, what is to go on within the spans of the one that begins it: that of the log, and
/// around it the request's. A tracer and the log see only their own, and no further than the task.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let request = REQUEST.try_with(Clone::clone).unwrap_or_else(|_| Span::none());
    REQUEST.scope(request.clone(), work.in_current_span().instrument(request))
}

/// The span of the request that the task answers, or else the current one.
fn current() -> Span {
    let request = REQUEST.try_with(Clone::clone).ok();
    request.filter(|request| !request.is_disabled()).unwrap_or_else(Span::current)
}

/// The id of the trace that goes on here.
pub fn id() -> Option<String> {
    id_of(&current())
}

/// By what the trace that goes on here can be gone on with later, as W3C Trace Context writes it.
pub fn parent() -> Option<String> {
    traceparent_of(&current())
}

/// What machines ask every few seconds.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Of a request to a server, by its method and the pattern of its path: people put secrets into paths.
pub fn request(method: &str, route: &str, headers: &HeaderMap) -> Span {
    if PROBES.contains(&route) {
        return Span::none();
    }
    let span = info_span!(
        target: TARGET, "serve",
        otel.name = %format_args!("{method} {route}"), otel.kind = "server", otel.status_code = Empty,
        http.request.method = method, http.route = route, http.response.status_code = Empty, error.r#type = Empty,
    );
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    join(&span, value("traceparent"), value("tracestate"));
    span
}

/// Notes what was answered to a request.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("error.type", status.to_string());
        span.record("otel.status_code", "ERROR");
    }
}

/// Of an MCP message that calls a tool, in the trace that its `_meta` names.
pub fn tool(name: &str, parent: Option<&str>) -> Span {
    let span = info_span!(
        target: TARGET, "tool", otel.name = %format_args!("tools/call {name}"), otel.kind = "server", mcp.tool.name = name,
    );
    join(&span, parent, None);
    span
}

/// Of an invocation by Restate.
pub fn invocation(path: &str, headers: &HeaderMap) -> Span {
    let span = info_span!(
        target: TARGET, "invoke", otel.name = %format_args!("restate {path}"), otel.kind = "server",
    );
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    join(&span, value("traceparent"), value("tracestate"));
    span
}

/// Of a command, in the trace that the variable `TRACEPARENT` names.
pub fn command(name: &str) -> Span {
    let span = info_span!(target: TARGET, "command", otel.name = %format_args!("plugin-host {name}"));
    let variable = |name| std::env::var(name).ok();
    join(&span, variable("TRACEPARENT").as_deref(), variable("TRACESTATE").as_deref());
    span
}

/// Of a row of a batch: a trace of its own, as a batch has any number of them, with a link to the batch's.
pub fn row(line: u64, batch: &Span) -> Span {
    let span = info_span!(
        target: TARGET, parent: None, "row",
        otel.name = "batch row", otel.status_code = Empty, error.r#type = Empty,
        batch.line = line, plugin.outcome = Empty,
    );
    link(&span, batch);
    span
}

/// Of asking a trigger for events.
pub fn poll(connection: &str, trigger: &str) -> Span {
    info_span!(
        target: TARGET, parent: None, "poll",
        otel.name = %format_args!("poll {trigger}"), otel.status_code = Empty, error.r#type = Empty,
        plugin.connection = connection, plugin.trigger = trigger, plugin.outcome = Empty,
    )
}

/// Of an attempt to confirm or to deliver an event, in the trace in which it was told of.
pub fn event(what: &str, connection: &str, trigger: &str, attempt: u32, parent: Option<&str>) -> Span {
    let span = info_span!(
        target: TARGET, parent: None, "event",
        otel.name = %format_args!("{what} {trigger}"), otel.status_code = Empty, error.r#type = Empty,
        plugin.connection = connection, plugin.trigger = trigger, plugin.attempt = attempt, plugin.outcome = Empty,
    );
    join(&span, parent, None);
    span
}

/// Notes how something ended: a word of a closed set.
pub fn ended(span: &Span, outcome: &str, failed: bool) {
    span.record("plugin.outcome", outcome);
    if failed {
        span.record("error.type", outcome);
        span.record("otel.status_code", "ERROR");
    }
}

/// Tells a span of another, which is in a trace of its own.
#[cfg(feature = "otlp")]
fn link(span: &Span, to: &Span) {
    if !span.is_disabled() {
        otlp::link(span, to);
    }
}

#[cfg(not(feature = "otlp"))]
fn link(_: &Span, _: &Span) {}

/// Puts a span that has not begun into a trace. What names none is passed over, as the specification
/// says.
#[cfg(feature = "otlp")]
fn join(span: &Span, parent: Option<&str>, state: Option<&str>) {
    if let (Some(parent), false) = (parent, span.is_disabled()) {
        otlp::join(span, parent, state);
    }
}

#[cfg(not(feature = "otlp"))]
fn join(_: &Span, _: Option<&str>, _: Option<&str>) {}

/// Nobody brings spans anywhere.
#[cfg(not(feature = "otlp"))]
pub enum Tracer {}

#[cfg(not(feature = "otlp"))]
impl Tracer {
    /// There is none.
    pub fn layer<S: tracing::Subscriber>(&self) -> Box<dyn tracing_subscriber::Layer<S> + Send + Sync> {
        match *self {}
    }

    /// There is none.
    pub fn finish(self) {
        match self {}
    }
}

/// No tracer: this program is built without the feature `otlp`.
///
/// # Errors
/// If the environment names a collector all the same.
#[cfg(not(feature = "otlp"))]
pub fn begin<C>(_: C) -> Result<Option<Tracer>, String> {
    match std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT") {
        Ok(named) if !named.is_empty() => {
            Err("OTEL_EXPORTER_OTLP_ENDPOINT is set, and this plugin-host is built without traces (the feature otlp): unset it".to_owned())
        }
        _ => Ok(None),
    }
}

/// No span is in a trace.
#[cfg(not(feature = "otlp"))]
pub fn traceparent() -> Option<String> {
    None
}

/// No span is in a trace.
#[cfg(not(feature = "otlp"))]
fn traceparent_of(_: &Span) -> Option<String> {
    None
}

/// No span is in a trace.
#[cfg(not(feature = "otlp"))]
pub fn id_of(_: &Span) -> Option<String> {
    None
}
