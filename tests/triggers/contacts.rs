//! Webhooks of contacts, which the service does not sign.

use serde_json::{Value, json};

use crate::support::{output, run};
use crate::told::*;

const TRIGGERS: [&str; 3] = ["contact_subscribed", "contact_activated", "contact_unsubscribed"];

#[test]
fn what_happens_to_a_contact_is_told_by_its_trigger_and_confirmed() {
    let script = Script::start();
    let sandbox = telling(&script);
    for event in TRIGGERS {
        let happening = json!({ "event": event, "email": "lead@email.com", "group": "news" });
        let delivery = happen(&sandbox, &happening);
        let body = send(&sandbox, &script, delivery, &json!({}));
        let told = events(&sandbox, event, &body);
        let data = &told[0]["data"];
        assert_eq!((&data["email"], &data["group_id"]), (&json!("lead@email.com"), &json!("news")), "{event}");
        assert!(is_confirmed(&sandbox, event, &told[0]), "{event}");
        assert_eq!(events(&sandbox, event, &send(&sandbox, &script, delivery, &json!({}))), told, "{event}");
        for other in TRIGGERS.iter().filter(|other| **other != event) {
            assert_eq!(events(&sandbox, other, &body), [Value::Null; 0], "{event} by {other}");
        }
    }
}

#[test]
fn what_anybody_makes_up_is_not_confirmed() {
    let script = Script::start();
    let sandbox = telling(&script);
    let told = |trigger: &str, body: &str| {
        let told = events(&sandbox, trigger, body.as_bytes());
        is_confirmed(&sandbox, trigger, &told[0])
    };
    assert!(!told("contact_subscribed", "email=nobody@email.com&id_group=news&status=2"));
    assert!(!told("contact_subscribed", "email=lead@email.com&id_group=no_such_group&status=2"));
    let left = json!({ "event": "contact_unsubscribed", "email": "lead@email.com", "group": "news" });
    let delivery = happen(&sandbox, &left);
    for (trigger, kind) in [("contact_subscribed", "contact_subscribed"), ("contact_activated", "contact_activated")] {
        let body = send(&sandbox, &script, delivery, &json!({ "as": kind }));
        let told = events(&sandbox, trigger, &body);
        assert!(!is_confirmed(&sandbox, trigger, &told[0]), "{trigger}");
    }
    happen(&sandbox, &json!({ "event": "contact_activated", "email": "lead@email.com", "group": "news" }));
    let late = events(&sandbox, "contact_unsubscribed", &send(&sandbox, &script, delivery, &json!({})));
    assert!(!is_confirmed(&sandbox, "contact_unsubscribed", &late[0]));
}

#[test]
fn one_who_waits_for_the_letter_is_subscribed_and_not_activated() {
    let script = Script::start();
    let sandbox = telling(&script);
    run(&sandbox, "add_contact", &json!({ "email": "new@email.com", "group_ids": ["news"], "confirm": true })).unwrap();
    let groups = output(&sandbox, "get_contact_groups", &json!({ "email": "new@email.com", "group_id": "news" }));
    let body = "email=new@email.com&id_group=news&status=";
    let told = events(&sandbox, "contact_subscribed", format!("{body}2").as_bytes());
    assert!(is_confirmed(&sandbox, "contact_subscribed", &told[0]), "{groups}");
    let told = events(&sandbox, "contact_activated", format!("{body}1").as_bytes());
    assert_eq!(
        is_confirmed(&sandbox, "contact_activated", &told[0]),
        groups["items"][0]["status"] == "STATUS_SUBSCRIBE"
    );
}

#[test]
fn another_group_or_another_visit_is_another_event() {
    let script = Script::start();
    let sandbox = telling(&script);
    let id = |body: &str| events(&sandbox, "contact_subscribed", body.as_bytes())[0]["id"].clone();
    let one = id("email=a@b.ru&id_group=news&status=2&ip=127.0.0.1");
    assert_eq!(id("status=2&ip=127.0.0.1&id_group=news&email=a@b.ru&unknown=1"), one);
    for other in ["email=a@b.ru&id_group=news&status=2&ip=127.0.0.2", "email=a@b.ru&id_group=new&status=2&ip=127.0.0.1"]
    {
        assert_ne!(id(other), one);
    }
    assert_eq!(refused(&sandbox, "contact_subscribed", b"status=2&id_group=news"), "unexpected_reply");
}
