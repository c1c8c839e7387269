//! What the service tells of orders.
//!
//! Source: the service's help pages on notifications. Their hash covers an order's number, the
//! customer's address and one time, without anything between them: neither what has happened nor the
//! sums. So one may come again under another status, and each is held against the order.

use plugin_kit::form::Form;
use plugin_kit::{Condition, Confirm, Error, Received, Trigger, Webhook};

use crate::{order, signature, triggers};

const HELD: [Condition; 3] = [
    Condition::IsField("/email", "email"),
    Condition::IsField("/created", "created"),
    Condition::IsField("/total", "total"),
];

const fn confirm(holds: &'static [Condition]) -> Confirm {
    Confirm { action: "get_order", arguments: &[("bill_id", "bill_id")], holds }
}

const fn in_status(status: &'static str) -> [Condition; 4] {
    [HELD[0], HELD[1], HELD[2], Condition::Is("/pay_status", status)]
}

/// What a sample has; all fields are those of orders.
const SAMPLE: &str = r#"{"bill_id":"100000","created":1362254400,"total":"1500.00","email":"user4@email.com","goods":[{"product_id":"invoice","sum":"1500.00"}]}"#;

/// An order was made.
pub const CREATED: Trigger = Trigger::webhook(
    "order_created",
    "Order created",
    "Triggers when an order is made in the JustClick shop.",
    |webhook| told(webhook, "created"),
)
.event("Order", order::FIELDS, SAMPLE)
.docs("In JustClick, open each product's settings, Integration, and put the address into the URL for API notifications about the created invoice.")
.confirm(confirm(&HELD));

/// An order was cancelled.
pub const CANCELLED: Trigger = Trigger::webhook(
    "order_cancelled",
    "Order cancelled",
    "Triggers when an order of the JustClick shop is cancelled.",
    |webhook| told(webhook, "cancelled"),
)
.event("Order", order::FIELDS, SAMPLE)
.docs(
    "In JustClick, open each product's settings, Integration, and put the address into the URL for cancelled invoices.",
)
.confirm(confirm(&in_status("\"cancel\"")));

/// An order was paid.
pub const PAID: Trigger = Trigger::webhook(
    "order_paid",
    "Order paid",
    "Triggers when an order of the JustClick shop is paid.",
    |webhook| told(webhook, "paid"),
)
.event(
    "Order",
    order::FIELDS,
    r#"{"bill_id":"100000","created":1362254400,"paid":1362340800,"total":"1500.00","email":"user4@email.com","goods":[{"product_id":"invoice","sum":"1500.00"}]}"#,
)
.docs(
    "In JustClick, open each product's settings, Integration, and put the address into the URL for API notifications about the paid invoice.",
)
.confirm(confirm(&[
    HELD[0],
    Condition::IsField("/paid", "paid"),
    HELD[2],
    Condition::Is("/pay_status", "\"paid\""),
]));

/// A part of an order was paid.
pub const PREPAID: Trigger = Trigger::webhook(
    "order_prepaid",
    "Order prepaid",
    "Triggers when a part of an order of the JustClick shop is paid in advance.",
    |webhook| told(webhook, "prepaid"),
)
.event(
    "Order",
    order::FIELDS,
    r#"{"bill_id":"100000","created":1362254400,"total":"1500.00","email":"user4@email.com"}"#,
)
.docs(
    "In JustClick, open each product's settings, Integration, and put the address into the URL for pre-paid invoices.",
)
.confirm(confirm(&in_status("\"waiting\"")));

/// An order's money was given back.
pub const REFUNDED: Trigger = Trigger::webhook(
    "order_refunded",
    "Order refunded",
    "Triggers when the money for an order of the JustClick shop is given back.",
    |webhook| told(webhook, "refunded"),
)
.event("Order", order::FIELDS, SAMPLE)
.docs("In JustClick, open each product's settings, Integration, and put the address into the URL for Moneyback.")
.confirm(confirm(&in_status("\"return\"")));

/// The events of a request to the trigger that tells `wanted`.
fn told(webhook: &Webhook, wanted: &str) -> Result<Received, Error> {
    let form = webhook.form()?;
    let what = what(&form);
    let hash = form.get("hash");
    let key = webhook.secret("api_key");
    let mut checked = Ok(());
    let mut signed = "";
    for time in times(what) {
        signed = time;
        let expected = signature::notification(form.text("id"), form.text("email"), form.text(time), &key);
        checked = webhook.check(hash, &expected);
        if checked.is_ok() {
            break;
        }
    }
    checked?;
    // The address of one event may be given for others, too.
    if what != wanted {
        return Ok(Received::nothing());
    }
    // What this one does not have on the service's pages, or what nothing proves.
    let without: &[&str] = match what {
        "paid" => &["pay_status", "price", "bill_sum_topay"],
        _ => &["pay_status", "price", "bill_sum_topay", "paid"],
    };
    let order = order::parse(webhook, &triggers::form::json(&form, without))
        .map_err(|why| webhook.unreadable(&["It has ", &why].concat()))?;
    let event = match what {
        "created" | "paid" => triggers::timed(&order, what),
        // A part may be paid more than once, and two may be alike but for their time.
        "prepaid" => {
            let time = if signed == "paid" { form.text(signed) } else { "" };
            let parts = [form.text("prepayment_sum"), time];
            triggers::happened(&order, what, if time.is_empty() { &parts[..1] } else { &parts }, "")
        }
        _ => triggers::happened(&order, what, &[], ""),
    };
    Ok(Received::events(vec![event]))
}

/// Which fields may hold the time that is signed. The pages contradict themselves, and some have the hash made with a
/// field that they do not list, which is no time: the last, which no form has.
fn times(what: &str) -> &'static [&'static str] {
    match what {
        "paid" => &["paid"],
        "created" | "cancelled" => &["created", ""],
        _ => &["paid", "created", ""],
    }
}

/// What has happened; nothing if a form does not say. Payments have no status. `new order` is what a
/// page has for it.
fn what(form: &Form) -> &'static str {
    let has = |name: &str| !form.text(name).is_empty();
    match form.text("status") {
        "new_order" | "new order" => "created",
        "cancel_order" | "cancel order" => "cancelled",
        "moneyback" => "refunded",
        "" if has("prepayment_sum") && !has("last_payment_sum") => "prepaid",
        "" if has("paid") => "paid",
        _ => "",
    }
}
