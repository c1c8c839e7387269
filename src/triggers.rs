//! What the service tells of, and what can be asked of it: [`webhooks`] of orders, [`contacts`], and
//! [`polls`] of orders, which name what happened as the webhooks do.

pub mod contacts;
pub mod form;
pub mod polls;
pub mod webhooks;

use plugin_kit::{Event, Values};

/// An order was made: once.
pub(crate) fn created(order: &Values) -> Event {
    let event = Event::new(&["created", order.text("bill_id")], order.object());
    at(event.subject(order.text("bill_id")), order.text("created"))
}

/// An order was paid, at a time.
pub(crate) fn paid(order: &Values) -> Event {
    let event = Event::new(&["paid", order.text("bill_id"), order.text("paid")], order.object());
    at(event.subject(order.text("bill_id")), order.text("paid"))
}

fn at(event: Event, seconds: &str) -> Event {
    match seconds.parse() {
        Ok(seconds) => event.time(seconds),
        Err(_) => event,
    }
}
