//! Making sure of events before they are handed on, where a service's signature does not cover what matters.
//!
//! An event that is so goes on; one that is not is dropped, and told in the log. While that can't be told,
//! because the service does not answer, it is tried again.

use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::Confirmation;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, error, info, warn};

use super::due::{Counted, Due};
use super::patience::Patience;
use super::store::{Queued, Source, Stage, Store, StoreError};
use crate::state;
use crate::trace;

/// How many events of an account are looked up at once.
const OF_ACCOUNT: u32 = 4;
/// How long an event waits whose account no connection reaches, and how long all do while the file can't be
/// written.
const LATER: Duration = Duration::from_secs(60);

/// Through what an account is asked now, if any connection reaches it.
pub type Accounts = Arc<dyn Fn(&Source) -> Option<Queue> + Send + Sync>;

/// What makes sure of events. Cloning it is cheap.
#[derive(Clone)]
pub struct Confirmer {
    store: Store,
    patience: Patience,
    accounts: Accounts,
    counted: Counted,
}

impl Confirmer {
    /// Makes sure of what is in the store. `counted` is told `confirmed`, `repeated` (it has been handed on
    /// before), `refuted`, `unconfirmed` (an attempt), or `dead`.
    pub fn new(store: Store, patience: Patience, accounts: Accounts, counted: Counted) -> Self {
        Self { store, patience, accounts, counted }
    }

    /// Makes sure of events until it is told to stop. What is being looked up then is looked up by the next
    /// process.
    pub async fn run(self, stop: CancellationToken) {
        let due = Due {
            stage: Stage::Confirm,
            of_account: OF_ACCOUNT,
            pause: LATER,
            told: "events are not made sure of for now",
        };
        let store = self.store.clone();
        let handle = |queued| {
            let (this, stop) = (self.clone(), stop.clone());
            async move { this.settle(queued, stop).await }
        };
        due.each(&store, stop.clone(), handle).await;
    }

    /// Makes sure of all that can be made sure of now, one after the other.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn pass(&self, stop: CancellationToken) -> Result<(), StoreError> {
        loop {
            let due = self.store.due(Stage::Confirm, OF_ACCOUNT).await?;
            if due.is_empty() || stop.is_cancelled() {
                return Ok(());
            }
            for queued in due {
                self.noted(&queued, stop.clone()).await?;
            }
        }
    }

    /// Looks one up, and notes what became of it.
    async fn settle(&self, queued: Queued, stop: CancellationToken) {
        let seq = queued.seq;
        if let Err(why) = self.noted(&queued, stop.clone()).await {
            // It stays taken so long, or it would be asked for again and again.
            error!(number = seq, "what became of an event is not kept, and it is looked up again: {why}");
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(LATER) => {}
            }
            // That writes nothing to the disk.
            let _ = self.store.give_back(seq).await;
        }
    }

    async fn noted(&self, queued: &Queued, stop: CancellationToken) -> Result<(), StoreError> {
        let Queued { seq, source, event, attempts, trace: parent, .. } = queued;
        let Source { connection, trigger, .. } = source;
        let id = event.id.as_str();
        let Some(queue) = (self.accounts)(source) else {
            let why = "No connection reaches the account that it is from: open one again, or drop it.";
            return self.failed(queued, why, Some(LATER.as_secs())).await;
        };
        let span = trace::event("confirm", connection, trigger, attempts + 1, parent.as_deref());
        let confirmation = queue.confirm(trigger, event, stop.clone()).instrument(span.clone()).await;
        match &confirmation {
            Confirmation::Holds => trace::ended(&span, "confirmed", false),
            Confirmation::Refuted(_) => trace::ended(&span, "refuted", true),
            Confirmation::Failed(error) => trace::ended(&span, error.kind.word(), true),
        }
        drop(span);
        let counted = match confirmation {
            Confirmation::Holds if self.store.confirmed(*seq).await? => {
                info!(connection, trigger, id, "confirmed");
                "confirmed"
            }
            Confirmation::Holds => {
                debug!(connection, trigger, id, "it has been handed on before");
                "repeated"
            }
            Confirmation::Refuted(why) => {
                self.store.refuted(*seq).await?;
                warn!(connection, trigger, id, "dropped, as it is not so: {why}");
                "refuted"
            }
            Confirmation::Failed(_) if stop.is_cancelled() => return self.store.give_back(*seq).await,
            Confirmation::Failed(error) => return self.failed(queued, &error.message, error.retry_after_s).await,
        };
        (self.counted)(source, counted);
        Ok(())
    }

    async fn failed(&self, queued: &Queued, why: &str, asked_s: Option<u64>) -> Result<(), StoreError> {
        let Queued { seq, source, event, attempts, taken_in, .. } = queued;
        let Source { connection, trigger, .. } = source;
        let (id, attempt) = (event.id.as_str(), attempts + 1);
        let age = Duration::from_secs(u64::try_from(state::now() - taken_in).unwrap_or(0));
        match self.patience.wait(attempt, age, asked_s) {
            Some(wait) => {
                self.store.failed(*seq, why, wait).await?;
                let seconds = wait.as_secs();
                info!(connection, trigger, id, attempt, seconds, "not confirmed yet, and looked up again: {why}");
                (self.counted)(source, "unconfirmed");
            }
            None => {
                self.store.dead(*seq, why).await?;
                error!(
                    connection,
                    trigger,
                    id,
                    attempt,
                    number = seq,
                    "a dead letter, as it could not be confirmed: {why}"
                );
                (self.counted)(source, "dead");
            }
        }
        Ok(())
    }
}
