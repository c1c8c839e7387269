//! What is counted, for Prometheus: by all servers alike.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plugin_host_core::error::ErrorKind;
use plugin_host_core::observe::{Attempt, Observer};
use plugin_host_core::queue::Queue;
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

/// What connections are called that are more than have series of their own.
const OTHER: &str = "other";

/// The reason of a refusal because of what the caller's token is for.
pub const SCOPE: &str = "scope";

/// How many connections have series of their own, where nobody says.
pub const CONNECTIONS: u16 = 100;

/// Whose call, and how it ended. All values come from the server, so that callers can't make the
/// number of series grow.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    plugin: String,
    connection: String,
    action: String,
    outcome: &'static str,
}

/// Whose call.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfAction {
    plugin: String,
    connection: String,
    action: String,
}

/// Whose.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Whose {
    plugin: String,
    connection: String,
}

/// Whose, and what came of it.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Made {
    plugin: String,
    connection: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Loaded {
    name: String,
    version: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Host {
    version: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    reason: String,
}

/// Who called, and what came of it. Names come from the operator's files.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Called {
    caller: String,
    outcome: String,
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

type Count = Gauge<u64, AtomicU64>;

/// The counts of one process. A clone counts the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    named: Mutex<HashSet<Whose>>,
    most_connections: usize,
    loaded: Family<Loaded, Gauge>,
    reloaded: Count,
    ended: Family<Ended, Counter>,
    seconds: Family<OfAction, Histogram>,
    attempts: Family<Made, Counter>,
    fuel: Family<Whose, Counter>,
    asked: Family<Made, Counter>,
    answered: Family<Whose, Histogram>,
    refused: Family<Refused, Counter>,
    called: Family<Called, Counter>,
    replayed: Counter,
    under_way: Count,
    waiting: Count,
    idle: Family<Whose, Count>,
    left_alone: Family<Whose, Count>,
    webhooks: Family<Told, Counter>,
    events: Family<Told, Counter>,
    kept: Family<Kept, Count>,
    oldest: Family<Kept, Count>,
}

impl Metrics {
    /// Counts that begin with zero, with series of their own for so many connections: the first that are
    /// called. The others are counted together, as `other`.
    pub fn new(most_connections: usize) -> Self {
        let histograms = || Histogram::new(BUCKETS);
        let mut registry = Registry::with_prefix("plugin_host");
        let (host, begun): (Family<Host, Gauge>, Gauge<f64, AtomicU64>) = <_>::default();
        host.get_or_create(&Host { version: env!("CARGO_PKG_VERSION") }).set(1);
        begun.set(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64());
        registry.register("build_info", "The version of plugin-host", host);
        registry.register_with_unit("start_time", "When the process began, in UNIX time", Unit::Seconds, begun);
        let inner = Inner {
            named: Mutex::default(),
            most_connections,
            loaded: Family::default(),
            reloaded: Gauge::default(),
            ended: Family::default(),
            seconds: Family::new_with_constructor(histograms),
            attempts: Family::default(),
            fuel: Family::default(),
            asked: Family::default(),
            answered: Family::new_with_constructor(histograms),
            refused: Family::default(),
            called: Family::default(),
            replayed: Counter::default(),
            under_way: Gauge::default(),
            waiting: Gauge::default(),
            idle: Family::default(),
            left_alone: Family::default(),
            webhooks: Family::default(),
            events: Family::default(),
            kept: Family::default(),
            oldest: Family::default(),
            registry,
        };
        Self(Arc::new(inner.registered()))
    }

