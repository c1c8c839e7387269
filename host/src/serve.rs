//! `plugin-host serve`: the actions over HTTP.
//!
//! One way in: [`api`] (requests and answers) → [`calls`] (how many at a time, and which were made
//! before) → [`Queue`](plugin_host_core::Queue).

pub mod answers;
mod api;
mod asyncapi;
mod background;
mod calls;
mod documents;
mod events;
mod fingerprint;
mod letters;
pub mod openapi;
mod problem;
mod served;
mod shared;
pub(crate) mod triggers;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::state;
use crate::web::args::{ClientArgs, LoadArgs};
use crate::web::listen;
use crate::web::metrics::Metrics;
use crate::web::operator::OperatorArgs;
use crate::web::reload::{self, Open};
use crate::web::server::{self, HttpServer};
use answers::Answers;
use calls::Calls;
use events::Events;
pub use events::{NewClient, Sending};
use served::Served;
use shared::Api;
use tracing::info;
use triggers::args::EventArgs;

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
///
/// Events: services tell of them at addresses that GET /v1/connections/NAME/triggers lists, or are asked
/// for them, and they go on to --deliver. GET /asyncapi.json describes them, GET /v1/dead-letters lists
/// those that nobody took. Nothing is lost by kill -9: an event is handed on at least once, with the same
/// webhook-id each time.
///
/// At SIGHUP bundles, connections, triggers and tokens are read again. Calls under way come to their end as they
/// were begun; if something is wrong, all stays as it was, and the log says why.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen. Other addresses than those of this machine alone need tokens.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    clients: ClientArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    events: EventArgs,
    /// What operators are told.
    #[command(flatten)]
    pub operator: OperatorArgs,
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
    connected: Vec<Connected>,
    open: Open,
    sending: Sending,
    backoff: &Backoff,
    metrics: Metrics,
    audit: Audit,
) -> Result<usize, String> {
    let guard = args.clients.guard(args.listen)?;
    let state = args.state.clone().map_or_else(|| state::usual("serve.sqlite"), Ok)?;
    let answers = Answers::open(&state)?;
    let file = args.events.events.clone().unwrap_or_else(|| state.with_file_name("events.sqlite"));
    let events = Events::begin(&args.events, file, args.load.in_flight.into(), sending)?;
    let served = Served::new(args.load.queues(connected, backoff), guard, events.as_ref())?;
    let title = server::title(&served.queues);
    let places = [args.load.admission(&served.queues), args.events.admission(&served.queues)];
    let calls = Arc::new(Calls::new(served, answers, events, places, metrics.clone(), audit.clone()));
    let api = Arc::new(Api {
        calls: calls.clone(),
        largest_body: args.largest_body,
        largest_webhook: args.events.largest_webhook,
        patience: args.clients.patience(),
        public_url: args.events.public_url(),
    });
    let http = HttpServer {
        listen: args.listen,
        title: &title,
        path: "",
        app: api::router(api.clone(), args.events.webhook_listen.is_none()),
        clients: args.clients.clients(),
    };
    let (webhook_listen, clients) = (args.events.webhook_listen, args.clients.clients());
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let (reloaded, reloading) = (calls.clone(), args.clone());
        reload::at_hangup(open, metrics, audit, move |connected| {
            reloaded.replace(connected, reloading.clients.guard(reloading.listen)?)
        })?;
        args.operator.serve(calls.clone(), CancellationToken::new()).await?;
        background::run(&calls);
        if let Some(address) = webhook_listen {
            let (listener, clients) = (listen::bind(address).await?, clients);
            let address = listener.local_addr().unwrap_or(address);
            info!(%address, "receiving webhooks");
            let (webhooks, app) = (calls.webhooks.clone(), api::webhooks(api));
            calls.admission.background(|stop| async move {
                let ended = CancellationToken::new();
                let server = tokio::spawn(listen::serve(listener, app, clients, ended.clone()));
                stop.cancelled().await;
                // Services are told what is going on, as callers are.
                webhooks.end().await;
                ended.cancel();
                let _ = server.await;
            });
        }
        let rested = calls.clone();
        reload::release_idle(move |unused| rested.served().queues.release_idle(unused));
        http.serve(&calls.admission, args.load.drain()).await
    });
    // What writes for calls that were cut off may take a while yet.
    runtime.shutdown_background();
    ended
}

/// A runtime.
fn runtime() -> Result<Runtime, String> {
    Builder::new_multi_thread().enable_all().build().map_err(|error| format!("can't start threads: {error}"))
}
