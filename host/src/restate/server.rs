//! Connections from Restate, in HTTP/2.

use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::served::Served;
use crate::signals::Signals;
use crate::web::listen;
use crate::web::live::Live;

/// How long Restate may take to receive what it was sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves until the process is asked to end. Then it takes no more calls, sends those back that wait
/// (with `stop`), and gives those under way the time to be recorded: as long as `drain`, or until it
/// is asked again. Tells how many were cut off then.
pub async fn serve(
    listener: TcpListener,
    served: Arc<Live<Served>>,
    stop: CancellationToken,
    drain: Duration,
    signals: &mut Signals,
) -> usize {
    let graceful = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            biased;
            () = signals.next() => break,
            stream = listen::accept(&listener, PATIENCE) => stream,
        };
        // Restate keeps its connections: what is served may have been replaced by the next request.
        let current = served.clone();
        let service = service_fn(move |request: Request<Incoming>| current.get().endpoint.call(request));
        let connection = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    info!(seconds = drain.as_secs(), "asked to end; another signal ends the process at once");
    stop.cancel();
    let under_way = || served.get().queues.under_way();
    let ended = async {
        graceful.shutdown().await;
        // Attempts that nobody waits for any more have no connection, and are to end all the same.
        while under_way() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let cut_off = tokio::select! {
        ended = timeout(drain, ended) => ended.map_or_else(|_| under_way(), |()| 0),
        () = signals.next() => under_way(),
    };
    match cut_off {
        0 => info!("ended"),
        _ => warn!(cut_off, "ended before all calls did"),
    }
    cut_off
}
