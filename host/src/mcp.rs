//! `plugin-host mcp`: the actions as tools of an MCP server, for agents.
//!
//! One way in: [`stdio`] or [`http`] (how messages come) → [`message`] (what they are) → [`server`]
//! (what they ask for) → [`tools`] (the actions as tools, and arguments as inputs) →
//! [`Queue`](plugin_host_core::Queue).

mod cancel;
mod http;
mod lines;
mod message;
mod server;
mod stdio;
mod tools;

use std::net::SocketAddr;

use clap::Args;
use plugin_host_core::retry::Backoff;
use plugin_host_core::{Connection, Runner, queue};
use tokio::runtime::{Builder, Runtime};

use crate::web::args::{ClientArgs, LoadArgs};
use crate::web::server::HttpServer;
use server::Server;

/// Serve the actions as tools of an MCP server, for agents.
///
/// Speaks on standard input and output, as clients expect of a server that they start themselves;
/// or, with --listen, streamable HTTP. If there are several connections, the tools have an argument
/// connection. Failed calls are not repeated unless --retries says so: the agent may repeat them.
#[derive(Debug, Clone, Args)]
pub struct McpArgs {
    /// Serve streamable HTTP at /mcp of this address instead. Other addresses than those of this
    /// machine alone need tokens.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    clients: ClientArgs,
    #[command(flatten)]
    load: LoadArgs,
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
    runner: &Runner,
    connections: Vec<(String, Connection)>,
    backoff: &Backoff,
) -> Result<usize, String> {
    let queues = queue::queues(runner, connections, args.load.in_flight.into(), args.load.rate, backoff);
    let (admission, threads) = (args.load.admission(queues.values()), queue::threads(queues.values()));
    let server = Server::new(runner.translated(), queues, admission)?;
    let (largest, drain) = (args.largest_message as usize, args.load.drain());
    let runtime = runtime(threads)?;
    let ended = match args.listen {
        Some(listen) => {
            let server_on_http = on_http(args, listen, server.clone(), &runner.description().title)?;
            runtime.block_on(server_on_http.serve(server.admission(), drain))
        }
        None if args.clients.token_file.is_some() => Err("--token-file is for --listen ADDRESS:PORT".to_owned()),
        None => runtime.block_on(stdio::serve(server, largest, drain)),
    };
    // Calls that were cut off hold their threads for a while yet, as does standard input.
    runtime.shutdown_background();
    ended
}

fn on_http<'a>(args: &McpArgs, listen: SocketAddr, server: Server, title: &'a str) -> Result<HttpServer<'a>, String> {
    let state = http::ServerState {
        guard: args.clients.guard(listen)?,
        server,
        patience: args.clients.patience(),
        largest: args.largest_message as usize,
    };
    Ok(HttpServer { listen, title, path: http::PATH, app: http::router(state), clients: args.clients.clients() })
}

/// A runtime whose tasks begin in the order in which they were spawned, because it has one thread
/// for them all: each message becomes a task, and calls on one subject keep the order in which
/// their messages came. Attempts have threads of their own, as have standard input and output.
fn runtime(threads: usize) -> Result<Runtime, String> {
    Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(threads + 4)
        .build()
        .map_err(|error| format!("can't start threads: {error}"))
}
