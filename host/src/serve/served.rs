//! What is served: replaced as a whole when it is read again.

use plugin_host_core::Queues;
use plugin_host_core::description::Description;
use plugin_host_core::queue::Queue;
use plugin_host_core::queues::Listed;
use serde_json::{Value, json};

use super::documents::Documents;
use super::events::{Events, Open};
use super::problem::Problem;
use super::triggers::Triggers;
use super::{asyncapi, openapi};
use crate::web::guard::Guard;

/// Connections, who may call them, and what is told of them.
pub struct Served {
    /// The calls of the connections.
    pub queues: Queues,
    /// Who may call.
    pub guard: Guard,
    /// The OpenAPI document.
    pub openapi: Documents,
    /// The AsyncAPI document.
    pub asyncapi: Documents,
    /// The triggers, if any is open.
    pub open: Option<Open>,
}

impl Served {
    /// What is served of these queues, to whom this guard lets in.
    ///
    /// # Errors
    /// If the triggers can't be open that are to be.
    pub fn new(queues: Queues, guard: Guard, events: Option<&Events>) -> Result<Self, String> {
        let plugins = queues.plugins();
        let openapi = Documents::new(&plugins, |plugins| openapi::document(plugins, guard.asks_for_token()));
        let asyncapi = Documents::new(&plugins, asyncapi::document);
        let open = events.map(|events| events.open(&queues)).transpose()?;
        Ok(Self { queues, guard, openapi, asyncapi, open })
    }

    /// The calls of a connection.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn queue(&self, connection: &str) -> Result<&Queue, Problem> {
        self.queues.get(connection).ok_or_else(|| Problem::unknown_connection(connection))
    }

    /// What the plugin of a connection tells of by itself; addresses begin with that of this server.
    ///
    /// # Errors
    /// If there is no connection of that name.
    pub fn triggers(&self, connection: &str, server: &str) -> Result<Value, Problem> {
        let described = self.queue(connection)?.connected().runner().translated();
        let none = Triggers::default();
        let open = self.open.as_ref().map_or(&none, |open| &open.triggers);
        let shown: Vec<_> = described.triggers.iter().map(|it| open.shown(connection, it, server)).collect();
        Ok(json!({ "triggers": shown }))
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