    /// These plugins are loaded, and no others.
    pub fn loaded(&self, plugins: &[Listed<'_>]) {
        self.0.loaded.clear();
        for Listed { description, .. } in plugins {
            let loaded = Loaded { name: description.name.clone(), version: description.version.clone() };
            self.0.loaded.get_or_create(&loaded).set(1);
        }
    }

    /// Whether what is served was read again without a fault, when that was tried last.
    pub fn reloaded(&self, well: bool) {
        self.0.reloaded.set(well.into());
    }

    /// A call of an action of a connection ended, after its waits and repetitions.
    pub fn call(&self, queue: &Queue, action: &str, outcome: &'static str, took: Duration) {
        let connected = queue.connected();
        let Whose { plugin, connection } = self.whose(&connected.description().name, connected.name());
        let whose = OfAction { plugin, connection, action: action.to_owned() };
        self.0.seconds.get_or_create(&whose).observe(took.as_secs_f64());
        let OfAction { plugin, connection, action } = whose;
        self.0.ended.get_or_create(&Ended { plugin, connection, action, outcome }).inc();
    }

    /// A request led to no call.
    pub fn refused(&self, reason: &str) {
        self.0.refused.get_or_create(&Refused { reason: reason.to_owned() }).inc();
    }

    /// A caller asked for a call, with this outcome. The names are of the operator's files, and words.
    pub fn called(&self, caller: &str, outcome: &str) {
        let called = Called { caller: caller.to_owned(), outcome: outcome.to_owned() };
        self.0.called.get_or_create(&called).inc();
    }

    /// An answer was given again.
    pub fn replayed(&self) {
        self.0.replayed.inc();
    }

    /// A webhook of a trigger had this outcome.
    pub fn webhook(&self, labels: [&str; 3], outcome: &str) {
        self.0.webhooks.get_or_create(&self.told(labels, outcome)).inc();
    }

    /// So many events of a trigger had this outcome.
    pub fn events(&self, labels: [&str; 3], outcome: &str, count: usize) {
        if count > 0 {
            self.0.events.get_or_create(&self.told(labels, outcome)).inc_by(count as u64);
        }
    }

    /// So many events are in these states, and the oldest has waited in these for so many seconds.
    pub fn kept(&self, counts: [(&'static str, u64); 3], ages: [(&'static str, u64); 2]) {
        for (state, count) in counts {
            self.0.kept.get_or_create(&Kept { state }).set(count);
        }
        for (state, age) in ages {
            self.0.oldest.get_or_create(&Kept { state }).set(age);
        }
    }

    /// All counts, with these numbers of calls under way and waiting, and what these connections hold.
    pub fn text<'a>(&self, queues: impl Iterator<Item = &'a Queue>, under_way: usize, waiting: usize) -> String {
        let Inner { idle, left_alone, .. } = &*self.0;
        self.0.under_way.set(under_way as u64);
        self.0.waiting.set(waiting as u64);
        idle.clear();
        left_alone.clear();
        for queue in queues {
            let connected = queue.connected();
            let whose = self.whose(&connected.description().name, connected.name());
            idle.get_or_create(&whose).inc_by(connected.idle() as u64);
            left_alone.get_or_create(&whose).inc_by(queue.is_left_alone().into());
        }
        let mut text = String::new();
        encode(&mut text, &self.0.registry).expect("a String takes every text");
        text
    }

    /// What observes attempts.
    pub fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(self.clone())
    }

    /// A connection's labels; those of all together that are too many.
    fn whose(&self, plugin: &str, connection: &str) -> Whose {
        let whose = Whose { plugin: plugin.to_owned(), connection: connection.to_owned() };
        let mut named = self.0.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.contains(&whose) {
            return whose;
        }
        if named.len() < self.0.most_connections {
            named.insert(whose.clone());
            return whose;
        }
        Whose { connection: OTHER.to_owned(), ..whose }
    }

    fn told(&self, [plugin, connection, trigger]: [&str; 3], outcome: &str) -> Told {
        let Whose { plugin, connection } = self.whose(plugin, connection);
        Told { plugin, connection, trigger: trigger.to_owned(), outcome: outcome.to_owned() }
    }
}

impl Inner {
    /// Every metric under its name.
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("plugin_info", "The loaded plugins", self.loaded.clone());
        self.reloaded.set(1);
        let what = "Whether bundles, connections and tokens were read again without a fault, last time: 1 or 0";
        registry.register("last_reload_successful", what, self.reloaded.clone());
        registry.register("calls", "Calls by outcome: done, or the kind of error", self.ended.clone());
        let what = "How long calls took, with their waits and repetitions";
        registry.register_with_unit("call_duration", what, Unit::Seconds, self.seconds.clone());
        let what = "Attempts of calls, checks, polls and webhooks, by outcome: done, or the kind of error";
        registry.register("attempts", what, self.attempts.clone());
        registry.register("fuel_units", "Fuel that attempts took: what plugins compute", self.fuel.clone());
        let what =
            "Requests of plugins to their services, by what came of them: 2xx to 5xx, or why there was no answer";
        registry.register("upstream_requests", what, self.asked.clone());
        let what = "How long services took to answer, or not to";
        registry.register_with_unit("upstream_request_duration", what, Unit::Seconds, self.answered.clone());
        registry.register("refused_requests", "Requests that led to no call, by reason", self.refused.clone());
        let what = "Calls by who asked for them, and outcome: also those that were refused, or answered again";
        registry.register("calls_by_caller", what, self.called.clone());
        registry.register("replayed_answers", "Answers given again for an Idempotency-Key", self.replayed.clone());
        registry.register("calls_in_flight", "Calls under way", self.under_way.clone());
        registry.register("calls_waiting", "Calls that wait for their turn", self.waiting.clone());
        registry.register("idle_instances", "Instances of plugins that no call uses", self.idle.clone());
        let what =
            "Whether a service is not asked for some seconds, because it did not answer: 1 or 0 for each connection";
        registry.register("breaker_open", what, self.left_alone.clone());
        let what = "Webhooks by what became of them: answered, or the reason why not";
        registry.register("webhooks", what, self.webhooks.clone());
        let what = "Events by what became of them: new, repeated, confirmed, refuted, delivered, dead; unconfirmed and failed are attempts";
        registry.register("events", what, self.events.clone());
        registry.register("events_kept", "Events that are kept until they are handed on, by state", self.kept.clone());
        let what = "For how long the oldest event has waited that is to be handed on, by state";
        registry.register_with_unit("oldest_event_age", what, Unit::Seconds, self.oldest.clone());
        self
    }
}

