//! `plugin-host serve`: the actions over HTTP.
//!
//! One way in: [`api`] (requests and answers) → [`calls`] (how many at a time, and which were made
//! before) → [`Queue`](plugin_host_core::Queue).

mod answers;
mod api;
mod calls;
mod canonical;
mod fingerprint;
mod metrics;
mod openapi;
mod problem;

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use plugin_host_core::retry::Backoff;
use plugin_host_core::{Connection, Runner, queue};
use tokio::runtime::{Builder, Runtime};

use crate::web::args::{ClientArgs, LoadArgs};
use crate::web::server::HttpServer;
use answers::Answers;
use api::Api;
use calls::Calls;
use fingerprint::ConnectionFingerprint;
use metrics::Metrics;

/// Serve the actions over HTTP.
///
/// POST /v1/connections/NAME/actions/ACTION runs an action, with its input as JSON in the body;
/// GET /openapi.json tells all there is. Without --connections the connection from the environment
/// is there under the name "default". Failed calls are not repeated unless --retries says so: the
/// caller may repeat them.
///
/// A call with an Idempotency-Key is made once: for a day its answer is given again to the same
/// caller with the same input, in whatever order and spelling its JSON is. A call that changed
/// nothing keeps no key. One that was under way when the server was killed is made again if the
/// action allows that (it only reads, or says so in its idempotency), and else told as one that may have been
/// made. A failure is not given again once the connection has another key or address.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen. Other addresses than those of this machine alone need tokens.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    clients: ClientArgs,
    #[command(flatten)]
    load: LoadArgs,
    /// The largest body that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = 65_536)]
    pub largest_body: usize,
    /// Where to keep the answers to calls with an Idempotency-Key: an SQLite file, of this server alone.
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
    let guard = args.clients.guard(args.listen)?;
    let answers = Answers::open(&state(args)?)?;
    let names: Vec<_> = connections.iter().map(|(name, _)| name.as_str()).collect();
    let description = runner.description();
    let openapi = openapi::Documents::new(runner, &names, guard.asks_for_token());
    let fingerprint =
        |(name, connection): &(String, Connection)| (name.clone(), ConnectionFingerprint::of(description, connection));
    let fingerprints = connections.iter().map(fingerprint).collect();
    let queues = queue::queues(runner, connections, args.load.in_flight.into(), args.load.rate, backoff);
    let (admission, threads) = (args.load.admission(queues.values()), queue::threads(queues.values()));
    let calls = Arc::new(Calls::new(queues, fingerprints, answers, Metrics::new(description), admission));
    let patience = args.clients.patience();
    let api = Arc::new(Api { calls: calls.clone(), openapi, largest_body: args.largest_body, patience });
    let server = HttpServer {
        listen: args.listen,
        title: &description.title,
        path: "",
        app: api::router(api, guard),
        clients: args.clients.clients(),
    };
    let runtime = runtime(threads)?;
    let ended = runtime.block_on(server.serve(&calls.admission, args.load.drain()));
    // Calls that were cut off hold their threads for a while yet.
    runtime.shutdown_background();
    ended
}

/// A runtime with a thread for each call under way, and some for the stored answers.
fn runtime(threads: usize) -> Result<Runtime, String> {
    Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(threads + 8)
        .build()
        .map_err(|error| format!("can't start threads: {error}"))
}

fn state(args: &ServeArgs) -> Result<PathBuf, String> {
    if let Some(path) = &args.state {
        return Ok(path.clone());
    }
    let folder = |name: &str| env::var_os(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    // systemd names all folders of a unit, with colons in between.
    let first = |folders: PathBuf| env::split_paths(&folders).next();
    let own = |folder: PathBuf| folder.join("plugin-host");
    let found = folder("STATE_DIRECTORY")
        .and_then(first)
        .or_else(|| folder("XDG_STATE_HOME").map(own))
        .or_else(|| folder("HOME").map(|home| own(home.join(".local/state"))));
    let found = found.ok_or("there is no home folder to keep answers in: give --state FILE")?;
    Ok(found.join("serve.sqlite"))
}
