//! `listen`: what a plugin tells of by itself, for a person or a script.
//!
//! Polls and webhooks put events into the [`store`](crate::events::store), and from there they go to
//! standard output. An event leaves the store when its line is written.

mod args;
mod input;
mod output;
mod receive;

use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::description::Delivery;
use plugin_host_core::error::Retry;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::exit::INTERRUPTED;
use super::failure::Failure;
use super::terminal::say;
use crate::events::confirm::Confirmer;
use crate::events::error::TriggerError;
use crate::events::patience::Patience;
use crate::events::poller::Poller;
use crate::events::store::{Source, Store};
use crate::events::subscriber;
use crate::signals::Signals;
use crate::web::metrics::Metrics;
use crate::web::operator::{self, Boxed};
pub use args::ListenArgs;
use input::Listened;
use receive::Receiver;

/// How many calls of the plugin are under way at once.
const CALLS: usize = 8;

/// How long it is tried to make sure of an event.
const PATIENCE: Patience = Patience { total: Duration::from_secs(3 * 86_400) };

/// Prints events until it is asked to end, or with `--once` until there are no more.
///
/// # Errors
/// If it can't begin; later, only if events can't be kept or printed.
pub fn run(
    args: &ListenArgs,
    json: bool,
    connected: Connected,
    backoff: Backoff,
    metrics: Metrics,
) -> Result<(), Failure> {
    let triggers = args.triggers(&connected)?;
    let listened = input::listened(&args.input, &triggers, json)?;
    let start = args.start().map_err(Failure::Usage)?;
    let path = args.state(&connected).map_err(Failure::Usage)?;
    let store = Store::open(&path).map_err(Failure::Usage)?;
    let queue = Queue::new(connected, Slots::new(CALLS), None, backoff);
    let pollers = listened.iter().filter(|it| it.trigger.delivery == Delivery::Poll).map(|it| Poller {
        queue: queue.clone(),
        trigger: it.trigger.name.clone(),
        input: it.input.clone(),
        start,
        every: args.every,
    });
    let (pollers, confirmer) = (pollers.collect(), confirmer(&queue, store.clone()));
    let listener = Listener { store: store.clone(), pollers, confirmer };
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let stop = CancellationToken::new();
        tokio::spawn(end_at_signals(Signals::new().map_err(Failure::Usage)?, stop.clone()));
        let operated = Operated { queue: queue.clone(), store: store.clone(), stop: stop.clone(), metrics };
        if args.unsubscribe {
            return unsubscribe(&listened, &queue, &store, stop).await;
        }
        args.operator.serve(Arc::new(operated), CancellationToken::new()).await.map_err(Failure::Usage)?;
        if args.once {
            return listener.once(stop).await;
        }
        let hooks = listened.into_iter().filter(|it| it.trigger.delivery == Delivery::Webhook).collect();
        let receiver = match args.listen {
            Some(listen) => Some(receive::begin(args, listen, hooks, queue, store).await?),
            None => None,
        };
        listener.listen(receiver, stop).await
    });
    // A line that nobody reads holds its thread.
    runtime.shutdown_background();
    outcome
}

/// Has the service stop sending what it was told to send here.
async fn unsubscribe(
    listened: &[Listened],
    queue: &Queue,
    store: &Store,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let kept = store.subscriptions_of(&queue.account().to_string()).await.map_err(TriggerError::from)?;
    for name in listened.iter().map(|it| it.trigger.name.as_str()) {
        let mut ended = 0;
        for old in kept.iter().filter(|it| it.told.source.trigger == name) {
            subscriber::end(store, queue, old, stop.clone()).await?;
            ended += 1;
        }
        let told = if ended == 0 { "was not told to send here" } else { "is told to stop" };
        say(&format!("note: {name}: the service {told}\n"));
    }
    Ok(())
}

fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| Failure::Usage(format!("can't start threads: {error}")))
}

/// Cancels `stop` at the first signal, and ends the process at the second.
async fn end_at_signals(mut signals: Signals, stop: CancellationToken) {
    signals.next().await;
    stop.cancel();
    signals.next().await;
    std::process::exit(INTERRUPTED.into());
}

