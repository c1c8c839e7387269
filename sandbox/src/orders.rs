//! The orders of the account, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::misbehaviour::Misbehaviour;

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

    /// "The system changes the order status and adds the given parameters to the order
    /// information": what was not given stays (the service's page on `UpdateOrderStatus`).
    pub(crate) fn apply(&mut self, change: Change) {
        self.status.clone_from(&change.status);
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
    in_flight: u32,
}

impl Orders {
    pub(crate) fn get(&self, bill_id: &str) -> Option<Order> {
        self.lock().get(bill_id).map(|slot| slot.order.clone())
    }

    /// Creates an order, or puts another in the place of the one with its number.
    pub(crate) fn put(&self, order: Order) {
        let mut slots = self.lock();
        let in_flight = slots.get(&order.bill_id).map_or(0, |slot| slot.in_flight);
        slots.insert(order.bill_id.clone(), Slot { order, in_flight });
    }

    /// Replaces an order, or the new one it would be, by what is made of it.
    pub(crate) fn alter<E>(&self, bill_id: &str, alter: impl FnOnce(&Order) -> Result<Order, E>) -> Result<Order, E> {
        let mut slots = self.lock();
        match slots.get_mut(bill_id) {
            Some(slot) => slot.order = alter(&slot.order)?,
            None => {
                let order = alter(&Order::new(bill_id))?;
                slots.insert(bill_id.to_owned(), Slot { order, in_flight: 0 });
            }
        }
        Ok(slots[bill_id].order.clone())
    }

    /// Does something to an order, or without one, that no other request sees half done.
    pub(crate) fn with<T>(&self, bill_id: &str, act: impl FnOnce(Option<&mut Order>) -> T) -> T {
        act(self.lock().get_mut(bill_id).map(|slot| &mut slot.order))
    }

    /// Counts a request on this order as in flight until the visit is dropped.
    pub(crate) fn visit(&self, bill_id: &str) -> Option<Visit> {
        let mut slots = self.lock();
        let slot = slots.get_mut(bill_id)?;
        slot.in_flight += 1;
        slot.order.most_at_once = slot.order.most_at_once.max(slot.in_flight);
        Some(Visit { orders: self.clone(), bill_id: bill_id.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request on an order, in flight.
pub(crate) struct Visit {
    orders: Orders,
    bill_id: String,
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(slot) = self.orders.lock().get_mut(&self.bill_id) {
            slot.in_flight -= 1;
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
        drop(orders.visit("1"));
        let (first, second) = (orders.visit("1"), orders.visit("1"));
        drop(first);
        let third = orders.visit("1");
        drop((second, third));
        assert_eq!(orders.get("1").unwrap().most_at_once, 2);
        assert!(orders.visit("2").is_none());
    }

    #[test]
    fn replacing_an_order_forgets_no_request_in_flight() {
        let orders = Orders::default();
        orders.put(Order::new("1"));
        let first = orders.visit("1");
        orders.put(Order::new("1"));
        let second = orders.visit("1");
        assert_eq!(orders.get("1").unwrap().most_at_once, 2);
        drop((first, second));
    }
}
