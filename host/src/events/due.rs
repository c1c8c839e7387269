//! The loop in which events are taken out of the store, for making sure of them and for handing them on.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::error;

use super::store::{Queued, Source, Stage, Store};

/// Is told what became of an event: the word for it, as metrics have it.
pub type Counted = Arc<dyn Fn(&Source, &str) + Send + Sync>;

/// Which events are taken, and how.
pub struct Due {
    /// What is next for them.
    pub stage: Stage,
    /// So many of an account at once.
    pub of_account: u32,
    /// How long it waits while the file can't be read.
    pub pause: Duration,
    /// What the log says then.
    pub told: &'static str,
}

impl Due {
    /// Has each event handled in a task of its own until it is told to stop, and ends when those under way
    /// have ended.
    pub async fn each<F>(self, store: &Store, stop: CancellationToken, handle: impl Fn(Queued) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let under_way = TaskTracker::new();
        loop {
            let due = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                due = store.next(self.stage, self.of_account) => due,
            };
            match due {
                Ok(due) => due.into_iter().for_each(|queued| drop(under_way.spawn(handle(queued)))),
                Err(why) => {
                    error!("{}: {why}", self.told);
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = sleep(self.pause) => {}
                    }
                }
            }
        }
        under_way.close();
        under_way.wait().await;
    }
}
