//! Connections from clients that may be slow, silent, or too many.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::unread_body;

/// How long a connection above the limit may last: long enough for one refusal.
const OVER_LIMIT_TIME: Duration = Duration::from_secs(5);
/// How many connections above the limit are answered at once.
const MOST_OVER_LIMIT: usize = 64;
/// How long connections may take to close when the server ends.
const CLOSE: Duration = Duration::from_secs(1);

/// What clients may do.
#[derive(Debug, Clone, Copy)]
pub struct Clients {
    /// How many may be connected at once.
    pub at_once: usize,
    /// How long one may take for the head of its next request, or to take what it was sent.
    pub patience: Duration,
}

/// Stands in the extensions of requests on connections above the limit. They are to be refused, so
/// that who calls too much is told so instead of being kept waiting.
#[derive(Debug, Clone, Copy)]
pub struct OverLimit;

/// Binds an address.
///
/// # Errors
/// If it can't be bound; the text says why.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("can't listen on {address}: {error}"))
}

/// Serves HTTP/1.1 until it is told to stop. Then it takes no more connections, and lets those that
/// are there send the answer they are at.
pub async fn serve(listener: TcpListener, app: Router, clients: Clients, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(clients.at_once.clamp(1, Semaphore::MAX_PERMITS)));
    let over_limit = Arc::new(Semaphore::new(MOST_OVER_LIMIT));
    let app = app.layer(from_fn(unread_body::close_connection));
    let over_limit_app = app.clone().layer(Extension(OverLimit));
    let graceful = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            stream = accept(&listener, clients.patience) => stream,
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(clients.patience);
        if let Ok(place) = places.clone().try_acquire_owned() {
            let service = TowerToHyperService::new(app.clone());
            let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move {
                ended(connection.await);
                drop(place);
            });
            continue;
        }
        let place = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            place = over_limit.clone().acquire_owned() => place,
        };
        let service = TowerToHyperService::new(over_limit_app.clone());
        let connection = graceful.watch(http.keep_alive(false).serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Ok(end) = timeout(OVER_LIMIT_TIME, connection).await {
                ended(end);
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(CLOSE, graceful.shutdown()).await.is_err() {
        debug!("some connections did not close in time");
    }
}

/// The next connection. One whose client takes nothing any more is broken after that time.
pub async fn accept(listener: &TcpListener, patience: Duration) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without them it works as well, only slower and for longer.
                let _ = stream.set_nodelay(true);
                let _ = give_up_after(&stream, patience);
                return stream;
            }
            // The client was gone before it was its turn.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                // Out of file descriptors, most likely: connections that end give some back.
                warn!(%error, "can't take a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Breaks a connection whose client takes nothing any more: hyper has a deadline for what is read
/// and none for what is written.
#[cfg(target_os = "linux")]
fn give_up_after(stream: &TcpStream, time: Duration) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(time))
}

/// Other systems break such connections in their own time.
#[cfg(not(target_os = "linux"))]
fn give_up_after(_: &TcpStream, _: Duration) -> io::Result<()> {
    Ok(())
}

fn ended(end: Result<(), hyper::Error>) {
    if let Err(error) = end {
        debug!(%error, "a connection broke");
    }
}
