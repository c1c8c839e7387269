//! The orders of the account, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::misbehaviour::Misbehaviour;
use crate::order_data::OrderData;

/// An order, and what has happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The order number.
    pub bill_id: String,
    /// `new`, or one of the service's `sent`, `paid`, `return`, `cancel`.
    #[serde(default = "new_status")]
    pub status: String,
    /// When it was posted or paid, in UNIX seconds.
    #[serde(default)]
    pub date: Option<u64>,
    /// The postal tracking number.
    #[serde(default)]
    pub rpo: Option<String>,
    /// How requests on this order are answered, unless something is set for all requests.
    #[serde(default)]
    pub misbehaviour: Option<Misbehaviour>,
    /// The changes made through the API, oldest first.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The highest number of requests on this order that were in flight at the same moment, from
    /// the body being read to the answer being sent or the client going away. Requests are short:
    /// to catch a client that does not serialise, make the order [`Misbehaviour::Slow`].
    #[serde(default)]
    pub most_at_once: u32,
    /// The same, but requests whose bodies are alike count as one: a client that can't know what
    /// became of a request has to repeat it, even while the first may be under way.
    #[serde(default)]
    pub most_different_at_once: u32,
    /// Who ordered what.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub data: OrderData,
}

fn is_unknown(data: &OrderData) -> bool {
    *data == OrderData::default()
}

fn new_status() -> String {
    "new".to_owned()
}

impl Order {
    /// An order in status `new` to which nothing has happened yet.
    pub fn new(bill_id: impl Into<String>) -> Self {
        Self {
            bill_id: bill_id.into(),
            status: new_status(),
            date: None,
            rpo: None,
            misbehaviour: None,
            changes: Vec::new(),
            most_at_once: 0,
            most_different_at_once: 0,
            data: OrderData::default(),
        }
    }

    /// The same order with another status.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// The same order with a misbehaviour.
    pub fn misbehaviour(mut self, misbehaviour: Misbehaviour) -> Self {
        self.misbehaviour = Some(misbehaviour);
        self
    }

    /// Whether a payment is waited for.
    pub(crate) fn is_open(&self) -> bool {
        self.pay_status() == "waiting"
    }

    /// When it was paid, in UNIX seconds.
    pub(crate) fn paid_at(&self) -> Option<u64> {
        self.data.paid.or(self.date.filter(|_| self.status == "paid"))
    }

    /// The `pay_status` of replies.
    pub(crate) fn pay_status(&self) -> &'static str {
        match self.status.as_str() {
            "cancel" => "cancel",
            "return" => "return",
            "paid" => "paid",
            _ if self.data.paid.is_some() => "paid",
            _ => "waiting",
        }
    }

    /// "The system changes the order status and adds the given parameters to the order
    /// information": what was not given stays (the service's page on `UpdateOrderStatus`).
    pub(crate) fn apply(&mut self, change: Change) {
        self.status.clone_from(&change.status);
        if change.status == "paid" {
            self.data.paid = change.date;
        }
        self.date = change.date.or(self.date);
        self.rpo = change.rpo.clone().or(self.rpo.take());
        self.changes.push(change);
    }
}

/// One change of an order, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The new status.
    pub status: String,
    /// The date given, in UNIX seconds.
    #[serde(default)]
    pub date: Option<u64>,
    /// The postal tracking number given.
    #[serde(default)]
    pub rpo: Option<String>,
}

/// All orders by number. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders(Arc<Mutex<BTreeMap<String, Slot>>>);

#[derive(Debug)]
struct Slot {
    order: Order,
    /// The bodies of the requests that are in flight.
    in_flight: Vec<Vec<u8>>,
}

impl Orders {
    pub(crate) fn get(&self, bill_id: &str) -> Option<Order> {
        self.lock().get(bill_id).map(|slot| slot.order.clone())
    }

    /// All of them, by their numbers: digits in their order, then the others.
    pub(crate) fn all(&self) -> Vec<Order> {
        let mut orders: Vec<Order> = self.lock().values().map(|slot| slot.order.clone()).collect();
        orders.sort_by_key(|order| order.bill_id.parse::<u64>().unwrap_or(u64::MAX));
        orders
    }

    /// A number that no order has.
    pub(crate) fn next_number(&self) -> String {
        let last = self.lock().keys().filter_map(|number| number.parse::<u64>().ok()).max();
        last.map_or(1, |last| last.saturating_add(1)).max(200_001).to_string()
    }

