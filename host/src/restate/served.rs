//! What is served: replaced as a whole when it is read again.

use plugin_host_core::Queues;
use restate_sdk::endpoint::Endpoint;
use restate_sdk::hyper::HyperEndpoint;
use tokio_util::sync::CancellationToken;

use super::key;
use super::object::Object;
use crate::audit::Audit;
use crate::web::metrics::Metrics;

/// Connections, and what Restate calls them by.
pub struct Served {
    /// The calls of the connections.
    pub queues: Queues,
    /// What answers Restate.
    pub endpoint: HyperEndpoint,
}

impl Served {
    /// What is served of these queues to the Restates with these keys. `stop` sends back to Restate what
    /// has not begun.
    ///
    /// # Errors
    /// If a name can't be in a key, Restate can't take a plugin, or a key is none.
    pub fn new(
        queues: Queues,
        identity_keys: &[String],
        stop: &CancellationToken,
        metrics: &Metrics,
        audit: &Audit,
    ) -> Result<Self, String> {
        if let Some(name) = queues.names().find(|name| name.contains(key::SEPARATOR)) {
            return Err(format!("the connection {name:?} can't be in an object's key: name it without a colon"));
        }
        let mut endpoint = Endpoint::builder();
        for plugin in queues.plugins() {
            let named = |&name: &&str| queues.get(name).map(|queue| (name.to_owned(), queue.clone()));
            let connections = plugin.connections.iter().filter_map(named).collect();
            endpoint = endpoint.bind(Object::new(
                plugin.description,
                connections,
                stop.clone(),
                metrics.clone(),
                audit.clone(),
            )?);
        }
        for key in identity_keys {
            let refusal =
                |error| format!("--identity-key {key}: {error}. It is the line that begins with publickeyv1_");
            endpoint = endpoint.identity_key(key).map_err(refusal)?;
        }
        metrics.loaded(&queues.plugins());
        let endpoint = HyperEndpoint::new(endpoint.build());
        Ok(Self { queues, endpoint })
    }

    /// The objects by their names, for people.
    pub fn objects(&self) -> String {
        let names: Vec<_> = self.queues.plugins().iter().map(|plugin| plugin.description.name.as_str()).collect();
        let what = if names.len() == 1 { "object" } else { "objects" };
        format!("Restate {what} {}", names.join(", "))
    }

    /// The connections' names, for people.
    pub fn names(&self) -> String {
        self.queues.names().collect::<Vec<_>>().join(", ")
    }
}
