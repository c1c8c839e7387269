//! `plugin-host mcp`: the actions as tools of an MCP server, for agents.
//!
//! One way in: [`stdio`] or [`http`] (how messages come) → [`message`] (what they are) → [`server`]
//! (what they ask for) → [`tools`] (the actions as tools, and arguments as inputs) →
//! [`Queue`](plugin_host_core::Queue).

mod cancel;
mod http;
pub(crate) mod lines;
pub(crate) mod message;
mod names;
mod offer;
mod server;
mod stdio;
mod tools;

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::web::args::{ClientArgs, LoadArgs};
use crate::web::guard::Guard;
use crate::web::live::Live;
use crate::web::metrics::Metrics;
use crate::web::operator::OperatorArgs;
use crate::web::reload::{self, Open};
use crate::web::server::{self as web, HttpServer};
pub use names::Filter;
use server::Server;
pub use tools::tools;

/// Serve the actions as tools of an MCP server, for agents.
///
/// Speaks on standard input and output, as clients expect of a server that they start themselves;
/// or, with --listen, streamable HTTP. If a plugin has several connections, its tools have an argument
/// connection. If there are several plugins, the names of tools begin with their plugin's: shop-ship_order.
/// Failed calls are not repeated unless --retries says so: the agent may repeat them.
///
/// With --listen, bundles, connections and tokens are read again at SIGHUP. Calls under way come to their
/// end as they were begun; if something is wrong, all stays as it was, and the log says why.
#[derive(Debug, Clone, Args)]
pub struct McpArgs {
    /// Serve streamable HTTP at /mcp of this address instead. Other addresses than those of this
    /// machine alone need tokens.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Offer only the tools of these names, in which * stands for any characters: shop-*; several with
    /// commas, or each with an option of its own.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    tools: Vec<String>,
    /// Offer only the tools that change nothing.
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    clients: ClientArgs,
    #[command(flatten)]
    load: LoadArgs,
    /// What operators are told.
    #[command(flatten)]
    pub operator: OperatorArgs,
    /// The largest message that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..))]
    largest_message: u32,
}

/// Serves until the client is gone, or the process is asked to end. Tells how many calls were cut
/// off then.
///
/// # Errors
/// If it can't begin: one line on what is wrong.
pub fn run(
    args: &McpArgs,
    connected: Vec<Connected>,
    open: Open,
    backoff: &Backoff,
    metrics: Metrics,
    audit: Audit,
) -> Result<usize, String> {
    let queues = args.load.queues(connected, backoff);
    let (admission, title) = (args.load.admission(&queues), web::title(&queues));
    let filter = Filter { patterns: args.tools.clone(), read_only: args.read_only };
    let server = Server::new(queues, filter, admission, metrics.clone(), audit.clone())?;
    let (largest, drain) = (args.largest_message as usize, args.load.drain());
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let rested = server.clone();
        reload::release_idle(move |unused| rested.offer().queues.release_idle(unused));
        args.operator.serve(Arc::new(server.clone()), CancellationToken::new()).await?;
        match args.listen {
            Some(listen) => {
                let guard = args.clients.guard(listen)?;
                guard.tell_doubts(&server.offer().queues);
                let guard = Arc::new(Live::new(guard));
                let http = on_http(args, listen, server.clone(), guard.clone(), &title);
                let (reloaded, clients) = (server.clone(), args.clients.clone());
                reload::at_hangup(open, metrics, audit, move |connected| {
                    let new = clients.guard(listen)?;
                    reloaded.replace(connected)?;
                    new.tell_doubts(&reloaded.offer().queues);
                    guard.set(new);
                    Ok(())
                })?;
                http.serve(server.admission(), drain).await
            }
            None => {
                if let Some(option) = args.clients.asks_for_tokens() {
                    return Err(format!("{option} is for --listen ADDRESS:PORT"));
                }
                stdio::serve(server, largest, drain).await
            }
        }
    });
    // Calls that were cut off hold their threads for a while yet, as does standard input.
    runtime.shutdown_background();
    ended
}

fn on_http<'a>(
    args: &McpArgs,
    listen: SocketAddr,
    server: Server,
    guard: Arc<Live<Guard>>,
    title: &'a str,
) -> HttpServer<'a> {
    let (patience, largest) = (args.clients.patience(), args.largest_message as usize);
    let state = http::ServerState { guard, server, patience, largest };
    HttpServer { listen, title, path: http::PATH, app: http::router(state), clients: args.clients.clients() }
}

/// A runtime whose tasks begin in the order in which they were spawned, because it has one thread
/// for them all: each message becomes a task, and calls on one subject keep the order in which
/// their messages came. Standard input and output have threads of their own.
fn runtime() -> Result<Runtime, String> {
    Builder::new_current_thread().enable_all().build().map_err(|error| format!("can't start threads: {error}"))
}
