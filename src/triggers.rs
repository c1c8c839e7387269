//! What the service tells of, and what can be asked of it: [`webhooks`] of orders, [`contacts`], and
//! [`polls`] of orders, which name what happened as the webhooks do.

pub mod contacts;
pub mod form;
pub mod polls;
pub mod webhooks;

use plugin_kit::text::integer;
use plugin_kit::{Event, Values};

/// What happened to an order: `what` and `more` name it, the member `time` says when.
pub(crate) fn happened(order: &Values, what: &str, more: &[&str], time: &str) -> Event {
    let number = order.text("bill_id");
    let event = Event::new(&[&[what, number], more].concat(), order.object()).subject(number);
    match integer(order.text(time)) {
        Some(seconds) => event.time(seconds),
        None => event,
    }
}

/// An order was made, once; or it was paid, at a time.
pub(crate) fn timed(order: &Values, time: &str) -> Event {
    let at = [order.text(time)];
    happened(order, time, if time == "paid" { &at } else { &[] }, time)
}
