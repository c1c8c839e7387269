//! What is counted, for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use plugin_host_core::description::Description;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds; a call ends after 30 at the latest, its wait and its repetitions apart.
const BUCKETS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Whose call, and how it ended. All values come from the server, so that callers can't make the
/// number of series grow.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    connection: String,
    action: String,
    outcome: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    connection: String,
    action: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    reason: String,
}

/// The counts of one server.
pub struct Metrics {
    registry: Registry,
    ended: Family<Ended, Counter>,
    seconds: Family<Call, Histogram>,
    refused: Family<Refused, Counter>,
    replayed: Counter,
    under_way: Gauge<u64, AtomicU64>,
    waiting: Gauge<u64, AtomicU64>,
}

impl Metrics {
    /// Counts that begin with zero.
    pub fn new(plugin: &Description) -> Self {
        let mut registry = Registry::with_prefix("plugin_host");
        let ended = Family::default();
        let seconds: Family<Call, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let refused = Family::default();
        let (replayed, under_way, waiting) = (Counter::default(), Gauge::default(), Gauge::default());
        let labels = vec![("name", plugin.name.clone()), ("version", plugin.version.clone())];
        registry.register("plugin", "The loaded plugin", Info::new(labels));
        registry.register("calls", "Calls by outcome: done, or the kind of error", ended.clone());
        let what = "How long calls took, with their waits and repetitions";
        registry.register_with_unit("call_duration", what, Unit::Seconds, seconds.clone());
        registry.register("refused_requests", "Requests that led to no call, by reason", refused.clone());
        registry.register("replayed_answers", "Answers given again for an Idempotency-Key", replayed.clone());
        registry.register("calls_in_flight", "Calls under way", under_way.clone());
        registry.register("calls_waiting", "Calls that wait for their turn", waiting.clone());
        Self { registry, ended, seconds, refused, replayed, under_way, waiting }
    }

    /// A call ended.
    pub fn call(&self, connection: &str, action: &str, outcome: &str, took: Duration) {
        let (connection, action) = (connection.to_owned(), action.to_owned());
        let call = Call { connection: connection.clone(), action: action.clone() };
        self.seconds.get_or_create(&call).observe(took.as_secs_f64());
        self.ended.get_or_create(&Ended { connection, action, outcome: outcome.to_owned() }).inc();
    }

    /// A request led to no call.
    pub fn refused(&self, reason: &str) {
        self.refused.get_or_create(&Refused { reason: reason.to_owned() }).inc();
    }

    /// An answer was given again.
    pub fn replayed(&self) {
        self.replayed.inc();
    }

    /// All counts, with these numbers of calls under way and waiting.
    pub fn text(&self, under_way: usize, waiting: usize) -> String {
        self.under_way.set(under_way as u64);
        self.waiting.set(waiting as u64);
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes every text");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_connection_action_and_outcome() {
        let description = r#"{"contract":1,"name":"n","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":{}}}"#;
        let metrics = Metrics::new(&Description::parse(description.to_owned()).unwrap());
        metrics.call("berlin", "fly", "done", Duration::from_millis(20));
        metrics.call("berlin", "fly", "auth", Duration::from_millis(20));
        metrics.refused("overloaded");
        let text = metrics.text(3, 4);
        for line in [
            r#"plugin_host_plugin_info{name="n",version="1"} 1"#,
            r#"plugin_host_calls_total{connection="berlin",action="fly",outcome="done"} 1"#,
            r#"plugin_host_calls_total{connection="berlin",action="fly",outcome="auth"} 1"#,
            r#"plugin_host_call_duration_seconds_count{connection="berlin",action="fly"} 2"#,
            r#"plugin_host_call_duration_seconds_bucket{le="0.025",connection="berlin",action="fly"} 2"#,
            r#"plugin_host_refused_requests_total{reason="overloaded"} 1"#,
            "plugin_host_calls_in_flight 3",
            "plugin_host_calls_waiting 4",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
