//! Webhooks and calls do not take each other's places.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::receiver::Receiver;
use crate::server::{Server, happen, hold, sandbox, send, subscribe, until};

/// What a service tells that does not know the secret.
const FORGED: &[u8] = b"id=1&email=a%40b.example&paid=1&hash=0";

#[test]
fn a_flood_of_webhooks_takes_no_place_of_a_call() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let args = ["--deliver", &receiver.url, "--webhooks", "1", "--in-flight", "1", "--waiting", "0"];
    let server = Server::start(&sandbox, &args);
    let (address, done) = (server.address("order_paid"), AtomicBool::new(false));
    let (refused, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    match server.send(&address, FORGED).0 {
                        503 => refused.fetch_add(1, Ordering::Relaxed),
                        401 => taken.fetch_add(1, Ordering::Relaxed),
                        other => panic!("{other}"),
                    };
                }
            });
        }
        until(|| taken.load(Ordering::Relaxed) > 50);
        for _ in 0..20 {
            let (status, body) = server.post("/v1/connections/default/check");
            assert_eq!(status, 200, "{body}");
        }
        done.store(true, Ordering::Relaxed);
    });
    let counted = server.count("plugin_host_webhooks_total", "forged_event");
    assert_eq!(counted as usize, taken.load(Ordering::Relaxed));
    assert_eq!(server.count("plugin_host_webhooks_total", "overloaded") as usize, refused.load(Ordering::Relaxed));
}

#[test]
fn calls_to_a_service_that_hangs_take_no_place_of_a_webhook() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let server =
        Server::start(&sandbox, &["--deliver", &receiver.url, "--in-flight", "1", "--waiting", "1", "--drain", "1"]);
    let address = server.address("order_paid");
    hold(&sandbox);
    sandbox.set_misbehaviour(Some("slow".parse().unwrap()));
    thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| server.post("/v1/connections/default/check").0)).collect();
        until(|| sandbox.request_count() > 0);
        for _ in 0..20 {
            assert_eq!(server.send(&address, FORGED).0, 401);
        }
        let ended: Vec<_> = calls.into_iter().map(|call| call.join().unwrap()).collect();
        assert!(ended.contains(&200) && ended.contains(&429), "{ended:?}");
    });
}

#[test]
fn a_webhook_is_read_though_its_service_does_not_answer_and_is_confirmed_later() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    hold(&sandbox);
    let paid = ["1", "2"].map(|number| happen(&sandbox, "order_paid", number)[0]);
    sandbox.set_misbehaviour(Some("drop-before".parse().unwrap()));
    for _ in 0..12 {
        server.post("/v1/connections/default/check");
    }
    for number in paid {
        assert_eq!(send(&sandbox, number, json!({})), [200]);
    }
    until(|| server.log().contains("not confirmed yet"));
    sandbox.set_misbehaviour(None);
    assert_eq!(receiver.wait(2).len(), 2);
    thread::sleep(Duration::from_millis(50));
    assert_eq!(receiver.told().len(), 2);
}
