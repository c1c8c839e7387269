//! Receivers that fail, hang, break off, send elsewhere, and want to be left alone.

use std::time::Duration;

use serde_json::json;

use crate::receiver::{Answer, Receiver};
use crate::server::{Server, happen, hold, sandbox, send, subscribe, triggers, until};

const DELIVERED: &str = "outcome=\"delivered\"";

#[test]
fn an_event_is_sent_again_under_the_same_key_until_it_is_taken() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    receiver.answers([Answer::Status(500, ""), Answer::Close, Answer::Status(429, "Retry-After: 1\r\n")]);
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    until(|| server.count("plugin_host_events_total", DELIVERED) == 1);
    let told = receiver.told();
    assert_eq!(told.len(), 4);
    for again in &told[1..] {
        assert_eq!((again.header("webhook-id"), &again.body), (told[0].header("webhook-id"), &told[0].body));
    }
    for told in ["answered 500.", "broke the connection without an answer.", "answered 429."] {
        until(|| server.log().contains(told));
    }
    assert_eq!(server.count("plugin_host_events_total", "outcome=\"failed\""), 3);
}

#[test]
fn no_redirect_is_followed() {
    let (sandbox, receiver, elsewhere) = (sandbox(&["1"]), Receiver::start(), Receiver::start());
    let head = format!("Location: {}\r\n", elsewhere.url);
    let head: &'static str = Box::leak(head.into_boxed_str());
    receiver.answers([301, 302, 307, 308].map(|status| Answer::Status(status, head)));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    until(|| server.count("plugin_host_events_total", DELIVERED) == 1);
    assert_eq!((receiver.told().len(), elsewhere.told().len()), (5, 0));
    until(|| server.log().contains("no redirect is followed: name the address itself"));
}

#[test]
fn a_receiver_that_wants_no_more_is_not_asked_again() {
    let (sandbox, receiver) = (sandbox(&["1", "2", "3"]), Receiver::start());
    receiver.answers([410, 400, 404].map(|status| Answer::Status(status, "Retry-After: 1\r\n")));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    for number in ["1", "2", "3"] {
        happen(&sandbox, "order_paid", number);
    }
    until(|| server.count("plugin_host_events_kept", "state=\"dead\"") == 3);
    assert_eq!(receiver.told().len(), 3);
    until(|| server.log().contains("it wants no more events"));
}

#[test]
fn what_happened_to_an_order_comes_in_its_order_though_the_first_fails() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    receiver.answers((0..3).map(|_| Answer::Status(503, "")));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    let told = ["order_created", "order_prepaid", "order_paid", "order_refunded"];
    subscribe(&sandbox, &told.map(|trigger| (trigger, server.address(trigger))));
    hold(&sandbox);
    for trigger in told {
        let number = happen(&sandbox, trigger, "1")[0];
        assert_eq!(send(&sandbox, number, json!({})), [200], "{trigger}");
        // What is told is so while it is looked up.
        until(|| server.count("plugin_host_events_kept", "to_confirm") == 0);
    }
    until(|| server.count("plugin_host_events_total", DELIVERED) >= 3);
    let kinds: Vec<_> = receiver.ids().iter().map(|id| id.split(':').next().unwrap().to_owned()).collect();
    let mut order = kinds.clone();
    order.dedup();
    let mut each = order.clone();
    each.sort();
    each.dedup();
    assert_eq!(order.len(), each.len(), "none comes again after a later one: {kinds:?}");
    assert_eq!(order[0], "created");
}

#[test]
fn a_receiver_that_hangs_holds_up_nobody_else() {
    let (sandbox, hanging, receiver) = (sandbox(&["1", "2"]), Receiver::start(), Receiver::start());
    hanging.always(Answer::Hang(Duration::from_secs(60)));
    let file = triggers(&format!(
        "[default.order_created]\ndeliver = \"{}\"\n[default.order_paid]\ndeliver = \"{}\"\n",
        hanging.url, receiver.url
    ));
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    subscribe(&sandbox, &["order_created", "order_paid"].map(|trigger| (trigger, server.address(trigger))));
    happen(&sandbox, "order_created", "1");
    hanging.wait(1);
    happen(&sandbox, "order_paid", "2");
    assert_eq!(receiver.wait(1).len(), 1);
    assert_eq!(server.get("/v1/connections").0, 200);
}

#[test]
fn a_receiver_that_is_gone_is_asked_by_one_event_and_gets_them_all_when_it_is_back() {
    let numbers: Vec<String> = (1..=30).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let (sandbox, receiver) = (sandbox(&numbers), Receiver::start());
    receiver.always(Answer::Status(503, "Retry-After: 2\r\n"));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    for number in &numbers {
        happen(&sandbox, "order_paid", number);
    }
    until(|| server.count("plugin_host_events_kept", "to_deliver") == 30);
    receiver.wait(1);
    // At most as many as were on their way when the first was answered, and one each two seconds.
    assert!(receiver.told().len() < 20, "{}", receiver.told().len());
    receiver.always(Answer::Status(200, ""));
    until(|| server.count("plugin_host_events_total", DELIVERED) == 30);
    let mut ids = receiver.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30);
}
