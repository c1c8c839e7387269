//! A server from its first connection to its last.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use plugin_host_core::Queues;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::listen::{self, Clients};
use crate::signals::Signals;
use crate::web::admission::Admission;

/// What is served, and where.
pub struct HttpServer<'a> {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What it is called where it says its address.
    pub title: &'a str,
    /// Where in it callers begin.
    pub path: &'a str,
    /// What answers.
    pub app: Router,
    /// What clients may do.
    pub clients: Clients,
}

impl HttpServer<'_> {
    /// Serves until the process is asked to end, and the calls under way have ended, took longer
    /// than `drain`, or the process is asked again. Tells how many were cut off then.
    ///
    /// # Errors
    /// If it can't begin.
    pub async fn serve(self, admission: &Admission, drain: Duration) -> Result<usize, String> {
        let mut signals = Signals::new()?;
        let listener = listen::bind(self.listen).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        println!("{} on http://{address}{}", self.title, self.path);
        info!(%address, "serving");
        let stop = CancellationToken::new();
        let mut server = tokio::spawn(listen::serve(listener, self.app, self.clients, stop.clone()));
        signals.next().await;
        info!("asked to end");
        // Connections are still taken, so that probes and callers are told what is going on.
        let cut_off = drain_calls(admission, drain, &mut signals).await;
        stop.cancel();
        tokio::select! {
            _ = &mut server => {}
            () = signals.next() => {}
        }
        Ok(cut_off)
    }
}

/// What a server is called that has these queues: as its plugins are.
pub fn title(queues: &Queues) -> String {
    const SHOWN: usize = 3;
    let plugins = queues.plugins();
    let titles: Vec<_> = plugins.iter().take(SHOWN).map(|plugin| plugin.description.title.as_str()).collect();
    match plugins.len().saturating_sub(SHOWN) {
        0 => titles.join(", "),
        more => format!("{} and {more} more", titles.join(", ")),
    }
}

/// Waits for the calls under way, until their time is up or another signal comes. Tells how many
/// had not ended then.
pub async fn drain_calls(admission: &Admission, time: Duration, signals: &mut Signals) -> usize {
    info!(seconds = time.as_secs(), "waiting for the calls under way; another signal ends the process at once");
    let cut_off = tokio::select! {
        cut_off = admission.drain(time) => cut_off,
        () = signals.next() => admission.admitted(),
    };
    match cut_off {
        0 => info!("ended"),
        _ => warn!(cut_off, "ended before all calls did"),
    }
    cut_off
}
