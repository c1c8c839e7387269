//! What clients are offered: replaced as a whole when it is read again.

use plugin_host_core::Queues;
use plugin_host_core::queues::Listed;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig};

use super::names::Filter;
use super::tools::{self, OfferedTool};

/// What clients are told of errors, beside what the plugins say of themselves.
const ERRORS: &str = "The text of a failed call is a JSON document: message says what is wrong and what to do, \
    retry whether the same call may succeed later, and effect whether it may have changed anything.";

/// Tools, and the connections behind them.
pub struct Offer {
    /// The calls of the connections.
    pub queues: Queues,
    /// The tools, in their order.
    pub tools: Vec<OfferedTool>,
    /// What the server says of itself.
    pub config: ServerConfig,
}

impl Offer {
    /// What is offered of these queues.
    ///
    /// # Errors
    /// If an action can't be a tool, or none is left.
    pub fn new(queues: Queues, filter: &Filter) -> Result<Self, String> {
        let plugins = queues.plugins();
        let (tools, config) = (tools::tools(&plugins, filter)?, config(&plugins));
        Ok(Self { queues, tools, config })
    }

    /// The tool of a name.
    pub fn tool(&self, name: &str) -> Option<&OfferedTool> {
        self.tools.iter().find(|offered| offered.tool.name == name)
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