    /// Takes an order away; whether there was one.
    pub(crate) fn remove(&self, bill_id: &str) -> bool {
        self.lock().remove(bill_id).is_some()
    }

    /// Creates an order, or puts another in the place of the one with its number.
    pub(crate) fn put(&self, order: Order) {
        let mut slots = self.lock();
        let in_flight = slots.remove(&order.bill_id).map(|slot| slot.in_flight).unwrap_or_default();
        slots.insert(order.bill_id.clone(), Slot { order, in_flight });
    }

    /// Replaces an order, or the new one it would be, by what is made of it.
    pub(crate) fn alter<E>(&self, bill_id: &str, alter: impl FnOnce(&Order) -> Result<Order, E>) -> Result<Order, E> {
        let mut slots = self.lock();
        match slots.get_mut(bill_id) {
            Some(slot) => slot.order = alter(&slot.order)?,
            None => {
                let order = alter(&Order::new(bill_id))?;
                slots.insert(bill_id.to_owned(), Slot { order, in_flight: Vec::new() });
            }
        }
        Ok(slots[bill_id].order.clone())
    }

    /// Does something to an order, or without one, that no other request sees half done.
    pub(crate) fn with<T>(&self, bill_id: &str, act: impl FnOnce(Option<&mut Order>) -> T) -> T {
        act(self.lock().get_mut(bill_id).map(|slot| &mut slot.order))
    }

    /// Counts a request on this order as in flight until the visit is dropped.
    pub(crate) fn visit(&self, bill_id: &str, body: &[u8]) -> Option<Visit> {
        let mut slots = self.lock();
        let Slot { order, in_flight } = slots.get_mut(bill_id)?;
        in_flight.push(body.to_vec());
        let different: BTreeSet<_> = in_flight.iter().collect();
        order.most_at_once = order.most_at_once.max(count(in_flight.len()));
        order.most_different_at_once = order.most_different_at_once.max(count(different.len()));
        Some(Visit { orders: self.clone(), bill_id: bill_id.to_owned(), body: body.to_vec() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}

/// A request on an order, in flight.
pub(crate) struct Visit {
    orders: Orders,
    bill_id: String,
    body: Vec<u8>,
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(Slot { in_flight, .. }) = self.orders.lock().get_mut(&self.bill_id) {
            in_flight.iter().position(|body| *body == self.body).map(|at| in_flight.swap_remove(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_give() {
        let mut order = Order::new("1");
        order.apply(Change { status: "sent".into(), date: Some(7), rpo: Some("R".into()) });
        order.apply(Change { status: "return".into(), date: None, rpo: None });
        assert_eq!((order.status.as_str(), order.date, order.rpo.as_deref()), ("return", Some(7), Some("R")));
        assert_eq!(order.changes.len(), 2);
    }

    #[test]
    fn the_most_at_once_is_the_peak_and_not_the_total() {
        let orders = Orders::default();
        orders.put(Order::new("1"));
        let visit = || orders.visit("1", b"a");
        drop(visit());
        let (first, second) = (visit(), visit());
        drop(first);
        let third = visit();
        drop((second, third));
        assert_eq!(orders.get("1").unwrap().most_at_once, 2);
        assert!(orders.visit("2", b"a").is_none());
    }

    #[test]
    fn requests_that_are_alike_are_no_different_ones() {
        let orders = Orders::default();
        orders.put(Order::new("1"));
        let peaks = || orders.get("1").map(|order| (order.most_at_once, order.most_different_at_once)).unwrap();
        let alike = (orders.visit("1", b"a"), orders.visit("1", b"a"));
        assert_eq!(peaks(), (2, 1));
        drop(alike);
        drop(orders.visit("1", b"b"));
        assert_eq!(peaks(), (2, 1));
        let _different = (orders.visit("1", b"a"), orders.visit("1", b"b"));
        assert_eq!(peaks(), (2, 2));
    }

    #[test]
    fn replacing_an_order_forgets_no_request_in_flight() {
        let orders = Orders::default();
        orders.put(Order::new("1"));
        let first = orders.visit("1", b"a");
        orders.put(Order::new("1"));
        let second = orders.visit("1", b"b");
        assert_eq!(orders.get("1").unwrap().most_at_once, 2);
        drop((first, second));
    }
}
