//! The triggers that are open: which of them tell of events here, and where these go.

pub mod args;
pub(crate) mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::Queues;
use plugin_host_core::description::{Delivery, TriggerDescription};
use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::Start;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::events::addresses::{AddressKey, AddressSecret};
use crate::events::receiver::Receiver;
use crate::events::store::Kept;
use crate::events::subscriber::Place;
use crate::problems::Problems;
use file::{Entry, File};

/// How often a poll is made, unless the operator says otherwise.
const EVERY: Duration = Duration::from_secs(60);

/// What the operator says of triggers, as it stands in a file now.
#[derive(Debug, Default)]
pub struct Plan {
    /// The file, if there is one: what stands in it is open, and nothing else.
    file: Option<(String, File)>,
    /// Where events go of which no file says where.
    receiver: Option<Receiver>,
}

/// An open trigger of a connection.
pub struct Route {
    /// The plugin's name.
    pub plugin: String,
    /// The connection's.
    pub connection: String,
    /// The trigger's.
    pub trigger: String,
    /// Whose events they are: the account's.
    pub account: String,
    /// How the plugin comes to know of them.
    pub delivery: Delivery,
    /// What narrows it down.
    pub input: Box<RawValue>,
    /// How often a poll is made.
    pub every: Duration,
    /// From where on, the first time.
    pub start: Start,
    /// Where its events go.
    pub receiver: Arc<Receiver>,
    /// Whether its events are made sure of before they go on.
    pub confirms: bool,
    /// Where the service is told to send, if this server tells it.
    pub place: Option<Place>,
    /// By what the plugin reads webhooks, which asks nobody.
    pub receiving: Queue,
    /// By what the service is asked: for events, and whether they are so.
    pub asking: Queue,
    secret: AddressSecret,
}

impl Route {
    /// Whose it is, for counts: its plugin, its connection and itself.
    pub fn labels(&self) -> [&str; 3] {
        [&self.plugin, &self.connection, &self.trigger]
    }

    /// Whether its plugin has a call that tells the service where to send.
    pub fn can_be_subscribed(&self) -> bool {
        self.asking.connected().trigger(&self.trigger).is_ok_and(|trigger| trigger.subscribe.is_some())
    }
}

/// All open triggers.
#[derive(Default)]
pub struct Triggers {
    by_name: BTreeMap<(String, String), Arc<Route>>,
    by_account: BTreeMap<(String, String), Arc<Route>>,
}

/// The calls of triggers, apart from those of callers: each of the two has slots of its own.
pub struct Calling {
    /// What reads webhooks.
    pub receiving: Queues,
    /// What asks services.
    pub asking: Queues,
}

impl Triggers {
    /// Those that the operator opens. Services are told to send to this `server` what the file names; none where it
    /// is not known how they reach it.
    ///
    /// # Errors
    /// With everything that is wrong with the file, a line each.
    pub fn new(plan: Plan, calling: &Calling, key: &AddressKey, server: Option<&str>) -> Result<Self, String> {
        let opening = Opening { calling, key, server, usual: plan.receiver };
        match plan.file {
            Some((shown, file)) => opening.listed(&shown, file),
            None => Ok(opening.all_webhooks()),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.by_name.values()
    }

    /// The open trigger of an account, whatever the connection is called now.
    pub fn of_account(&self, account: &str, trigger: &str) -> Option<&Arc<Route>> {
        self.by_account.get(&(account.to_owned(), trigger.to_owned()))
    }

    /// The webhook trigger that has this address, whatever its connection was called when the service was
    /// told. How long that takes tells nothing of a secret.
    pub fn webhook(&self, trigger: &str, secret: &str) -> Option<Arc<Route>> {
        let of_name = self.iter().filter(|route| route.trigger == trigger && route.delivery == Delivery::Webhook);
        let found = of_name.fold(None, |found, route| if route.secret.is(secret) { Some(route) } else { found });
        found.cloned()
    }

    /// What somebody is told of a trigger of a connection: what it is, whether it is open, where the service is to
    /// send its webhooks, and whether it was told so, if there is a call for that.
    pub fn shown(&self, connection: &str, trigger: &TriggerDescription, server: &str, kept: &[Kept]) -> Value {
        let route = self.by_name.get(&(connection.to_owned(), trigger.name.clone()));
        let mut shown = json!({
            "name": trigger.name, "title": trigger.title, "description": trigger.description,
            "delivery": trigger.delivery.as_str(), "open": route.is_some(),
        });
        if !trigger.docs.is_empty() {
            shown["docs"] = json!(trigger.docs);
        }
        if let Some(route) = route {
            shown["receiver"] = json!(route.receiver.origin().to_string());
            match route.delivery {
                Delivery::Webhook => {
                    shown["address"] = json!(route.secret.address(server, connection, &trigger.name));
                    if let Some(place) = &route.place {
                        shown["subscribed"] = json!(kept.iter().any(|it| it.told.url == place.url));
                    }
                }
                _ => shown["every_s"] = json!(route.every.as_secs()),
            }
        }
        shown["sample"] = trigger.sample.clone();
        shown
    }
}

struct Opening<'a> {
    calling: &'a Calling,
    key: &'a AddressKey,
    server: Option<&'a str>,
    usual: Option<Receiver>,
}

