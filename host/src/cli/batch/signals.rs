//! Ctrl-C and SIGTERM: the first one asks, the second one means it.

use tokio_util::sync::CancellationToken;

use crate::cli::exit::INTERRUPTED;
use crate::cli::terminal::say;
use crate::signals::Signals;

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
