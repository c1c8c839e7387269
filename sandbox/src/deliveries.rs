//! Webhooks on their way: made when something happens, and sent at once or when it is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::form::Form;
use crate::post::{self, Attempt};
use crate::shop::Shop;
use crate::signature::Account;
use crate::webhooks::{Event, Kind, signed};
use crate::world::Shapes;

/// How many are kept: the newest.
const KEPT: usize = 10_000;

/// A webhook to one address.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Delivery {
    /// 1 for the first, then counting up, in the order in which things happened.
    pub(crate) id: u64,
    pub(crate) event: Kind,
    pub(crate) url: String,
    /// The body as the service sends it.
    pub(crate) body: String,
    pub(crate) attempts: Vec<Attempt>,
    #[serde(skip)]
    form: Form,
    #[serde(skip)]
    hashed: Option<String>,
}

/// How a webhook is sent that is not simply sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Alteration {
    /// How often.
    times: u32,
    /// To another address.
    url: Option<String>,
    /// With a hash that is none.
    forge: Option<Forgery>,
    /// Under another status, with the hash that it has.
    #[serde(rename = "as")]
    replayed_as: Option<Kind>,
    /// With other fields, or without some, and with the hash that it has.
    fields: BTreeMap<String, Option<String>>,
}

impl Default for Alteration {
    fn default() -> Self {
        Self { times: 1, url: None, forge: None, replayed_as: None, fields: BTreeMap::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Forgery {
    /// Made with another key.
    Key,
    /// No hash at all.
    Missing,
}

/// All of them. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deliveries(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    all: Vec<Delivery>,
    total: u64,
    held: bool,
}

impl Deliveries {
    /// Whether webhooks wait until they are asked for.
    pub(crate) fn hold(&self, held: bool) {
        self.lock().held = held;
    }

    /// What there is, and whether it is held.
    pub(crate) fn all(&self) -> (Vec<Delivery>, bool) {
        let log = self.lock();
        (log.all.clone(), log.held)
    }

    /// Makes the webhooks of what has happened, and sends them unless they are held. Their numbers
    /// are given back.
    pub(crate) fn announce(&self, events: &[Event], shop: &Shop, shapes: &Shapes, account: &Account) -> Vec<u64> {
        let mut ids = Vec::new();
        for event in events {
            let (form, hashed) = event.form(shop, shapes);
            let whole = hashed.iter().fold(form.clone(), |form, hashed| signed(form, hashed, account));
            for url in event.addresses(shop) {
                let delivery = Delivery {
                    id: 0,
                    event: event.kind,
                    url,
                    body: whole.encode(),
                    attempts: Vec::new(),
                    form: form.clone(),
                    hashed: hashed.clone(),
                };
                ids.push(self.lock().add(delivery));
            }
        }
        if !self.lock().held {
            let (all, ids, account) = (self.clone(), ids.clone(), account.clone());
            tokio::spawn(async move {
                for id in ids {
                    let _ = all.send(id, &Alteration::default(), &account).await;
                }
            });
        }
        ids
    }

    /// Sends one and waits for the answers. `None` if there is none of that number.
    pub(crate) async fn send(&self, id: u64, altered: &Alteration, account: &Account) -> Option<Delivery> {
        let delivery = self.get(id)?;
        let url = altered.url.as_ref().unwrap_or(&delivery.url);
        let body = altered.body(&delivery, account);
        for _ in 0..altered.times {
            let attempt = post::form(url, &body).await;
            if let Some(delivery) = self.lock().of(id) {
                delivery.attempts.push(attempt);
            }
        }
        self.get(id)
    }

    fn get(&self, id: u64) -> Option<Delivery> {
        self.lock().of(id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn add(&mut self, mut delivery: Delivery) -> u64 {
        self.total += 1;
        delivery.id = self.total;
        if self.all.len() == KEPT {
            self.all.remove(0);
        }
        self.all.push(delivery);
        self.total
    }

    fn of(&mut self, id: u64) -> Option<&mut Delivery> {
        self.all.iter_mut().find(|delivery| delivery.id == id)
    }
}

impl Alteration {
    fn body(&self, delivery: &Delivery, account: &Account) -> String {
        let mut form = delivery.form.clone();
        if let Some(kind) = self.replayed_as {
            form.take("status");
            if let Some(marker) = kind.marker() {
                form.set("status", marker);
            }
        }
        if let Some(hashed) = &delivery.hashed {
            form = match self.forge {
                None => signed(form, hashed, account),
                Some(Forgery::Key) => signed(form, hashed, &account.impostor()),
                Some(Forgery::Missing) => form,
            };
        }
        for (name, value) in &self.fields {
            match value {
                Some(value) => form.set(name.as_str(), value.as_str()),
                None => drop(form.take(name)),
            }
        }
        form.encode()
    }
}
