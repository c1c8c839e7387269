//! What a service tells: once, twice, late, out of order, forged, and under another status.

use serde_json::json;

use crate::receiver::Receiver;
use crate::server::{SECRET, Server, happen, hold, sandbox, send, subscribe, until};

#[test]
fn an_order_that_is_paid_is_told_as_a_signed_cloud_event() {
    let (sandbox, receiver) = (sandbox(&["100000"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url, "--deliver-secret", "env:SECRET"]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "100000");
    let told = &receiver.wait(1)[0];
    let event = told.event();
    assert_eq!((told.path.as_str(), event["specversion"].as_str()), ("/take/s3cret", Some("1.0")));
    assert_eq!((&event["type"], &event["source"]), (&json!("justclick.order_paid"), &json!("/justclick/default")));
    assert_eq!((&event["subject"], &event["data"]["bill_id"]), (&json!("100000"), &json!("100000")));
    assert!(event["id"].as_str().unwrap().starts_with("paid:100000:"), "{event}");
    assert_eq!(told.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(told.header("webhook-id"), told.header("idempotency-key"));
    let timestamp = told.header("webhook-timestamp").parse().unwrap();
    let secrets: plugin_host::events::signing::SigningSecrets = SECRET.parse().unwrap();
    let signature = secrets.sign(told.header("webhook-id"), timestamp, told.body.as_bytes());
    assert_eq!(told.header("webhook-signature"), signature);
    until(|| server.count("plugin_host_events_total", "outcome=\"delivered\"") == 1);
    assert_eq!(server.count("plugin_host_events_kept", ""), 0);
    assert_eq!(server.count("plugin_host_webhooks_total", "outcome=\"answered\""), 1);
}

#[test]
fn what_is_told_twice_is_handed_on_once() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    hold(&sandbox);
    let [first, second] = ["1", "2"].map(|number| happen(&sandbox, "order_paid", number)[0]);
    assert_eq!(send(&sandbox, first, json!({ "times": 3 })), [200; 3]);
    receiver.wait(1);
    assert_eq!(send(&sandbox, first, json!({ "times": 2 })), [200; 5]);
    send(&sandbox, second, json!({}));
    let told = receiver.wait(2);
    assert_eq!(told.len(), 2);
    assert_ne!(told[0].header("webhook-id"), told[1].header("webhook-id"));
    assert!(server.count("plugin_host_events_total", "repeated") >= 2);
}

#[test]
fn what_comes_late_and_out_of_order_comes_all_the_same() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &["order_created", "order_paid"].map(|trigger| (trigger, server.address(trigger))));
    hold(&sandbox);
    let created = happen(&sandbox, "order_created", "1")[0];
    let paid = happen(&sandbox, "order_paid", "1")[0];
    assert_eq!((send(&sandbox, paid, json!({})), send(&sandbox, created, json!({}))), (vec![200], vec![200]));
    receiver.wait(2);
    let kinds: Vec<_> = receiver.ids().iter().map(|id| id.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["paid", "created"]);
}

#[test]
fn what_is_forged_is_refused_and_what_is_not_so_is_dropped() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    let triggers = ["order_paid", "order_cancelled"];
    subscribe(&sandbox, &triggers.map(|trigger| (trigger, server.address(trigger))));
    hold(&sandbox);
    let created = happen(&sandbox, "order_paid", "1")[0];
    assert_eq!(send(&sandbox, created, json!({ "forge": "key" })), [401]);
    assert_eq!(send(&sandbox, created, json!({ "forge": "missing" })), [401, 401]);
    // Its hash is right: it says nothing of the sum.
    let cheap = json!({ "fields": { "items[0][sum]": "0.01", "last_payment_sum": "0.01" } });
    assert_eq!(*send(&sandbox, created, cheap).last().unwrap(), 200);
    until(|| server.count("plugin_host_events_total", "refuted") == 1);
    until(|| server.log().contains("dropped, as it is not so"));
    // A new order's hash is a cancelled one's.
    let (created, address) = (happen(&sandbox, "order_created", "2"), server.address("order_cancelled"));
    assert_eq!(created, Vec::<u64>::new());
    subscribe(&sandbox, &[("order_created", address)]);
    let created = happen(&sandbox, "order_created", "2")[0];
    assert_eq!(send(&sandbox, created, json!({ "as": "order_cancelled" })), [200]);
    until(|| server.count("plugin_host_events_total", "refuted") == 2);
    assert_eq!(receiver.told().len(), 0);
    let paid = happen(&sandbox, "order_paid", "1")[0];
    assert_eq!(send(&sandbox, paid, json!({})), [200]);
    assert_eq!(receiver.wait(1).len(), 1);
}
