//! Spans on their way to a collector, by OTLP over HTTP, as OpenTelemetry's variables say.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use plugin_host_core::http::{Client, Origin, Policy, Request, Rule};
use plugin_host_core::trace::TARGET;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber, info, warn};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// What W3C Trace Context calls the trace that something belongs to, and what goes with it.
const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
/// What the process is called, where `OTEL_SERVICE_NAME` does not say.
const SERVICE: &str = "plugin-host";
/// Which variables name the collector: that of traces first.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// How the collector is spoken to.
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
/// How long a request to it may take, in milliseconds.
const TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
/// The one that is spoken here.
const PROTOCOL: &str = "http/protobuf";
/// How long the last spans may take at the end of the process.
const LAST: Duration = Duration::from_secs(5);

/// What brings spans to the collector.
pub struct Tracer(SdkTracerProvider);

/// A tracer, if the environment names a collector. `client` makes what sends to it, and to these addresses
/// alone.
///
/// # Errors
/// If what the environment says can't be done: one line.
pub fn begin(client: impl FnOnce(Vec<Rule>) -> Result<Client, String>) -> Result<Option<Tracer>, String> {
    let variable = |name: &&str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let first = |names: [&'static str; 2]| names.iter().find_map(|name| Some((*name, variable(name)?)));
    let is_off = variable(&"OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let exporter = variable(&"OTEL_TRACES_EXPORTER");
    let Some((name, endpoint)) = first(ENDPOINTS).filter(|_| !is_off && exporter.as_deref() != Some("none")) else {
        return Ok(None);
    };
    if let Some(other) = exporter.filter(|exporter| exporter != "otlp") {
        return Err(format!(
            "OTEL_TRACES_EXPORTER is {other}, and only otlp and none are known: set it to one of them"
        ));
    }
    if let Some((name, protocol)) = first(PROTOCOLS).filter(|(_, protocol)| protocol != PROTOCOL) {
        return Err(format!(
            "{name} is {protocol}, and only {PROTOCOL} is spoken: set it to that, with the collector's port for HTTP (4318)"
        ));
    }
    // It may hold a password.
    let origin: Origin = endpoint
        .parse()
        .map_err(|_| format!("{name} is not the address of a collector: it looks like http://127.0.0.1:4318"))?;
    let timeout = first(TIMEOUTS).and_then(|(_, ms)| ms.trim().parse().ok()).unwrap_or(10_000);
    let client = client(vec![Rule::Exact(origin.clone())])?;
    let policy = Policy { origins: vec![origin], ..Policy::default() };
    let sender = Sender { client, policy, timeout: Duration::from_millis(timeout), fails: AtomicBool::new(false) };
    let exporter = SpanExporter::builder().with_http().with_http_client(sender).build();
    let exporter = exporter.map_err(|error| format!("what {name} and its like say can't be done: {error}"))?;
    let mut resource = Resource::builder();
    if variable(&"OTEL_SERVICE_NAME").is_none()
        && !variable(&"OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default().contains("service.name=")
    {
        resource = resource.with_service_name(SERVICE);
    }
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = resource.with_attribute(version).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    Ok(Some(Tracer(provider)))
}

impl Tracer {
    /// What hands it the spans of calls, and nothing that libraries trace.
    pub fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer(SERVICE));
        // Where in the code, and on which thread, is of no use to an operator.
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false);
        layer.with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO)).boxed()
    }

    /// Sends what is left.
    pub fn finish(self) {
        let _ = self.0.shutdown_with_timeout(LAST);
    }
}

/// Puts a span that has not begun into a trace.
pub fn join(span: &Span, parent: &str, state: Option<&str>) {
    let mut said = HashMap::from([(PARENT.to_owned(), parent.to_owned())]);
    said.extend(state.map(|state| (STATE.to_owned(), state.to_owned())));
    let context = TraceContextPropagator::new().extract(&said);
    if context.span().span_context().is_valid() {
        let _ = span.set_parent(context);
    }
}

/// The `traceparent` of the span that is current, if it is in a trace.
pub fn traceparent() -> Option<String> {
    traceparent_of(&Span::current())
}

/// The same of any span.
pub fn traceparent_of(span: &Span) -> Option<String> {
    let mut said = HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut said);
    said.remove(PARENT)
}

/// Tells a span of another.
pub fn link(span: &Span, to: &Span) {
    let context = to.context();
    let context = context.span().span_context().clone();
    if context.is_valid() {
        span.add_link(context);
    }
}

/// The id of the trace that a span belongs to.
pub fn id_of(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Sends as plugins' requests are sent: with the same roots, through the same proxy, on the thread that
/// has nothing else to do.
#[derive(Debug)]
struct Sender {
    client: Client,
    policy: Policy,
    timeout: Duration,
    fails: AtomicBool,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: axum::http::Request<Bytes>) -> Result<axum::http::Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers: BTreeMap<String, String> = parts.headers.iter().filter_map(text).collect();
        let request = Request::new("POST", &parts.uri.to_string(), headers);
        let deadline = Instant::now() + self.timeout;
        let answer = self.client.send(&request, &body, &self.policy, Some(deadline));
        let failed = match &answer {
            Ok(answer) if answer.status < 400 => None,
            Ok(answer) => Some(format!("it answers {}", answer.status)),
            Err(none) => Some(format!("{} {}", none.failure.as_str(), none.note.as_deref().unwrap_or_default())),
        };
        match (&failed, self.fails.swap(failed.is_some(), Ordering::Relaxed)) {
            (Some(why), false) => warn!("the collector does not take traces, which are left out: {}", why.trim()),
            (None, true) => info!("the collector takes traces again"),
            _ => {}
        }
        match answer {
            Ok(answer) => {
                let mut response = axum::http::Response::builder().status(answer.status);
                if let Some(seconds) = answer.retry_after_s {
                    response = response.header("retry-after", seconds);
                }
                Ok(response.body(Bytes::from(answer.body))?)
            }
            Err(_) => Err(failed.unwrap_or_default().into()),
        }
    }
}