impl Opening<'_> {
    /// Those of a file.
    fn listed(self, shown: &str, file: File) -> Result<Triggers, String> {
        let (mut triggers, mut problems) = (Triggers::default(), Problems::default());
        let usual = file.receiver.or(self.usual.clone()).map(Arc::new);
        for entry in file.triggers {
            let place = format!("{}.{}", entry.connection, entry.trigger);
            match self.route(entry, usual.as_ref()) {
                Ok(mut route) => {
                    route.place = self.place(&route);
                    let known = triggers.of_account(&route.account, &route.trigger);
                    if let Some(known) = known {
                        let why = format!(
                            "tells of the same as {}.{}: both reach one account",
                            known.connection, known.trigger
                        );
                        problems.add(&place, &why);
                    } else {
                        triggers.add(route);
                    }
                }
                Err(why) => problems.add(&place, &why),
            }
        }
        problems.none(shown).map(|()| triggers)
    }

    /// All webhooks, if it is said where their events go. Nothing is asked for unless a file says so.
    fn all_webhooks(self) -> Triggers {
        let mut triggers = Triggers::default();
        let Some(receiver) = self.usual.clone().map(Arc::new) else { return triggers };
        for queue in self.calling.asking.iter() {
            let connected = queue.connected();
            let webhooks = connected.description().triggers.iter().filter(|it| it.delivery == Delivery::Webhook);
            for trigger in webhooks {
                let entry = Entry::new(connected.name(), &trigger.name);
                triggers.add(self.route(entry, Some(&receiver)).expect("connection and trigger are there"));
            }
        }
        triggers
    }

    /// Where the service is told to send.
    fn place(&self, route: &Route) -> Option<Place> {
        let server = self.server.filter(|_| route.can_be_subscribed())?;
        Some(Place::new(self.key, server, &route.asking, &route.trigger))
    }

    fn route(&self, entry: Entry, usual: Option<&Arc<Receiver>>) -> Result<Route, String> {
        let Entry { connection, trigger, input, every, start, receiver } = entry;
        let both = self.calling.asking.get(&connection).zip(self.calling.receiving.get(&connection));
        let Some((asking, receiving)) = both else {
            let names: Vec<_> = self.calling.asking.names().collect();
            return Err(format!("is of no connection that is there: {}", names.join(", ")));
        };
        let connected = asking.connected();
        let described = connected.trigger(&trigger).map_err(|error| format!("is not there: {}", error.message))?;
        let (delivery, confirms) = (described.delivery, described.confirm.is_some());
        if delivery != Delivery::Poll && (every.is_some() || start.is_some()) {
            return Err("is told by webhook: every and start are for what is asked for".to_owned());
        }
        let own = receiver.map(Arc::new);
        let receiver = own
            .or_else(|| usual.cloned())
            .ok_or("says not where its events go: write deliver = \"ADDRESS\" into its table, or above all tables")?;
        let account = asking.account();
        Ok(Route {
            plugin: connected.description().name.clone(),
            secret: self.key.secret(account, &trigger),
            connection,
            trigger,
            account: account.to_string(),
            delivery,
            input: RawValue::from_string(input.to_string()).unwrap_or_default(),
            every: every.unwrap_or(EVERY),
            start: start.unwrap_or(Start::Now),
            receiver,
            confirms,
            place: None,
            receiving: receiving.clone(),
            asking: asking.clone(),
        })
    }
}

impl Triggers {
    fn add(&mut self, route: Route) {
        let route = Arc::new(route);
        self.by_account.entry((route.account.clone(), route.trigger.clone())).or_insert_with(|| route.clone());
        self.by_name.insert((route.connection.clone(), route.trigger.clone()), route);
    }

    /// The receivers, each once by its origin.
    pub fn receivers(&self) -> impl Iterator<Item = &Receiver> {
        let mut known = BTreeSet::new();
        self.iter().map(|route| &*route.receiver).filter(move |it| known.insert(it.origin().to_string()))
    }
}
