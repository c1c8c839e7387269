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
mod server;

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use plugin_host_core::connection::Connection;
use plugin_host_core::queue::{self, Rate};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Runner;
use restate_sdk::endpoint::Endpoint;
use restate_sdk::hyper::HyperEndpoint;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::signals::Signals;
use crate::web::{args, listen};
use object::Object;

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
    /// each of several. Other addresses than those of this machine alone need one.
    #[arg(long = "identity-key", value_name = "KEY", env = "RESTATE_IDENTITY_KEY", value_delimiter = ',')]
    identity_keys: Vec<String>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    in_flight: u16,
    /// How often this replica may ask each connection's service: 10/s, 90/m or 1000/h.
    #[arg(long, value_name = "RATE")]
    rate: Option<Rate>,
    /// How long calls under way may take to end and to be recorded when this replica is asked to end;
    /// another signal ends it at once. If not given: as long as any call can take, 65. What supervises
    /// it has to wait longer than that.
    #[arg(long, value_name = "SECONDS")]
    drain: Option<u64>,
}

/// Serves until the process is told to end (SIGTERM, Ctrl-C). Then it takes no more calls, sends
/// those back that wait, and gives those under way the time to be recorded. Tells how many were cut
/// off.
///
/// # Errors
/// If it can't begin to.
pub fn serve(args: &RestateArgs, runner: &Runner, connections: Vec<(String, Connection)>) -> Result<usize, String> {
    if let Some((name, _)) = connections.iter().find(|(name, _)| name.contains(key::SEPARATOR)) {
        return Err(format!("the connection {name:?} can't be in an object's key: name it without a colon"));
    }
    if !args.listen.ip().is_loopback() && args.identity_keys.is_empty() {
        return Err(format!(
            "other machines can reach {}, so calls have to be signed: give --identity-key KEY, the line publickeyv1_… of the Restate that calls, or listen on 127.0.0.1",
            args.listen
        ));
    }
    let in_flight = usize::from(args.in_flight);
    let names: Vec<_> = connections.iter().map(|(name, _)| name.clone()).collect();
    // It is Restate that repeats.
    let queues = queue::queues(runner, connections, in_flight, args.rate, &Backoff::default());
    let threads = queue::threads(queues.values());
    let stop = CancellationToken::new();
    let description = runner.description();
    let mut endpoint = Endpoint::builder().bind(Object::new(description, queues.clone(), stop.clone())?);
    for key in &args.identity_keys {
        let refusal = |error| format!("--identity-key {key}: {error}. It is the line that begins with publickeyv1_");
        endpoint = endpoint.identity_key(key).map_err(refusal)?;
    }
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(threads + 1).build();
    let runtime = runtime.map_err(|error| format!("can't start threads: {error}"))?;
    let drain = args::drain(args.drain, Duration::ZERO);
    let cut_off = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listener = listen::bind(args.listen).await?;
        let address = listener.local_addr().unwrap_or(args.listen);
        let (plugin, names) = (&description.name, names.join(", "));
        println!("Restate object {plugin} on http://{address} with the connections {names}");
        let (endpoint, queue) = (HyperEndpoint::new(endpoint.build()), queues.values().next());
        Ok::<_, String>(server::serve(listener, endpoint, queue, stop, drain, &mut signals).await)
    });
    // Calls that were cut off hold their threads for a while yet.
    runtime.shutdown_background();
    cut_off
}
