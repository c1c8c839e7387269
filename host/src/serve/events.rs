//! The events of a server: which triggers are open, and where what they tell of is kept.

use std::path::PathBuf;
use std::sync::Arc;

use plugin_host_core::Queues;
use plugin_host_core::description::Delivery;
use plugin_host_core::http::{Client, Rule};
use plugin_host_core::trace::Traceparent;
use plugin_host_core::trigger::Event;
use tracing::{debug, info, warn};

use super::triggers::args::EventArgs;
use super::triggers::{Calling, Route, Triggers};
use crate::events::addresses::AddressKey;
use crate::events::patience::Patience;
use crate::events::store::{Source, Store, StoreError};

/// Makes the client by which events are sent: it reaches these origins though they be private, by the
/// proxies and with the certificates that are there now.
pub type NewClient = Arc<dyn Fn(Vec<Rule>) -> Result<Client, String> + Send + Sync>;

/// How events are sent.
pub struct Sending {
    /// By what.
    pub new_client: NewClient,
    /// Gives the header `traceparent`; none for no header.
    pub traceparent: Option<Traceparent>,
}

/// What a server needs for events.
pub struct Events {
    store: Store,
    key: AddressKey,
    args: EventArgs,
    in_flight: usize,
    sending: Sending,
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
    pub fn begin(args: &EventArgs, file: PathBuf, in_flight: usize, sending: Sending) -> Result<Option<Self>, String> {
        if args.triggers.is_none() && args.deliver.is_none() {
            return Ok(None);
        }
        let store = Store::open(&file)?;
        let key = AddressKey::new(store.key().map_err(|error| error.to_string())?);
        Ok(Some(Self { store, key, args: args.clone(), in_flight, sending }))
    }

    /// What is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What gives the header by which receivers know the trace of an event.
    pub fn traceparent(&self) -> Option<Traceparent> {
        self.sending.traceparent
    }

    /// How long an event is tried to be made sure of and to be handed on.
    pub fn patience(&self) -> Patience {
        Patience { total: self.args.deliver_for }
    }

    /// The triggers of these connections that are to be open, as files and variables say it now.
    ///
    /// # Errors
    /// With everything that is wrong with them, a line each.
    pub fn open(&self, queues: &Queues) -> Result<Open, String> {
        let plan = self.args.plan(&|name| std::env::var(name).ok())?;
        let calling =
            Calling { receiving: queues.beside(self.args.webhooks.into()), asking: queues.beside(self.in_flight) };
        let triggers = Triggers::new(plan, &calling, &self.key, self.args.public_url.as_deref())?;
        // The operator has named them.
        let reached = triggers.receivers().map(|receiver| Rule::Exact(receiver.origin().clone())).collect();
        Ok(Open { client: (self.sending.new_client)(reached)?, triggers })
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

/// Tells the operator what is open, without an address.
pub fn tell(open: &Open) {
    for route in open.triggers.iter() {
        let [_, connection, trigger] = route.labels();
        let (delivery, receiver) = (route.delivery.as_str(), route.receiver.origin().to_string());
        debug!(connection, trigger, delivery, receiver, signed = route.receiver.is_signed(), "open");
        if route.place.is_none() && route.can_be_subscribed() {
            let how = "name it in the file of --triggers, and with --public-url where services reach this server";
            warn!(connection, trigger, "its service is not told where to send, though there is a call for that: {how}");
        }
    }
    let of = |delivery| open.triggers.iter().filter(|route| route.delivery == delivery).count();
    info!(webhooks = of(Delivery::Webhook), polls = of(Delivery::Poll), "triggers are open");
}
