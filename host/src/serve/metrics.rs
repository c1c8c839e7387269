//! What is counted, for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use plugin_host_core::queues::Listed;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds; a call ends after 30 at the latest, its wait and its repetitions apart.
const BUCKETS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Whose call, and how it ended. All values come from the server, so that callers can't make the
/// number of series grow.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    plugin: String,
    connection: String,
    action: String,
    outcome: String,
}

/// Whose call.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Labels {
    plugin: String,
    connection: String,
    action: String,
}

impl Labels {
    /// Of a plugin, a connection and an action by their names.
    pub fn of(plugin: &str, connection: &str, action: &str) -> Self {
        Self { plugin: plugin.to_owned(), connection: connection.to_owned(), action: action.to_owned() }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Loaded {
    name: String,
    version: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    reason: String,
}

/// Whose event or webhook, and what became of it.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Told {
    plugin: String,
    connection: String,
    trigger: String,
    outcome: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kept {
    state: &'static str,
}

/// The counts of one server.
pub struct Metrics {
    registry: Registry,
    loaded: Family<Loaded, Gauge>,
    ended: Family<Ended, Counter>,
    seconds: Family<Labels, Histogram>,
    refused: Family<Refused, Counter>,
    replayed: Counter,
    under_way: Gauge<u64, AtomicU64>,
    waiting: Gauge<u64, AtomicU64>,
    webhooks: Family<Told, Counter>,
    events: Family<Told, Counter>,
    kept: Family<Kept, Gauge<u64, AtomicU64>>,
}

impl Metrics {
    /// Counts that begin with zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("plugin_host");
        let (loaded, ended) = (Family::<Loaded, Gauge>::default(), Family::default());
        let seconds: Family<Labels, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let refused = Family::default();
        let (replayed, under_way, waiting) = (Counter::default(), Gauge::default(), Gauge::default());
        registry.register("plugin_info", "The loaded plugins", loaded.clone());
        registry.register("calls", "Calls by outcome: done, or the kind of error", ended.clone());
        let what = "How long calls took, with their waits and repetitions";
        registry.register_with_unit("call_duration", what, Unit::Seconds, seconds.clone());
        registry.register("refused_requests", "Requests that led to no call, by reason", refused.clone());
        registry.register("replayed_answers", "Answers given again for an Idempotency-Key", replayed.clone());
        registry.register("calls_in_flight", "Calls under way", under_way.clone());
        registry.register("calls_waiting", "Calls that wait for their turn", waiting.clone());
        let (webhooks, events, kept) = (Family::default(), Family::default(), Family::default());
        let what = "Webhooks by what became of them: answered, or the reason why not";
        registry.register("webhooks", what, webhooks.clone());
        let what = "Events by what became of them: new, repeated, confirmed, refuted, delivered, dead; unconfirmed and failed are attempts";
        registry.register("events", what, events.clone());
        registry.register("events_kept", "Events that are kept until they are handed on, by state", kept.clone());
        Self { registry, loaded, ended, seconds, refused, replayed, under_way, waiting, webhooks, events, kept }
    }

    /// These plugins are loaded, and no others.
    pub fn loaded(&self, plugins: &[Listed<'_>]) {
        self.loaded.clear();
        for Listed { description, .. } in plugins {
            let loaded = Loaded { name: description.name.clone(), version: description.version.clone() };
            self.loaded.get_or_create(&loaded).set(1);
        }
    }

    /// A call ended.
    pub fn call(&self, labels: Labels, outcome: &str, took: Duration) {
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
        let Labels { plugin, connection, action } = labels;
        self.ended.get_or_create(&Ended { plugin, connection, action, outcome: outcome.to_owned() }).inc();
    }

    /// A request led to no call.
    pub fn refused(&self, reason: &str) {
        self.refused.get_or_create(&Refused { reason: reason.to_owned() }).inc();
    }

    /// An answer was given again.
    pub fn replayed(&self) {
        self.replayed.inc();
    }

    /// A webhook of a trigger had this outcome.
    pub fn webhook(&self, [plugin, connection, trigger]: [&str; 3], outcome: &str) {
        self.webhooks.get_or_create(&Told::of([plugin, connection, trigger], outcome)).inc();
    }

    /// So many events of a trigger had this outcome.
    pub fn events(&self, [plugin, connection, trigger]: [&str; 3], outcome: &str, count: usize) {
        if count > 0 {
            self.events.get_or_create(&Told::of([plugin, connection, trigger], outcome)).inc_by(count as u64);
        }
    }

    /// So many events are in these states.
    pub fn kept(&self, states: [(&'static str, u64); 3]) {
        for (state, count) in states {
            self.kept.get_or_create(&Kept { state }).set(count);
        }
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

impl Told {
    fn of([plugin, connection, trigger]: [&str; 3], outcome: &str) -> Self {
        let owned = str::to_owned;
        let (plugin, connection, trigger) = (owned(plugin), owned(connection), owned(trigger));
        Self { plugin, connection, trigger, outcome: owned(outcome) }
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::description::Description;

    use super::*;

    #[test]
    fn calls_are_counted_by_plugin_connection_action_and_outcome() {
        let metrics = Metrics::new();
        let description = |version: &str| {
            let text = r#"{"contract":1,"name":"n","title":"t","version":"V","actions":[],"connection":{"check":"c","schema":{}}}"#;
            Description::parse(text.replace('V', version)).unwrap()
        };
        for version in ["1", "2"] {
            let description = &description(version);
            metrics.loaded(&[Listed { description, translated: description, language: "en", connections: Vec::new() }]);
        }
        metrics.call(Labels::of("n", "berlin", "fly"), "done", Duration::from_millis(20));
        metrics.call(Labels::of("n", "berlin", "fly"), "auth", Duration::from_millis(20));
        metrics.refused("overloaded");
        metrics.webhook(["n", "berlin", "landed"], "answered");
        metrics.events(["n", "berlin", "landed"], "new", 2);
        metrics.events(["n", "berlin", "landed"], "repeated", 0);
        metrics.kept([("to_confirm", 1), ("to_deliver", 2), ("dead", 0)]);
        let text = metrics.text(3, 4);
        for line in [
            r#"plugin_host_plugin_info{name="n",version="2"} 1"#,
            r#"plugin_host_calls_total{plugin="n",connection="berlin",action="fly",outcome="done"} 1"#,
            r#"plugin_host_calls_total{plugin="n",connection="berlin",action="fly",outcome="auth"} 1"#,
            r#"plugin_host_call_duration_seconds_count{plugin="n",connection="berlin",action="fly"} 2"#,
            r#"plugin_host_call_duration_seconds_bucket{le="0.025",plugin="n",connection="berlin",action="fly"} 2"#,
            r#"plugin_host_refused_requests_total{reason="overloaded"} 1"#,
            "plugin_host_calls_in_flight 3",
            "plugin_host_calls_waiting 4",
            r#"plugin_host_webhooks_total{plugin="n",connection="berlin",trigger="landed",outcome="answered"} 1"#,
            r#"plugin_host_events_total{plugin="n",connection="berlin",trigger="landed",outcome="new"} 2"#,
            r#"plugin_host_events_kept{state="to_deliver"} 2"#,
            r#"plugin_host_events_kept{state="dead"} 0"#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(!text.contains(r#"version="1""#) && !text.contains("repeated\""), "{text}");
    }
}
