//! Connections from Restate, in HTTP/2.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Span, debug, info, warn};

use super::served::Served;
use crate::signals::Signals;
use crate::trace;
use crate::web::listen;
use crate::web::live::Live;

/// How long Restate may take to receive what it was sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer's body, whose making is the invocation: what goes on in it belongs to the invocation's span.
struct Traced<B> {
    body: B,
    span: Span,
}

impl<B: Body + Unpin> Body for Traced<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let Self { body, span } = self.get_mut();
        let _entered = span.enter();
        Pin::new(body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

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
        let service = service_fn(move |request: Request<Incoming>| {
            let span = trace::invocation(request.uri().path(), request.headers());
            let answer = current.get().endpoint.call(request);
            async move { answer.await.map(|response| response.map(|body| Traced { body, span })) }
        });
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
