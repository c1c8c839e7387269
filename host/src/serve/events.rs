//! The events of a server: what is told, kept, made sure of, asked for and handed on.

use std::path::PathBuf;
use std::sync::Arc;

use plugin_host_core::Queues;
use plugin_host_core::description::Delivery;
use plugin_host_core::http::{Client, Rule};
use plugin_host_core::json;
use plugin_host_core::trigger::Event;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::calls::Calls;
use super::triggers::args::EventArgs;
use super::triggers::{Calling, Route, Triggers};
use crate::events::addresses::AddressKey;
use crate::events::confirm::Confirmer;
use crate::events::deliver::Deliverer;
use crate::events::patience::Patience;
use crate::events::poller::Poller;
use crate::events::store::{Source, Store, StoreError};

/// Makes the client by which events are sent: it reaches these origins though they be private, by the
/// proxies and with the certificates that are there now.
pub type NewClient = Arc<dyn Fn(Vec<Rule>) -> Result<Client, String> + Send + Sync>;

/// What a server needs for events.
pub struct Events {
    store: Store,
    key: AddressKey,
    args: EventArgs,
    in_flight: usize,
    new_client: NewClient,
}

/// The triggers that are open now, and by what their events are sent.
pub struct Open {
    /// The triggers.
    pub triggers: Triggers,
    /// Sends their events.
    pub client: Client,
}

impl Events {
    /// Opens the file of events, if any trigger is to be open. `in_flight` calls may ask services at once.
    ///
    /// # Errors
    /// With one line on what is wrong with the file.
    pub fn begin(
        args: &EventArgs,
        file: PathBuf,
        in_flight: usize,
        new_client: NewClient,
    ) -> Result<Option<Self>, String> {
        if args.triggers.is_none() && args.deliver.is_none() {
            return Ok(None);
        }
        let store = Store::open(&file)?;
        let key = AddressKey::new(store.key().map_err(|error| error.to_string())?);
        Ok(Some(Self { store, key, args: args.clone(), in_flight, new_client }))
    }

    /// What is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The triggers of these connections that are to be open, as files and variables say it now.
    ///
    /// # Errors
    /// With everything that is wrong with them, a line each.
    pub fn open(&self, queues: &Queues) -> Result<Open, String> {
        let plan = self.args.plan(&|name| std::env::var(name).ok())?;
        let calling =
            Calling { receiving: queues.beside(self.args.webhooks.into()), asking: queues.beside(self.in_flight) };
        let triggers = Triggers::new(plan, &calling, &self.key)?;
        // The operator has named them.
        let reached = triggers.receivers().map(|receiver| Rule::Exact(receiver.origin().clone())).collect();
        Ok(Open { client: (self.new_client)(reached)?, triggers })
    }

    /// Puts events on the disk, and tells how many are new.
    ///
    /// # Errors
    /// If they can't be put there.
    pub async fn take_in(&self, route: &Route, events: Vec<Event>) -> Result<usize, StoreError> {
        let source = Source::of(&route.asking, &route.trigger);
        self.store.take_in(&source, events, route.confirms, None).await
    }
}

/// Makes sure of events, asks for them and hands them on, until the server ends.
pub fn run(calls: &Arc<Calls>) {
    let Some(events) = calls.events() else { return };
    let patience = Patience { total: events.args.deliver_for };
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
    let store = events.store.clone();
    let confirmer = Confirmer::new(store.clone(), patience, accounts, counted.clone());
    let deliverer = Deliverer::new(store, patience, receivers, counted);
    let admission = &calls.admission;
    admission.background(|stop| confirmer.run(stop));
    admission.background(|stop| deliverer.run(stop));
    admission.background(|stop| poll(calls.clone(), stop));
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

fn poller(route: &Route) -> Poller {
    Poller {
        queue: route.asking.clone(),
        trigger: route.trigger.clone(),
        input: json::object(route.input.get().as_bytes()).unwrap_or_default(),
        start: route.start,
        every: route.every,
    }
}

/// Tells the operator what is open, without an address.
pub fn tell(open: &Open) {
    for route in open.triggers.iter() {
        let [_, connection, trigger] = route.labels();
        let (delivery, receiver) = (route.delivery.as_str(), route.receiver.origin().to_string());
        info!(connection, trigger, delivery, receiver, signed = route.receiver.is_signed(), "open");
    }
}
