//! What is served: replaced as a whole when it is read again.

use plugin_host_core::Queues;
use plugin_host_core::description::Description;
use plugin_host_core::queue::Queue;
use plugin_host_core::queues::Listed;
use serde_json::{Value, json};

use super::openapi::Documents;
use super::problem::Problem;
use crate::web::guard::Guard;

/// Connections, who may call them, and what is told of them.
pub struct Served {
    /// The calls of the connections.
    pub queues: Queues,
    /// Who may call.
    pub guard: Guard,
    /// The OpenAPI document.
    pub openapi: Documents,
}

impl Served {
    /// What is served of these queues, to whom this guard lets in.
    pub fn new(queues: Queues, guard: Guard) -> Self {
        let openapi = Documents::new(&queues.plugins(), guard.asks_for_token());
        Self { queues, guard, openapi }
    }

    /// The calls of a connection.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn queue(&self, connection: &str) -> Result<&Queue, Problem> {
        self.queues.get(connection).ok_or_else(|| Problem::unknown_connection(connection))
    }

    /// The connections' names, and which plugin has which of them.
    pub fn connections(&self) -> Value {
        let plugin = |Listed { description, connections, .. }: &Listed<'_>| {
            let Description { name, title, version, .. } = description;
            json!({ "name": name, "title": title, "version": version, "connections": connections })
        };
        let plugins: Vec<_> = self.queues.plugins().iter().map(plugin).collect();
        json!({ "connections": self.queues.names().collect::<Vec<_>>(), "plugins": plugins })
    }
}
