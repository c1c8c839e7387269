//! What goes on beside calls: events are made sure of, asked for and handed on, and services told where to send them.

use std::sync::Arc;

use plugin_host_core::description::Delivery;
use plugin_host_core::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::calls::Calls;
use super::triggers::Route;
use crate::events::confirm::Confirmer;
use crate::events::deliver::Deliverer;
use crate::events::poller::Poller;
use crate::events::store::Source;
use crate::events::subscriber::{Subscriber, tell};

/// Makes sure of events, asks for them, has them sent and hands them on, until the server ends.
pub fn run(calls: &Arc<Calls>) {
    let Some(events) = calls.events() else { return };
    let patience = events.patience();
    let counted = {
        let calls = calls.clone();
        Arc::new(move |source: &Source, outcome: &str| {
            calls.metrics.events([&source.plugin, &source.connection, &source.trigger], outcome, 1);
        })
    };
    let accounts = {
        let calls = calls.clone();
        Arc::new(move |source: &Source| {
            let served = calls.served();
            let open = served.open.as_ref()?;
            let of_account = open.triggers.of_account(&source.account, &source.trigger);
            of_account.map(|route| route.asking.clone())
        })
    };
    let receivers = {
        let calls = calls.clone();
        Arc::new(move |source: &Source| {
            let served = calls.served();
            let open = served.open.as_ref()?;
            let route = open.triggers.of_account(&source.account, &source.trigger)?;
            Some((route.receiver.clone(), open.client.clone()))
        })
    };
    let store = events.store().clone();
    let confirmer = Confirmer::new(store.clone(), patience, accounts, counted.clone());
    let deliverer = Deliverer::new(store, patience, receivers, counted).traceparent(events.traceparent());
    let admission = &calls.admission;
    admission.background(|stop| confirmer.run(stop));
    admission.background(|stop| deliverer.run(stop));
    admission.background(|stop| poll(calls.clone(), stop));
    admission.background(|stop| subscribe(calls.clone(), stop));
    let webhooks = calls.webhooks.clone();
    // Those under way are waited for as calls are.
    admission.background(|stop| async move {
        stop.cancelled().await;
        webhooks.end().await;
    });
}

/// Asks for events, as it is said now, until the server ends.
async fn poll(calls: Arc<Calls>, stop: CancellationToken) {
    let Some(store) = calls.store().cloned() else { return };
    while !stop.is_cancelled() {
        let replaced = calls.replaced();
        let (round, mut pollers) = (stop.child_token(), JoinSet::new());
        let served = calls.served();
        let polls = served.open.iter().flat_map(|open| open.triggers.iter());
        for route in polls.filter(|route| route.delivery == Delivery::Poll) {
            let (store, poller, round) = (store.clone(), poller(route), round.clone());
            pollers.spawn(async move { poller.run(&store, round).await });
        }
        drop(served);
        tokio::select! {
            () = stop.cancelled() => {}
            () = replaced.cancelled() => {}
        }
        round.cancel();
        // One that still asked after the next has begun would move a cursor back.
        while let Some(ended) = pollers.join_next().await {
            if ended.is_err() {
                error!("a poll stopped in the middle: it is begun again with the next reload");
            }
        }
    }
}

/// Tells services where to send, and to stop, as it is said now, until the server ends.
async fn subscribe(calls: Arc<Calls>, stop: CancellationToken) {
    let Some(store) = calls.store().cloned() else { return };
    while !stop.is_cancelled() {
        let replaced = calls.replaced();
        let (round, served) = (stop.child_token(), calls.served());
        let subscribers = served.open.iter().flat_map(|open| open.triggers.iter()).filter_map(|it| subscriber(it));
        let subscribers = subscribers.collect();
        let through = move |source: &Source| served.queues.iter().find_map(|queue| source.through(queue)).cloned();
        // A round ends before the next begins, so nobody is told twice.
        let told = tell(store.clone(), subscribers, through, round.clone());
        let ended = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = replaced.cancelled() => {}
            }
            round.cancel();
        };
        tokio::join!(told, ended);
    }
}

fn subscriber(route: &Route) -> Option<Subscriber> {
    let place = route.place.clone()?;
    let (queue, trigger, input) = (route.asking.clone(), route.trigger.clone(), route.input.clone());
    Some(Subscriber { queue, trigger, input, place })
}

fn poller(route: &Route) -> Poller {
    Poller {
        queue: route.asking.clone(),
        trigger: route.trigger.clone(),
        input: json::object(route.input.get().as_bytes()).unwrap_or_default(),
        start: route.start,
        every: route.every,
    }
}
