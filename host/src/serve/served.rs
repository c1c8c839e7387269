//! What is served: replaced as a whole when it is read again.

use std::sync::{Arc, OnceLock};

use plugin_host_core::Queues;
use plugin_host_core::description::Description;
use plugin_host_core::queue::Queue;
use plugin_host_core::queues::Listed;
use serde_json::{Value, json};

use super::documents::Documents;
use super::events::{Events, Open};
use super::openapi::Beside;
use super::problem::Problem;
use super::triggers::Triggers;
use super::{asyncapi, openapi};
use crate::events::store::Kept;
use crate::web::caller::Caller;
use crate::web::guard::Guard;
use crate::web::scope::{Kind, Scope};
use crate::web::views::Views;

/// Connections, who may call them, and what is told of them.
pub struct Served {
    /// The calls of the connections.
    pub queues: Queues,
    /// Who may call.
    pub guard: Guard,
    /// What is told of them.
    views: Views<View>,
    /// The triggers, if any is open.
    pub open: Option<Open>,
}

/// What is told of what is served, to callers of one scope. Of many plugins that is much, so it is made when
/// somebody asks for it.
#[derive(Default)]
struct View {
    openapi: OnceLock<Arc<Documents>>,
    asyncapi: OnceLock<Arc<Documents>>,
}

impl Served {
    /// What is served of these queues, to whom this guard lets in.
    ///
    /// # Errors
    /// If the triggers can't be open that are to be.
    pub fn new(queues: Queues, guard: Guard, events: Option<&Events>) -> Result<Self, String> {
        let open = events.map(|events| events.open(&queues)).transpose()?;
        guard.tell_doubts(&queues);
        Ok(Self { queues, guard, views: Views::new(View::default()), open })
    }

    /// The OpenAPI document of what this caller may use. The first time it takes a while.
    pub fn openapi(&self, caller: &Caller) -> Arc<Documents> {
        let view = self.view(caller);
        view.openapi.get_or_init(|| Arc::new(self.documents(caller.scope(), openapi::document))).clone()
    }

    /// The AsyncAPI document of what this caller may use. The first time it takes a while.
    pub fn asyncapi(&self, caller: &Caller) -> Arc<Documents> {
        let view = self.view(caller);
        let document = |plugins: &[Listed<'_>], _| asyncapi::document(plugins);
        view.asyncapi.get_or_init(|| Arc::new(self.documents(caller.scope(), document))).clone()
    }

    fn view(&self, caller: &Caller) -> Arc<View> {
        self.views.of(caller, |_| View::default())
    }

    fn documents(&self, scope: &Scope, document: impl Fn(&[Listed<'_>], Beside) -> Value) -> Documents {
        let plugins = self.queues.plugins();
        if scope.is_all() {
            let beside = Beside::all(self.guard.asks_for_token());
            return Documents::new(&plugins, |plugins| document(plugins, beside));
        }
        let narrowed = scope.narrowed(&plugins);
        let listed: Vec<_> = narrowed.iter().map(|plugin| plugin.listed()).collect();
        let events = scope.kind(Kind::Events).is_ok();
        let dead_letters = scope.kind_of_all(Kind::Events).is_ok();
        let beside = Beside { token: true, triggers: events, dead_letters };
        Documents::new(&listed, |plugins| document(plugins, beside))
    }

    /// The calls of a connection.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn queue(&self, connection: &str) -> Result<&Queue, Problem> {
        self.queues.get(connection).ok_or_else(|| Problem::unknown_connection(connection))
    }

    /// What the plugin of a connection tells of by itself; addresses begin with that of this server, and of services
    /// that were told these are `kept`.
    ///
    /// # Errors
    /// If there is no connection of that name.
    pub fn triggers(&self, connection: &str, server: &str, kept: &[Kept]) -> Result<Value, Problem> {
        let described = self.queue(connection)?.connected().runner().translated();
        let none = Triggers::default();
        let open = self.open.as_ref().map_or(&none, |open| &open.triggers);
        let shown: Vec<_> = described.triggers.iter().map(|it| open.shown(connection, it, server, kept)).collect();
        Ok(json!({ "triggers": shown }))
    }

    /// The names of the connections that a scope has, and which plugin has which of them.
    pub fn connections(&self, scope: &Scope) -> Value {
        let (mut names, mut plugins) = (Vec::new(), Vec::new());
        for plugin in self.queues.plugins() {
            let connections = scope.connections_of(&plugin);
            let Description { name, title, version, .. } = plugin.description;
            if !connections.is_empty() {
                plugins.push(json!({ "name": name, "title": title, "version": version, "connections": connections }));
            }
            names.extend(connections);
        }
        names.sort_unstable();
        json!({ "connections": names, "plugins": plugins })
    }
}
