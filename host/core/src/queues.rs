//! A server's queues, and what their accounts keep from one set of connections to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::account::Account;
use crate::description::Description;
use crate::queue::{Bulkhead, Queue, Rate, Slots};
use crate::retry::Backoff;
use crate::runner::Connected;

/// A server's queues, one for each connection, by name. Connections to the same account share what is
/// the account's; all share so many slots. Without a rate, that of a plugin's own limits counts. A
/// service that does not answer is left alone for some seconds, and its calls fail at once.
pub struct Queues {
    queues: BTreeMap<String, Queue>,
    slots: Slots,
    accounts: usize,
    /// Those of the accounts that are there, and of those that are not and have calls under way.
    bulkheads: BTreeMap<Account, Weak<Bulkhead>>,
    settings: Settings,
}

/// A plugin and its connections.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// What the plugin says of itself.
    pub description: &'a Description,
    /// The same with its texts in the language of the settings: for people and models to read.
    pub translated: &'a Description,
    /// Which language that is.
    pub language: &'a str,
    /// Its connections' names, in order.
    pub connections: Vec<&'a str>,
}

#[derive(Clone)]
struct Settings {
    in_flight: usize,
    rate: Option<Rate>,
    backoff: Backoff,
}

impl Queues {
    /// The queues of these connections, which have names of their own.
    pub fn new(connected: Vec<Connected>, in_flight: usize, rate: Option<Rate>, backoff: &Backoff) -> Self {
        let settings = Settings { in_flight, rate, backoff: backoff.clone() };
        let accounts = count(&connected);
        let none = Self {
            queues: BTreeMap::new(),
            slots: Slots::among(in_flight, accounts),
            accounts,
            bulkheads: BTreeMap::new(),
            settings,
        };
        none.followed_by(connected)
    }

    /// The queues of other connections, which come after these. Calls that are here come to their end.
    /// What accounts share goes on: a call on a subject waits for those that were before it here, and
    /// rates and services that do not answer are remembered.
    #[must_use]
    pub fn followed_by(&self, connected: Vec<Connected>) -> Self {
        let Settings { in_flight, rate, backoff } = self.settings.clone();
        let accounts = count(&connected);
        let slots = match accounts == self.accounts {
            true => self.slots.clone(),
            false => self.slots.dealt_anew(in_flight, accounts),
        };
        let mut bulkheads = self.bulkheads.clone();
        bulkheads.retain(|_, bulkhead| bulkhead.strong_count() > 0);
        let mut made: BTreeMap<Account, Arc<Bulkhead>> = BTreeMap::new();
        let queue = |connected: Connected| {
            let account = connected.account();
            let bulkhead = made.entry(account.clone()).or_insert_with(|| {
                let new = Bulkhead::new(account, &slots, rate, connected.description()).with_breaker();
                let last = bulkheads.get(&new.account).and_then(Weak::upgrade);
                Arc::new(match last {
                    Some(last) => new.after(&last, &slots),
                    None => new,
                })
            });
            let name = connected.name().to_owned();
            (name, Queue::behind(bulkhead.clone(), connected, slots.clone(), backoff.clone()))
        };
        let queues = connected.into_iter().map(queue).collect();
        bulkheads.extend(made.iter().map(|(account, bulkhead)| (account.clone(), Arc::downgrade(bulkhead))));
        Self { queues, slots, accounts, bulkheads, settings: self.settings.clone() }
    }

    /// Queues of the same connections that have so many slots of their own, and share with these what else
    /// is an account's: so what is called by the ones takes no slot of the others.
    #[must_use]
    pub fn beside(&self, in_flight: usize) -> Self {
        let slots = Slots::among(in_flight, self.accounts);
        let mut made: BTreeMap<&Account, Arc<Bulkhead>> = BTreeMap::new();
        let mut queues = BTreeMap::new();
        for (name, queue) in &self.queues {
            let bulkhead = made.entry(queue.account()).or_insert_with(|| Arc::new(queue.bulkhead().beside(&slots)));
            queues.insert(name.clone(), queue.beside(bulkhead.clone(), slots.clone()));
        }
        let bulkheads = made.iter().map(|(account, bulkhead)| ((*account).clone(), Arc::downgrade(bulkhead))).collect();
        let settings = Settings { in_flight, ..self.settings.clone() };
        Self { queues, slots, accounts: self.accounts, bulkheads, settings }
    }

    /// The queue of a connection.
    pub fn get(&self, connection: &str) -> Option<&Queue> {
        self.queues.get(connection)
    }

    /// The connections' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().map(String::as_str)
    }

    /// The queues, by the connections' names.
    pub fn iter(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// The plugins with their connections, by the plugins' names.
    pub fn plugins(&self) -> Vec<Listed<'_>> {
        let mut plugins: BTreeMap<&str, Listed<'_>> = BTreeMap::new();
        for connected in self.iter().map(Queue::connected) {
            let description = connected.description();
            let (translated, language) = (connected.runner().translated(), connected.runner().language());
            let new = || Listed { description, translated, language, connections: Vec::new() };
            plugins.entry(&description.name).or_insert_with(new).connections.push(connected.name());
        }
        plugins.into_values().collect()
    }

    /// How many attempts hold a slot now, those of queues before these included.
    pub fn under_way(&self) -> usize {
        self.slots.in_use()
    }

    /// Drops the instances that no call has used for so long, of all connections.
    pub fn release_idle(&self, unused: Duration) {
        self.iter().for_each(|queue| queue.connected().release_idle(unused));
    }
}

fn count(connected: &[Connected]) -> usize {
    connected.iter().map(Connected::account).collect::<BTreeSet<_>>().len()
}
