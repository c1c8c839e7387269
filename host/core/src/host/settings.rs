//! What a host lets plugins do.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::CALL_TIME;
use crate::http::{Limits, Proxies, Roots, Rule};
use crate::language::Languages;
use crate::observe::Observer;
use crate::trace::Traceparent;

/// What a host lets plugins do: the defaults, changed one by one.
///
/// ```
/// use std::time::Duration;
/// use plugin_host_core::host::Settings;
///
/// let settings = Settings::default().call_time(Duration::from_secs(10)).strict(true);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// How much a request may, and how long.
    pub limits: Limits,
    /// How long a call may take in all, its requests included.
    pub call_time: Duration,
    /// How many instances of plugins may wait on Tokio for their services at once. A call beyond that gives
    /// its instance back while it waits, and is run again from its beginning with what was answered: it
    /// computes twice, and takes a tenth of the memory. That is never done with a plugin that sets variables.
    pub waiting_instances: usize,
    /// How many instances of plugins may wait for the next call of their connection, over all connections: each takes
    /// memory. Those that have waited longest go first, and a call that finds none has a new one made.
    pub idle_instances: usize,
    /// Origins that all connections may reach besides their own, also at private addresses: for a
    /// plugin whose service is not part of its connections, or stands in a private network.
    pub allow: Vec<Rule>,
    /// Origins that may have a private or loopback address, for the connections whose own they are.
    pub allow_private: Vec<Rule>,
    /// Whom to trust over TLS.
    pub roots: Roots,
    /// Which requests go through which proxy.
    pub proxies: Proxies,
    /// The languages in which people are to read the plugin's texts; none for the plugin's own.
    pub languages: Languages,
    /// Whether an answer that breaks the plugin's own schemas is a failure: for its author.
    pub strict: bool,
    /// Is told of each attempt.
    pub observer: Option<Arc<dyn Observer>>,
    /// Gives the header `traceparent` of what plugins send; none for no header. It tells the service
    /// which calls belong together: for services that are the operator's own.
    pub traceparent: Option<Traceparent>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            call_time: CALL_TIME,
            waiting_instances: 128,
            idle_instances: 1024,
            allow: Vec::new(),
            allow_private: Vec::new(),
            roots: Roots::default(),
            proxies: Proxies::default(),
            languages: Languages::default(),
            strict: false,
            observer: None,
            traceparent: None,
        }
    }
}

impl Settings {
    setters! {
        limits: Limits,
        call_time: Duration,
        waiting_instances: usize,
        idle_instances: usize,
        allow: Vec<Rule>,
        allow_private: Vec<Rule>,
        roots: Roots,
        proxies: Proxies,
        languages: Languages,
        strict: bool,
        observer: Option<Arc<dyn Observer>>,
        traceparent: Option<Traceparent>,
    }
}
