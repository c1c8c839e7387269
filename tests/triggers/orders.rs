//! Webhooks of orders.

use justclick::signature;
use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use plugin_kit::Secret;
use serde_json::{Value, json};

use crate::support::{NEW_YEAR, control, order};
use crate::told::*;

fn with_order() -> (Script, Sandbox) {
    let script = Script::start();
    let sandbox = telling(&script);
    sandbox.put_order(order("7", NEW_YEAR - 60));
    (script, sandbox)
}

fn happened(sandbox: &Sandbox, event: &str) -> u64 {
    happen(sandbox, &json!({ "event": event, "bill_id": "7", "sum": "500" }))
}

#[test]
fn each_event_of_an_order_is_told_once_by_its_trigger_and_confirmed() {
    for (event, id) in [
        ("order_created", "created:7"),
        ("order_cancelled", "cancelled:7"),
        ("order_paid", "paid:7:1483218000"),
        ("order_prepaid", "prepaid:7:500.00"),
        ("order_refunded", "refunded:7"),
    ] {
        let (script, sandbox) = with_order();
        let delivery = happened(&sandbox, event);
        let body = send(&sandbox, &script, delivery, &json!({}));
        let told = events(&sandbox, event, &body);
        assert_eq!((told.len(), &told[0]["id"], &told[0]["subject"]), (1, &json!(id), &json!("7")), "{event}");
        let data = &told[0]["data"];
        assert_eq!((&data["email"], &data["total"]), (&json!("user4@email.com"), &json!("1500.00")), "{event}");
        assert_eq!(data["goods"][0]["product_id"], "invoice", "{event}");
        assert!(is_confirmed(&sandbox, event, &told[0]), "{event}: {}", told[0]);
        assert_eq!(events(&sandbox, event, &send(&sandbox, &script, delivery, &json!({}))), told, "{event} again");
        for other in ORDERS.iter().filter(|other| **other != event) {
            assert_eq!(events(&sandbox, other, &body), [Value::Null; 0], "{event} by {other}");
        }
    }
}

#[test]
fn a_signature_that_is_wrong_or_missing_is_an_event_that_is_forged() {
    for event in ORDERS {
        let (script, sandbox) = with_order();
        let delivery = happened(&sandbox, event);
        for forge in ["key", "missing"] {
            let body = send(&sandbox, &script, delivery, &json!({ "forge": forge }));
            assert_eq!(refused(&sandbox, event, &body), "forged_event", "{event} {forge}");
        }
        for fields in [json!({ "id": "8" }), json!({ "email": "user5@email.com" }), json!({ "email": null })] {
            let body = send(&sandbox, &script, delivery, &json!({ "fields": fields }));
            assert_eq!(refused(&sandbox, event, &body), "forged_event", "{event} {fields}");
        }
    }
}

#[test]
fn what_is_replayed_under_another_status_is_not_confirmed() {
    let (script, sandbox) = with_order();
    let created = happened(&sandbox, "order_created");
    let paid_then = json!({ "paid": (NEW_YEAR - 60).to_string() });
    for (trigger, altered) in [
        ("order_cancelled", json!({ "as": "order_cancelled" })),
        ("order_refunded", json!({ "as": "order_refunded" })),
        ("order_paid", json!({ "as": "order_paid", "fields": paid_then })),
    ] {
        let told = events(&sandbox, trigger, &send(&sandbox, &script, created, &altered));
        assert_eq!(told.len(), 1, "its hash is right: {trigger}");
        assert!(!is_confirmed(&sandbox, trigger, &told[0]), "{trigger}");
    }
    let cancelled = happened(&sandbox, "order_cancelled");
    let prepaid = json!({ "as": "order_prepaid", "fields": { "prepayment_sum": "100.00" } });
    let told = events(&sandbox, "order_prepaid", &send(&sandbox, &script, cancelled, &prepaid));
    assert!(!is_confirmed(&sandbox, "order_prepaid", &told[0]));
    // That it was made is so, whatever came of it.
    let told =
        events(&sandbox, "order_created", &send(&sandbox, &script, cancelled, &json!({ "as": "order_created" })));
    assert!(is_confirmed(&sandbox, "order_created", &told[0]));
}

#[test]
fn sums_that_were_altered_are_not_confirmed() {
    let (script, sandbox) = with_order();
    for event in ORDERS {
        let delivery = happened(&sandbox, event);
        let body = send(&sandbox, &script, delivery, &json!({ "fields": { "items[0][sum]": "0.01" } }));
        let told = events(&sandbox, event, &body);
        assert_eq!(told[0]["data"]["total"], "0.01", "{event}");
        assert!(!is_confirmed(&sandbox, event, &told[0]), "{event}");
    }
}