fn confirmer(queue: &Queue, store: Store) -> Confirmer {
    let queue = queue.clone();
    let of_account = move |source: &Source| source.through(&queue).cloned();
    Confirmer::new(store, PATIENCE, Arc::new(of_account), Arc::new(|_, _| {}))
}

/// What operators ask.
struct Operated {
    queue: Queue,
    store: Store,
    stop: CancellationToken,
    metrics: Metrics,
}

impl operator::Operated for Operated {
    fn counts(&self) -> Boxed<'_, String> {
        Box::pin(async {
            if let Ok(depth) = self.store.depth().await {
                self.metrics.kept(depth.counts(), depth.ages());
            }
            self.metrics.text(std::iter::once(&self.queue), self.queue.under_way(), 0)
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), String>> {
        Box::pin(async {
            if self.stop.is_cancelled() {
                return Err("The command is about to end.".to_owned());
            }
            self.store.writable().await.map_err(|why| why.to_string())
        })
    }
}

/// What brings events to standard output.
struct Listener {
    store: Store,
    pollers: Vec<Poller>,
    confirmer: Confirmer,
}

impl Listener {
    /// Asks once, and prints what there is.
    async fn once(self, stop: CancellationToken) -> Result<(), Failure> {
        let mut first = None;
        for poller in &self.pollers {
            if let Err(error) = poller.catch_up(&self.store, stop.clone()).await {
                first = first.or(Some(error));
            }
        }
        self.confirmer.pass(stop.clone()).await.map_err(|error| Failure::Usage(error.to_string()))?;
        output::print_due(&self.store, &stop).await?;
        match first {
            Some(error) if !stop.is_cancelled() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Asks from time to time, receives, and prints, until it is told to stop.
    async fn listen(self, receiver: Option<Receiver>, stop: CancellationToken) -> Result<(), Failure> {
        let Self { store, pollers, confirmer } = self;
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let stop = stop.clone();
            async move {
                confirmer.run(stop).await;
                Ok(())
            }
        });
        if let Some(receiver) = receiver {
            let stop = stop.clone();
            tasks.spawn(async move {
                receiver.serve(stop).await;
                Ok(())
            });
        }
        for poller in pollers {
            let (store, stop) = (store.clone(), stop.clone());
            tasks.spawn(async move { ask(poller, &store, stop).await });
        }
        let mut printed = tokio::spawn({
            let (store, stop) = (store.clone(), stop.clone());
            async move { output::print_all(&store, &stop).await }
        });
        let outcome = loop {
            tokio::select! {
                biased;
                printed = &mut printed => break printed.unwrap_or(Ok(())),
                Some(ended) = tasks.join_next() => if let Ok(Err(failure)) = ended { break Err(failure) },
            }
        };
        stop.cancel();
        // An answer that is there is taken in; nothing is lost if it is not.
        let _ =
            tokio::time::timeout(Duration::from_secs(2), async { while tasks.join_next().await.is_some() {} }).await;
        outcome
    }
}

/// Asks a trigger until it is told to stop. Whoever begins hears of what will not mend by itself.
async fn ask(poller: Poller, store: &Store, stop: CancellationToken) -> Result<(), Failure> {
    let wait = match poller.catch_up(store, stop.clone()).await {
        Ok(_) => {
            let seconds = poller.every.as_secs_f64();
            say(&format!("note: {} is asked for events every {seconds} s\n", poller.trigger));
            poller.every
        }
        Err(TriggerError::Action(error)) if error.retry == Retry::Never && !stop.is_cancelled() => {
            return Err(error.into());
        }
        Err(error) => error.wait(1),
    };
    poller.go_on(store, stop, wait).await;
    Ok(())
}

impl From<TriggerError> for Failure {
    fn from(error: TriggerError) -> Self {
        match error {
            TriggerError::Action(error) => Self::Action(error),
            TriggerError::Store(error) => Self::Usage(error.to_string()),
        }
    }
}
