//! The plugins' actions as virtual objects of Restate, a durable workflow engine: one for each plugin.
//!
//! Restate keeps what is asked for and what became of it, sends one call at a time on a subject, in
//! the order in which they came, and repeats what failed. This face turns the contract's errors into
//! its rules, and can run as often as one likes behind one cluster.

mod discovery;
mod failure;
mod input;
mod key;
mod object;
mod served;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use plugin_host_core::Queues;
use plugin_host_core::queue::Rate;
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::signals::Signals;
use crate::web::args;
use crate::web::listen;
use crate::web::live::Live;
use crate::web::metrics::Metrics;
use crate::web::operator::{self, Boxed, OperatorArgs};
use crate::web::reload::{self, Open};
use served::Served;

/// Serve the actions as Restate virtual objects, one for each plugin and called as it is.
///
/// Register the address with Restate: restate deployments register http://HOST:9080. An object's key
/// is the connection's name, a colon and the input field that the action changes, such as
/// berlin:100000; the connection from the environment is named default. Any number of replicas can
/// stand behind the registered address.
///
/// At SIGHUP bundles and connections are read again: new calls get what is there then. Restate learns of
/// plugins, actions and schemas that are new when the deployment is registered again, with --force.
#[derive(Debug, Clone, Args)]
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
    /// What operators are told.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// Serves until the process is told to end (SIGTERM, Ctrl-C). Then it takes no more calls, sends
/// those back that wait, and gives those under way the time to be recorded. Tells how many were cut
/// off.
///
/// # Errors
/// If it can't begin to.
pub fn serve(
    args: &RestateArgs,
    connected: Vec<Connected>,
    open: Open,
    metrics: Metrics,
    audit: Audit,
) -> Result<usize, String> {
    if !args.listen.ip().is_loopback() && args.identity_keys.is_empty() {
        return Err(format!(
            "other machines can reach {}, so calls have to be signed: give --identity-key KEY, the line publickeyv1_… of the Restate that calls, or listen on 127.0.0.1",
            args.listen
        ));
    }
    // It is Restate that repeats.
    let queues = Queues::new(connected, args.in_flight.into(), args.rate, &Backoff::default());
    let stop = CancellationToken::new();
    let served = Arc::new(Live::new(Served::new(queues, &args.identity_keys, &stop, &metrics, &audit)?));
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("can't start threads: {error}"))?;
    let drain = args::drain(args.drain, Duration::ZERO);
    let cut_off = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listener = listen::bind(args.listen).await?;
        let (reloaded, keys, ending) = (served.clone(), args.identity_keys.clone(), stop.clone());
        let operated =
            Operated { served: served.clone(), stop: stop.clone(), metrics: metrics.clone(), audit: audit.clone() };
        args.operator.serve(Arc::new(operated), CancellationToken::new()).await?;
        let (counted, audited) = (metrics.clone(), audit.clone());
        reload::at_hangup(open, metrics, audit, move |connected| {
            let queues = reloaded.get().queues.followed_by(connected);
            reloaded.set(Served::new(queues, &keys, &ending, &counted, &audited)?);
            Ok(())
        })?;
        let rested = served.clone();
        reload::release_idle(move |unused| rested.get().queues.release_idle(unused));
        let address = listener.local_addr().unwrap_or(args.listen);
        println!("{} on http://{address} with the connections {}", served.get().objects(), served.get().names());
        Ok::<_, String>(server::serve(listener, served, stop, drain, &mut signals).await)
    });
    // Calls that were cut off hold their threads for a while yet.
    runtime.shutdown_background();
    cut_off
}

/// What operators ask a replica.
struct Operated {
    served: Arc<Live<Served>>,
    stop: CancellationToken,
    metrics: Metrics,
    audit: Audit,
}

impl operator::Operated for Operated {
    fn counts(&self) -> Boxed<'_, String> {
        Box::pin(async {
            let served = self.served.get();
            // What waits, waits in Restate.
            self.metrics.text(served.queues.iter(), served.queues.under_way(), 0)
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), String>> {
        Box::pin(async {
            match self.stop.is_cancelled() {
                true => Err("This replica is about to end and takes no new calls.".to_owned()),
                false => self.audit.ready().map_err(|why| why.to_string()),
            }
        })
    }
}
