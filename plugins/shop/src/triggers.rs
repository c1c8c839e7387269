//! What happens in the shop: by poll, and by its webhook.

use std::borrow::Cow;

use md5::{Digest, Md5};
use plugin_kit::json::{self, Members};
use plugin_kit::types::Digits;
use plugin_kit::{Error, Event, Field, Page, Poll, Received, Trigger, Value, Values, Webhook, reply, signature};

use crate::{account, customers, orders};

pub const ORDER_CREATED: Trigger =
    Trigger::poll("order_created", "Order created", "Triggers when an order is created.", created)
        .input(&[Field::optional("customer", &Digits::new(12))
            .title("Customer")
            .about("The number of the customer whose orders count; without it, all do.")
            .options(customers::OPTIONS)])
        .event(
            "New order",
            orders::ORDER,
            r#"{"id":"1","customer":"7","request_id":"r-1","total":"12.50","paid":false}"#,
        );

pub const ORDER_PAID: Trigger = Trigger::webhook("order_paid", "Order paid", "Triggers when an order is paid.", paid)
    .event("Paid order", orders::ORDER, r#"{"id":"1","customer":"7","request_id":"r-1","total":"12.50","paid":true}"#)
    .docs("Put the address into the shop's settings, under Webhooks, for the event order_paid.");

/// The cursor is the number of the last event that was looked at.
fn created(poll: &Poll) -> Result<Page, Error> {
    let mut request = account::get(poll, "/events").query("limit", &poll.limit().to_string());
    request = match (poll.cursor(), poll.since()) {
        (Some(cursor), _) => request.query("after", cursor),
        (None, Some(seconds)) => request.query("since", &seconds.to_string()),
        (None, None) => request,
    };
    let answer = request.send()?;
    let members = poll.members(&answer)?;
    let lacking = || account::lacking(poll, &answer);
    let last = members.get("last").ok_or_else(lacking)?;
    let customer = poll.input().get("customer").map(Value::as_str);
    let (mut events, mut cursor) = (Vec::new(), last);
    for event in json::items(members.get("events").ok_or_else(lacking)?) {
        let event = Members::parse(event).map_err(|_| lacking())?;
        cursor = event.get("id").ok_or_else(lacking)?;
        if text(&event, "type") == "order_created" {
            let order = order(&event).ok_or_else(lacking)?;
            if customer.is_none_or(|wanted| wanted == order.text("customer")) {
                events.push(happened("created", &event, &order).ok_or_else(lacking)?);
            }
        }
    }
    Ok(Page::new(events, cursor).and_more(cursor != last))
}

fn paid(webhook: &Webhook) -> Result<Received, Error> {
    let mut hash = Md5::new();
    for part in [webhook.secret("token").expose().as_bytes(), b".", webhook.body()] {
        hash.update(part);
    }
    webhook.check(webhook.header("x-shop-signature"), &signature::hex(&hash.finalize()))?;
    let event = webhook.json()?;
    if text(&event, "type") != "order_paid" {
        return Ok(Received::nothing());
    }
    let told = order(&event).and_then(|order| happened("paid", &event, &order));
    let told = told.ok_or_else(|| webhook.unreadable("It lacks a part of the order"))?;
    Ok(Received::events(vec![told]))
}

/// What happened to an order: it is created once, and paid once.
fn happened(what: &str, event: &Members, order: &Values) -> Option<Event> {
    let (id, time) = (order.text("id"), event.get("time")?.parse().ok()?);
    Some(Event::new(&[what, id], order.object()).subject(id).time(time))
}

fn order(event: &Members) -> Option<Values> {
    reply::object(event.get("order")?, orders::ORDER).ok()
}

fn text<'a>(members: &Members<'a>, name: &str) -> Cow<'a, str> {
    members.get(name).and_then(json::string).unwrap_or_default()
}
