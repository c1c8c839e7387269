//! kill -9, at any place: nothing is lost, and what comes again has the same key.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::common::plugin_host;
use crate::receiver::{Answer, Receiver, Told};
use crate::server::{Server, happen, hold, sandbox, send, subscribe, until};

/// The keys under which each event came.
fn keys(told: &[Told]) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
    for told in told {
        keys.entry(told.id()).or_default().insert(told.header("webhook-id").to_owned());
    }
    keys
}

#[test]
fn what_was_answered_is_handed_on_by_the_next_process() {
    let numbers: Vec<String> = (1..=20).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let (sandbox, receiver) = (sandbox(&numbers), Receiver::start());
    receiver.always(Answer::Status(503, ""));
    let args = ["--deliver", receiver.url.as_str()];
    let server = Server::start(&sandbox, &args);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    hold(&sandbox);
    for number in &numbers {
        let paid = happen(&sandbox, "order_paid", number)[0];
        assert_eq!(send(&sandbox, paid, json!({})), [200]);
    }
    // Some are being made sure of, some are on their way, some wait.
    let server = server.restart(plugin_host(&sandbox), &args);
    receiver.always(Answer::Status(200, ""));
    until(|| keys(&receiver.told()).len() == 20 && server.count("plugin_host_events_kept", "") == 0);
    assert!(keys(&receiver.told()).values().all(|keys| keys.len() == 1));
    let server = server.restart(plugin_host(&sandbox), &args);
    assert_eq!(server.count("plugin_host_events_kept", ""), 0);
}

#[test]
fn what_was_on_its_way_comes_again_under_the_same_key() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    receiver.answers([Answer::Hang(Duration::from_secs(60))]);
    let args = ["--deliver", receiver.url.as_str()];
    let server = Server::start(&sandbox, &args);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    let server = server.restart(plugin_host(&sandbox), &args);
    let told = receiver.wait(2);
    assert_eq!((told[0].header("webhook-id"), &told[0].body), (told[1].header("webhook-id"), &told[1].body));
    until(|| server.count("plugin_host_events_kept", "") == 0);
}

#[test]
fn webhooks_that_come_while_it_is_killed_again_and_again_are_all_handed_on() {
    let numbers: Vec<String> = (1..=60).map(|number| number.to_string()).collect();
    let names: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let (sandbox, receiver) = (sandbox(&names), Receiver::start());
    let args = ["--deliver", receiver.url.as_str()];
    let mut server = Server::start(&sandbox, &args);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    hold(&sandbox);
    for part in names.chunks(10) {
        let paid: Vec<u64> = part.iter().map(|number| happen(&sandbox, "order_paid", number)[0]).collect();
        let address = server.address("order_paid");
        thread::scope(|scope| {
            let (sandbox, address) = (&sandbox, &address);
            let sending: Vec<_> = paid
                .iter()
                .map(|number| scope.spawn(move || send(sandbox, *number, json!({ "url": address }))))
                .collect();
            thread::sleep(Duration::from_millis(fastrand::u64(0..60)));
            server = std::mem::replace(&mut server, Server::start(sandbox, &args)).restart(plugin_host(sandbox), &args);
            // As a service does that had no answer, or another than it hoped for.
            for (number, sent) in paid.iter().zip(sending) {
                let mut answers = sent.join().unwrap();
                while answers.last() != Some(&200) {
                    answers = send(sandbox, *number, json!({ "url": server.address("order_paid") }));
                }
            }
        });
    }
    until(|| keys(&receiver.told()).len() == 60 && server.count("plugin_host_events_kept", "") == 0);
    let keys = keys(&receiver.told());
    assert!(keys.values().all(|keys| keys.len() == 1), "{keys:?}");
}

#[test]
fn a_server_that_is_asked_to_end_waits_for_what_is_on_its_way() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    receiver.answers([Answer::Late(Duration::from_secs(2))]);
    let args = ["--deliver", receiver.url.as_str()];
    let server = Server::start(&sandbox, &args);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    let state = server.state.clone();
    assert_eq!(server.end(), Some(0));
    let server = Server::begin(plugin_host(&sandbox), &args, state);
    assert_eq!((server.count("plugin_host_events_kept", ""), receiver.told().len()), (0, 1));
}
