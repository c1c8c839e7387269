//! The plugin's actions as a virtual object of Restate, a durable workflow engine.
//!
//! Restate keeps what is asked for and what became of it, sends one call at a time on a subject, in
//! the order in which they came, and repeats what failed. This face turns the contract's errors into
//! its rules, and can run as often as one likes behind one cluster.

mod discovery;
mod failure;
mod input;
mod key;
mod object;

use std::net::SocketAddr;

use clap::Args;
use restate_sdk::endpoint::Endpoint;
use restate_sdk::http_server::HttpServer;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::connection::Connection;
use crate::error::LoadError;
use crate::queue::{self, Rate};
use crate::retry::Backoff;
use crate::runner::Runner;
use object::Object;

/// Threads for what is no attempt: checks of inputs, which take well under a millisecond.
const CHECKS_AT_ONCE: usize = 16;

/// Serve the actions as a Restate virtual object.
///
/// Register the address with Restate: restate deployments register http://HOST:9080. An object's key
/// is the connection's name, a colon and the input field that the action changes, such as
/// berlin:100000; the connection from the environment is named default. Any number of replicas can
/// stand behind the registered address.
#[derive(Debug, Args)]
pub struct RestateArgs {
    /// Where to listen for Restate, in HTTP/2 without TLS; port 0 is a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9080")]
    listen: SocketAddr,
    /// Take calls from the Restate that has this public key alone (publickeyv1_…); may be given for
    /// each of several.
    #[arg(long = "identity-key", value_name = "KEY", env = "RESTATE_IDENTITY_KEY", value_delimiter = ',')]
    identity_keys: Vec<String>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    in_flight: u16,
    /// How often this replica may ask each connection's service: 10/s, 90/m or 1000/h.
    #[arg(long, value_name = "RATE")]
    rate: Option<Rate>,
}

/// Serves until the process is told to end (SIGTERM, Ctrl-C). Then it takes no more calls, sends
/// those back that wait, and gives those under way the time to be recorded.
///
/// # Errors
/// If it can't begin to.
pub fn serve(args: &RestateArgs, runner: &Runner, connections: Vec<(String, Connection)>) -> Result<(), LoadError> {
    if let Some((name, _)) = connections.iter().find(|(name, _)| name.contains(key::SEPARATOR)) {
        return Err(LoadError(format!("the connection {name:?} can't be in an object's key: name it without a colon")));
    }
    let in_flight = usize::from(args.in_flight);
    let names: Vec<_> = connections.iter().map(|(name, _)| name.clone()).collect();
    // It is Restate that repeats.
    let queues = queue::queues(runner, connections, in_flight, args.rate, &Backoff::default());
    let threads = queue::threads(queues.values());
    let stop = CancellationToken::new();
    let description = runner.description();
    let mut endpoint = Endpoint::builder().bind(Object::new(description, queues, stop.clone())?);
    for key in &args.identity_keys {
        let refusal =
            |error| LoadError(format!("--identity-key {key}: {error}. It is the line that begins with publickeyv1_"));
        endpoint = endpoint.identity_key(key).map_err(refusal)?;
    }
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(threads + CHECKS_AT_ONCE).build();
    let broken = |error: std::io::Error| LoadError(format!("can't serve: {error}"));
    runtime.map_err(broken)?.block_on(async {
        let (mut terminate, mut interrupt) =
            (listen_for(SignalKind::terminate())?, listen_for(SignalKind::interrupt())?);
        let listener = TcpListener::bind(args.listen)
            .await
            .map_err(|error| LoadError(format!("can't listen on {}: {error}", args.listen)))?;
        let address = listener.local_addr().map_err(broken)?;
        if !address.ip().is_loopback() && args.identity_keys.is_empty() {
            eprintln!("warning: whoever reaches {address} can run actions: give --identity-key");
        }
        let (plugin, names) = (&description.name, names.join(", "));
        println!("Restate object {plugin} on http://{address} with the connections {names}");
        let ended = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            stop.cancel();
        };
        HttpServer::new(endpoint.build()).serve_with_cancel(listener, ended).await;
        Ok(())
    })
}

fn listen_for(kind: SignalKind) -> Result<Signal, LoadError> {
    signal(kind).map_err(|error| LoadError(format!("can't wait for signals: {error}")))
}
