//! What operators and their machines ask a server: how it is, whether it is to be sent calls, and what it
//! has counted.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clap::Args;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::listen::{self, Clients};
use super::metrics::{self, Metrics};

/// How long an answer to whether a server is ready counts: it takes a write to the disk, and anybody may ask.
const FRESH: Duration = Duration::from_secs(1);
/// How many may ask at once, and how long one may take to.
const CLIENTS: Clients = Clients { at_once: 64, patience: Duration::from_secs(10) };

/// What operators are told, and where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Operation")]
pub struct OperatorArgs {
    /// Where to answer /metrics, /healthz and /readyz besides, to whoever can reach it, without a token.
    /// /metrics tells the names of plugins, connections and actions, and counts; no values.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// How many connections have series of their own in /metrics. The others are counted together, as
    /// "other".
    #[arg(long, value_name = "N", default_value_t = metrics::CONNECTIONS)]
    pub metrics_connections: u16,
}

impl OperatorArgs {
    /// Counts that begin with zero.
    pub fn metrics(&self) -> Metrics {
        Metrics::new(self.metrics_connections.into())
    }

    /// Answers at the operators' own address from now on, if there is one, until the token says so. What
    /// it answers is told on standard error, as standard output is the command's.
    ///
    /// # Errors
    /// If the address can't be had.
    pub async fn serve(&self, operated: Arc<dyn Operated>, stop: CancellationToken) -> Result<(), String> {
        let Some(address) = self.metrics_listen else { return Ok(()) };
        let listener = listen::bind(address).await?;
        let address = listener.local_addr().unwrap_or(address);
        info!(%address, "answering /metrics, /healthz and /readyz");
        tokio::spawn(listen::serve(listener, router(Arc::new(Operator::new(operated))), CLIENTS, stop));
        Ok(())
    }
}

/// A future on the heap.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a server knows of itself.
pub trait Operated: Send + Sync {
    /// All counts, as Prometheus reads them.
    fn counts(&self) -> Boxed<'_, String>;

    /// Whether it is to be sent calls.
    ///
    /// # Errors
    /// Why not: a line.
    fn ready(&self) -> Boxed<'_, Result<(), String>>;
}

/// What answers operators.
pub struct Operator {
    operated: Arc<dyn Operated>,
    ready: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Operator {
    /// Of a server.
    pub fn new(operated: Arc<dyn Operated>) -> Self {
        Self { operated, ready: Mutex::default() }
    }

    async fn ready(&self) -> Result<(), String> {
        let mut last = self.ready.lock().await;
        if let Some((_, ready)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return ready.clone();
        }
        let ready = self.operated.ready().await;
        *last = Some((Instant::now(), ready.clone()));
        ready
    }
}

/// `/metrics`, `/healthz` and `/readyz`.
fn router(operator: Arc<Operator>) -> Router {
    Router::new().route("/metrics", get(all_counts)).with_state(operator.clone()).merge(probes(operator))
}

/// `/healthz` and `/readyz`, which are for everybody.
pub fn probes<S: Clone + Send + Sync + 'static>(operator: Arc<Operator>) -> Router<S> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(operator)
}

async fn all_counts(State(operator): State<Arc<Operator>>) -> Response {
    counts(&*operator.operated).await
}

/// All counts.
pub async fn counts(operated: &dyn Operated) -> Response {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], operated.counts().await).into_response()
}

async fn ready(State(operator): State<Arc<Operator>>) -> Response {
    match operator.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Asked(AtomicUsize);

    impl Operated for Asked {
        fn counts(&self) -> Boxed<'_, String> {
            Box::pin(async { "# EOF\n".to_owned() })
        }

        fn ready(&self) -> Boxed<'_, Result<(), String>> {
            let times = self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { if times == 0 { Err("the disk is full".to_owned()) } else { Ok(()) } })
        }
    }

    #[tokio::test]
    async fn however_often_it_is_asked_whether_a_server_is_ready_it_is_looked_once_in_a_while() {
        let asked = Arc::new(Asked(AtomicUsize::new(0)));
        let operator = Operator::new(asked.clone());
        for _ in 0..100 {
            assert_eq!(operator.ready().await, Err("the disk is full".to_owned()));
        }
        assert_eq!(asked.0.load(Ordering::Relaxed), 1);
    }
}
