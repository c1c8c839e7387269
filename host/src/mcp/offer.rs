//! What clients are offered: replaced as a whole when it is read again.

use std::sync::Arc;

use plugin_host_core::Queues;
use plugin_host_core::queues::Listed;
use plugin_host_core::runner::Connected;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig};

use super::names::Filter;
use super::tools::{self, OfferedTool};
use crate::web::caller::{Caller, OutOfScope};
use crate::web::scope::Scope;
use crate::web::views::Views;

/// What clients are told of errors, beside what the plugins say of themselves.
const ERRORS: &str = "The text of a failed call is a JSON document: message says what is wrong and what to do, \
    retry whether the same call may succeed later, and effect whether it may have changed anything.";

/// Tools, and the connections behind them.
pub struct Offer {
    /// The calls of the connections.
    pub queues: Queues,
    filter: Filter,
    views: Views<View>,
}

/// What callers of one scope see.
pub struct View {
    /// The tools, in their order.
    pub tools: Vec<OfferedTool>,
    /// What the server says of itself.
    pub config: ServerConfig,
}

impl View {
    /// The tool of a name.
    pub fn tool(&self, name: &str) -> Option<&OfferedTool> {
        self.tools.iter().find(|offered| offered.tool.name == name)
    }
}

impl Offer {
    /// What is offered of these queues.
    ///
    /// # Errors
    /// If an action can't be a tool, or none is left.
    pub fn new(queues: Queues, filter: &Filter) -> Result<Self, String> {
        let plugins = queues.plugins();
        let tools = tools::tools(&plugins, filter, &Scope::default())?;
        let whole = View { tools, config: config(&plugins) };
        Ok(Self { queues, filter: filter.clone(), views: Views::new(whole) })
    }

    /// All of it.
    pub fn whole(&self) -> &View {
        self.views.whole()
    }

    /// What this caller sees.
    pub fn view(&self, caller: &Caller) -> Arc<View> {
        self.views.of(caller, |scope| {
            let plugins = self.queues.plugins();
            // It is the whole that has all faults: a part of it has no other.
            let tools = tools::tools(&plugins, &self.filter, scope).unwrap_or_default();
            let narrowed = scope.narrowed(&plugins);
            let listed: Vec<_> = narrowed.iter().map(|plugin| plugin.listed()).collect();
            View { tools, config: config(&listed) }
        })
    }

    /// Whether a caller's token is for a call of a tool, with the connection that its arguments choose. What
    /// is no tool, or chooses none where it has to, is left to the call.
    ///
    /// # Errors
    /// If it lacks something.
    pub fn may(&self, caller: &Caller, tool: &str, chosen: Option<&str>) -> Result<(), OutOfScope> {
        let Some(offered) = self.whole().tool(tool) else { return Ok(()) };
        let first = offered.connections.first().map(String::as_str);
        let described = first.and_then(|first| self.queues.get(first)).map(|queue| queue.connected().description());
        let connection = if offered.chooses { chosen } else { first };
        caller.may(|scope| {
            connection.map_or(Ok(()), |connection| scope.connection(connection))?;
            described.and_then(|it| it.action(&offered.action)).map_or(Ok(()), |action| scope.action(action))
        })
    }

    /// The connection and the action of a call of a tool, if both are there.
    pub fn named(&self, tool: &str, chosen: Option<&str>) -> Option<(&Connected, &str)> {
        let offered = self.whole().tool(tool)?;
        let connection = if offered.chooses { chosen } else { offered.connections.first().map(String::as_str) };
        let known = offered.connections.iter().find(|known| Some(known.as_str()) == connection)?;
        Some((self.queues.get(known)?.connected(), &offered.action))
    }
}

fn config(plugins: &[Listed<'_>]) -> ServerConfig {
    let (implementation, about) = match plugins {
        [Listed { translated: description, .. }] => {
            let mut implementation = Implementation::new(&description.name, &description.version)
                .with_title(&description.title)
                .with_description(&description.description);
            if let Some(homepage) = &description.homepage {
                implementation = implementation.with_website_url(homepage);
            }
            (implementation, description.description.clone())
        }
        [] => (Implementation::new("plugin-host", env!("CARGO_PKG_VERSION")), "This token is for no tools.".to_owned()),
        // Nobody reads what a hundred plugins say of themselves: the tools tell what they do.
        _ => {
            let title = |plugin: &Listed<'_>| format!("{} ({}-…)", plugin.translated.title, plugin.translated.name);
            let titles: Vec<_> = plugins.iter().map(title).collect();
            let about = format!("The tools of {}.", titles.join(", "));
            (Implementation::new("plugin-host", env!("CARGO_PKG_VERSION")).with_description(&about), about)
        }
    };
    let instructions = format!("{about} {ERRORS}");
    ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
        .with_server_info(implementation)
        .with_instructions(instructions.trim())
}