impl Observer for Metrics {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let whose = self.whose(attempt.plugin, attempt.connection);
        self.0.fuel.get_or_create(&whose).inc_by(attempt.fuel);
        let made = |outcome| Made { plugin: whose.plugin.clone(), connection: whose.connection.clone(), outcome };
        self.0.attempts.get_or_create(&made(attempt.outcome)).inc();
        for asked in attempt.requests {
            self.0.answered.get_or_create(&whose).observe(asked.took.as_secs_f64());
            self.0.asked.get_or_create(&made(asked.outcome.as_str())).inc();
        }
    }
}

/// The outcome of a call, as a word of a closed set: `done`, or the kind of its error.
pub fn outcome(kind: Option<&ErrorKind>) -> &'static str {
    kind.map_or("done", ErrorKind::word)
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::description::Description;

    use super::*;

    fn attempted(metrics: &Metrics, connection: &str, outcome: &'static str) {
        metrics.observer().attempted(&Attempt {
            plugin: "n",
            connection,
            export: "fly",
            outcome,
            took: Duration::from_millis(20),
            fuel: 7,
            requests: &[],
        });
    }

    #[test]
    fn what_happens_is_counted_by_whose_it_is_and_what_came_of_it() {
        let metrics = Metrics::new(10);
        let description = |version: &str| {
            let text = r#"{"contract":1,"name":"n","title":"t","version":"V","actions":[],"connection":{"check":"c","schema":{}}}"#;
            Description::parse(text.replace('V', version)).unwrap()
        };
        for version in ["1", "2"] {
            let description = &description(version);
            metrics.loaded(&[Listed { description, translated: description, language: "en", connections: Vec::new() }]);
        }
        metrics.refused("overloaded");
        metrics.webhook(["n", "berlin", "landed"], "answered");
        metrics.events(["n", "berlin", "landed"], "new", 2);
        metrics.events(["n", "berlin", "landed"], "repeated", 0);
        metrics.kept([("to_confirm", 1), ("to_deliver", 2), ("dead", 0)], [("to_confirm", 90), ("to_deliver", 0)]);
        attempted(&metrics, "berlin", "done");
        attempted(&metrics, "berlin", "auth");
        metrics.reloaded(false);
        let text = metrics.text(std::iter::empty(), 3, 4);
        for line in [
            r#"plugin_host_plugin_info{name="n",version="2"} 1"#,
            r#"plugin_host_attempts_total{plugin="n",connection="berlin",outcome="auth"} 1"#,
            r#"plugin_host_fuel_units_total{plugin="n",connection="berlin"} 14"#,
            r#"plugin_host_refused_requests_total{reason="overloaded"} 1"#,
            "plugin_host_last_reload_successful 0",
            "plugin_host_calls_in_flight 3",
            "plugin_host_calls_waiting 4",
            r#"plugin_host_webhooks_total{plugin="n",connection="berlin",trigger="landed",outcome="answered"} 1"#,
            r#"plugin_host_events_total{plugin="n",connection="berlin",trigger="landed",outcome="new"} 2"#,
            r#"plugin_host_events_kept{state="to_deliver"} 2"#,
            r#"plugin_host_oldest_event_age_seconds{state="to_confirm"} 90"#,
            r#"plugin_host_events_kept{state="dead"} 0"#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(!text.contains(r#"version="1""#) && !text.contains("repeated\""), "{text}");
    }

    #[test]
    fn more_connections_than_have_series_of_their_own_are_counted_together() {
        let metrics = Metrics::new(2);
        for connection in ["a", "b", "c", "d", "a"] {
            attempted(&metrics, connection, "done");
        }
        let text = metrics.text(std::iter::empty(), 0, 0);
        for (connection, count) in [("a", 2), ("b", 1), ("other", 2)] {
            let line =
                format!(r#"plugin_host_attempts_total{{plugin="n",connection="{connection}",outcome="done"}} {count}"#);
            assert!(text.contains(&line), "{line} is not in {text}");
        }
        assert!(!text.contains(r#"connection="c""#), "{text}");
    }

    #[test]
    fn whatever_a_plugin_calls_its_error_the_outcome_is_one_of_few_words() {
        assert_eq!(outcome(None), "done");
        assert_eq!(outcome(Some(&"auth".into())), "auth");
        assert_eq!(outcome(Some(&"hunter2".into())), "other");
    }
}
