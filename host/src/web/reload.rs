//! Bundles, connections and tokens as they stand in files now, at each SIGHUP.
//!
//! Everything is read and made before anything is replaced: if one part is wrong, all stays as it was,
//! and the log says why.

use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::runner::Connected;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, info};

use super::metrics::Metrics;
use crate::audit::Audit;
use crate::signals::Hangups;

/// Reads bundles and connections as they stand now. The connections have names of their own.
pub type Open = Arc<dyn Fn() -> Result<Vec<Connected>, String> + Send + Sync>;

/// How long an instance waits for the next call of its connection, before it goes.
const IDLE: Duration = Duration::from_secs(60);

/// Reads all anew at each SIGHUP, from now on, and hands it to `apply`, which replaces all or nothing. The
/// audit goes on in the file that has its name then.
///
/// # Errors
/// If the system does not let us listen for the signal.
pub fn at_hangup(
    open: Open,
    metrics: Metrics,
    audit: Audit,
    apply: impl Fn(Vec<Connected>) -> Result<(), String> + Send + Sync + 'static,
) -> Result<(), String> {
    let (mut hangups, apply) = (Hangups::new()?, Arc::new(apply));
    tokio::spawn(async move {
        loop {
            hangups.next().await;
            info!("asked to read bundles, connections and tokens again");
            if let Err(why) = audit.reopen() {
                error!("the audit goes on in the file that it had: {why}");
            }
            let (open, apply) = (open.clone(), apply.clone());
            // Files are read and modules compiled, while calls go on.
            let outcome = spawn_blocking(move || {
                let connected = open()?;
                let connections = connected.len();
                apply(connected).map(|()| connections)
            });
            match outcome.await.unwrap_or_else(|_| Err("it stopped in the middle".to_owned())) {
                Ok(connections) => {
                    metrics.reloaded(true);
                    info!(connections, "read again: new calls get what is there now");
                }
                Err(why) => {
                    metrics.reloaded(false);
                    error!("all stays as it was, because what is there now can't be used: {why}");
                }
            }
        }
    });
    Ok(())
}

/// Has instances released that no call has used for a while, for as long as the runtime lives.
pub fn release_idle(release: impl Fn(Duration) + Send + 'static) {
    tokio::spawn(async move {
        let mut every = interval(IDLE / 2);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            release(IDLE);
        }
    });
}
