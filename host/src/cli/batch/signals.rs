//! Ctrl-C and SIGTERM: the first one asks, the second one means it.

use tokio_util::sync::CancellationToken;

use super::INTERRUPTED;
use crate::cli::terminal::say;

/// Cancels `stop` at the first signal, and ends the process at the second. What the journal has is
/// on the disk by then.
pub async fn watch(stop: CancellationToken) {
    let Ok(mut signals) = Signals::new() else {
        // Then a signal ends the process at once, as if nobody cared.
        return;
    };
    signals.next().await;
    say("Stopping: calls under way come to their end. Once more ends it at once.\n");
    stop.cancel();
    signals.next().await;
    say("Ended at once. Rows that were under way may or may not have been changed.\n");
    std::process::exit(INTERRUPTED.into());
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
