//! A server from its first connection to its last.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::listen::Clients;
use super::{listen, signal};
use crate::queue::Intake;

/// What is served, and where.
pub struct Site<'a> {
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

impl Site<'_> {
    /// Serves until the process is asked to end, and the calls under way have ended or took longer
    /// than `drain`. Tells how many were cut off then.
    ///
    /// # Errors
    /// If it can't begin.
    pub async fn serve(self, intake: &Intake, drain: Duration) -> Result<usize, String> {
        let asked_to_end = signal::asked_to_end().map_err(|error| format!("can't listen for signals: {error}"))?;
        let listener = listen::bind(self.listen).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        println!("{} on http://{address}{}", self.title, self.path);
        info!(%address, "serving");
        let stop = CancellationToken::new();
        let server = tokio::spawn(listen::serve(listener, self.app, self.clients, stop.clone()));
        asked_to_end.await;
        info!("asked to end");
        // Connections are still taken, so that probes and callers are told what is going on.
        let cut_off = drained(intake, drain).await;
        stop.cancel();
        let _ = server.await;
        Ok(cut_off)
    }
}

/// Waits for the calls under way, and tells how many did not end in time.
pub async fn drained(intake: &Intake, time: Duration) -> usize {
    info!(seconds = time.as_secs(), "waiting for the calls under way");
    let cut_off = intake.drain(time).await;
    match cut_off {
        0 => info!("ended"),
        _ => warn!(cut_off, "ended before all calls did"),
    }
    cut_off
}