#[test]
fn what_a_hash_covers_in_other_parts_is_not_confirmed() {
    let (script, sandbox) = with_order();
    sandbox.put_order(order("1", NEW_YEAR - 60));
    sandbox.put_order(order("12", NEW_YEAR - 60));
    let delivery = happen(&sandbox, &json!({ "event": "order_created", "bill_id": "12" }));
    let parts = json!({ "id": "1", "email": "2user4@email.com" });
    let told = events(&sandbox, "order_created", &send(&sandbox, &script, delivery, &json!({ "fields": parts })));
    assert_eq!(told[0]["id"], "created:1");
    assert!(!is_confirmed(&sandbox, "order_created", &told[0]));
}

#[test]
fn what_no_page_lists_is_not_believed() {
    let (script, sandbox) = with_order();
    let delivery = happened(&sandbox, "order_created");
    let fields = json!({ "pay_status": "paid", "paid": "1483218000", "price": "0.01", "total": "0.01" });
    let told = events(&sandbox, "order_created", &send(&sandbox, &script, delivery, &json!({ "fields": fields })));
    let data = told[0]["data"].as_object().unwrap();
    assert!(["pay_status", "paid", "price"].iter().all(|name| !data.contains_key(*name)), "{data:?}");
    assert_eq!(data["total"], "1500.00");
}

#[test]
fn a_hash_over_any_of_the_times_that_pages_name_is_right() {
    for (shapes, event) in [
        (r#"{"created_hash": "empty"}"#, "order_created"),
        (r#"{"created_hash": "empty"}"#, "order_cancelled"),
        (r#"{"refund_hash": "empty"}"#, "order_prepaid"),
        (r#"{"refund_hash": "empty"}"#, "order_refunded"),
        (r#"{"numbers_as_texts": true}"#, "order_paid"),
        (r#"{"absent_if_empty": true, "coupon": "kupon"}"#, "order_paid"),
    ] {
        let (script, sandbox) = with_order();
        control(&sandbox, "shapes", shapes);
        let delivery = happened(&sandbox, event);
        let told = events(&sandbox, event, &send(&sandbox, &script, delivery, &json!({})));
        assert!(is_confirmed(&sandbox, event, &told[0]), "{event} with {shapes}");
    }
}

#[test]
fn what_comes_late_and_out_of_order_is_told_as_it_happened() {
    let (script, sandbox) = with_order();
    let created = happened(&sandbox, "order_created");
    let paid = happened(&sandbox, "order_paid");
    let told = events(&sandbox, "order_paid", &send(&sandbox, &script, paid, &json!({ "times": 1 })));
    assert_eq!(
        (&told[0]["time"], is_confirmed(&sandbox, "order_paid", &told[0])),
        (&json!("2016-12-31T21:00:00Z"), true)
    );
    let told = events(&sandbox, "order_created", &send(&sandbox, &script, created, &json!({})));
    assert!(is_confirmed(&sandbox, "order_created", &told[0]));
    assert_eq!(told[0]["time"], "2016-12-31T20:59:00Z");
    // Once it is refunded, a payment that comes late does not count any more.
    happened(&sandbox, "order_refunded");
    let told = events(&sandbox, "order_paid", &send(&sandbox, &script, paid, &json!({})));
    assert!(!is_confirmed(&sandbox, "order_paid", &told[0]));
}

#[test]
fn an_order_that_is_gone_is_not_confirmed() {
    let (script, sandbox) = with_order();
    let delivery = happened(&sandbox, "order_created");
    let told = events(&sandbox, "order_created", &send(&sandbox, &script, delivery, &json!({})));
    crate::support::run(&sandbox, "delete_order", &json!({ "bill_id": "7" })).unwrap();
    assert!(!is_confirmed(&sandbox, "order_created", &told[0]));
}

#[test]
fn two_prepayments_that_differ_in_their_time_alone_are_two_events() {
    let (_, sandbox) = with_order();
    let told = |signed: &str, paid: &str| {
        let (id, email) = ("123", "client@email.com");
        let hash = signature::notification(id, email, signed, &Secret::new(SAMPLE_API_KEY.to_owned()));
        let body = format!("id={id}&email=client%40email.com&created=1362254400{paid}&prepayment_sum=500&hash={hash}");
        deliver(&sandbox, "order_prepaid", &webhook(body.as_bytes()))
    };
    let id = |signed: &str, paid: &str| told(signed, paid).unwrap()["events"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(id("1362340800", "&paid=1362340800"), "prepaid:123:500:1362340800");
    assert_eq!(id("1362427200", "&paid=1362427200"), "prepaid:123:500:1362427200");
    // A time that nothing proves tells no events apart.
    assert_eq!(id("1362254400", "&paid=1362427200"), "prepaid:123:500");
    assert_eq!(id("", ""), "prepaid:123:500");
    assert_eq!(told("1", "").unwrap_err()["kind"], "forged_event");
}

#[test]
fn a_forged_notification_of_another_kind_is_forged_as_well() {
    let (_, sandbox) = with_order();
    let body =
        b"id=123&email=client%40email.com&created=1362254400&status=new_order&hash=00000000000000000000000000000000";
    for trigger in ORDERS {
        assert_eq!(refused(&sandbox, trigger, body), "forged_event", "{trigger}");
    }
}
