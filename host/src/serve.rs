//! `plugin-host serve`: the actions over HTTP.
//!
//! One way in: [`api`] (requests and answers) → [`calls`] (how many at a time, and which were made
//! before) → [`Queue`].

mod answers;
mod api;
mod calls;
mod metrics;
mod openapi;
mod problem;

use std::collections::BTreeMap;
use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::queue::{Rate, Slots};
use crate::retry::Backoff;
use crate::web::guard::Guard;
use crate::web::listen::Clients;
use crate::web::tokens::{self, Tokens};
use crate::web::{listen, signal};
use crate::{Connection, Queue, Runner};
use answers::Answers;
use api::Api;
use calls::Calls;
use metrics::Metrics;

/// Serve the actions over HTTP.
///
/// POST /v1/connections/NAME/actions/ACTION runs an action, with its input as JSON in the body;
/// GET /openapi.json tells all there is. Without --connections the connection from the environment
/// is there under the name "default". Failed calls are not repeated unless --retries says so: the
/// caller may repeat them.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen. Other addresses than those of this machine alone need tokens.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// A file with a token in each line, one of which callers have to show as bearer token. The
    /// variable PLUGIN_HOST_TOKENS may hold some as well.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How often each connection's service may be asked: 10/s, 90/m or 1000/h.
    #[arg(long, value_name = "RATE")]
    pub rate: Option<Rate>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub in_flight: u16,
    /// How many more may wait for their turn. Any further one is answered with 429.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub waiting: u16,
    /// How long a call may wait, for its turn and between repetitions.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub longest_wait: u64,
    /// How many clients may be connected at once.
    #[arg(long, value_name = "N", default_value_t = 900, value_parser = clap::value_parser!(u16).range(1..))]
    pub clients: u16,
    /// How long a client may take to send a request's head or body, or to take an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    pub patience: u64,
    /// The largest body that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = 65_536)]
    pub largest_body: usize,
    /// How long calls under way may take to end after a SIGTERM.
    #[arg(long, value_name = "SECONDS", default_value_t = 25)]
    pub drain: u64,
    /// Where to keep the answers to calls with an Idempotency-Key: an SQLite file.
    /// Without it: serve.sqlite in STATE_DIRECTORY, or in plugin-host in XDG_STATE_HOME or
    /// ~/.local/state.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Serves until it is asked to end. Tells how many calls were cut off then.
///
/// # Errors
/// If it can't begin: one line on what is wrong.
pub fn run(
    args: &ServeArgs,
    runner: &Runner,
    connections: Vec<(String, Connection)>,
    backoff: &Backoff,
) -> Result<usize, String> {
    let variable = env::var(tokens::VARIABLE).ok();
    let guard = Guard::new(Tokens::read(args.token_file.as_deref(), variable.as_deref())?, args.listen)?;
    let answers = Answers::open(&state(args)?)?;
    let names: Vec<_> = connections.iter().map(|(name, _)| name.as_str()).collect();
    let openapi = openapi::document(runner.description(), &names, guard.asks_for_token()).to_string();
    let slots = Slots::new(args.in_flight.into());
    let queue = |(name, connection): (String, Connection)| {
        let connected = runner.connect(connection).named(&name);
        (name, Queue::new(connected, slots.clone(), args.rate, backoff.clone()))
    };
    let queues: BTreeMap<_, _> = connections.into_iter().map(queue).collect();
    let capacity = usize::from(args.in_flight) + usize::from(args.waiting);
    let longest_wait = Duration::from_secs(args.longest_wait);
    let calls = Calls::new(queues, answers, Metrics::new(runner.description()), capacity, longest_wait);
    let patience = Duration::from_secs(args.patience);
    let api = Arc::new(Api { calls: Arc::new(calls), openapi, largest_body: args.largest_body, patience });
    let runtime = runtime(args)?;
    let ended = runtime.block_on(serve(args, api, guard, &runner.description().title));
    // Calls that were cut off hold their threads for a while yet.
    runtime.shutdown_background();
    ended
}

async fn serve(args: &ServeArgs, api: Arc<Api>, guard: Guard, title: &str) -> Result<usize, String> {
    let asked_to_end = signal::asked_to_end().map_err(|error| format!("can't listen for signals: {error}"))?;
    let listener = listen::bind(args.listen).await?;
    let address = listener.local_addr().unwrap_or(args.listen);
    println!("{title} on http://{address}");
    info!(%address, tokens = guard.asks_for_token(), "serving");
    let stop = CancellationToken::new();
    let calls = api.calls.clone();
    let clients = Clients { at_once: args.clients.into(), patience: api.patience };
    let server = tokio::spawn(listen::serve(listener, api::router(api, guard), clients, stop.clone()));
    asked_to_end.await;
    info!(seconds = args.drain, "asked to end: waiting for the calls under way");
    // Connections are still taken, so that probes and callers are told what is going on.
    let cut_off = calls.drain(Duration::from_secs(args.drain)).await;
    stop.cancel();
    let _ = server.await;
    match cut_off {
        0 => info!("ended"),
        _ => warn!(cut_off, "ended before all calls did"),
    }
    Ok(cut_off)
}

/// A runtime with a thread for each call under way, and some for the stored answers.
fn runtime(args: &ServeArgs) -> Result<Runtime, String> {
    Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(usize::from(args.in_flight) + 8)
        .build()
        .map_err(|error| format!("can't start threads: {error}"))
}

fn state(args: &ServeArgs) -> Result<PathBuf, String> {
    if let Some(path) = &args.state {
        return Ok(path.clone());
    }
    let folder = |name: &str| env::var_os(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let own = |folder: PathBuf| folder.join("plugin-host");
    let found = folder("STATE_DIRECTORY")
        .or_else(|| folder("XDG_STATE_HOME").map(own))
        .or_else(|| folder("HOME").map(|home| own(home.join(".local/state"))));
    let found = found.ok_or("there is no home folder to keep answers in: give --state FILE")?;
    Ok(found.join("serve.sqlite"))
}
