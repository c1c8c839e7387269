//! What is read again at SIGHUP.

use std::fs;

use crate::receiver::{Answer, Receiver};
use crate::server::{Server, happen, sandbox, subscribe, triggers, until};

const READ: &str = "read again";
const KEPT: &str = "all stays as it was";

#[test]
fn events_go_where_the_file_says_now_and_what_waits_goes_there_too() {
    let (sandbox, old, new) = (sandbox(&["1", "2"]), Receiver::start(), Receiver::start());
    old.always(Answer::Status(503, ""));
    let text = |receiver: &Receiver| format!("[default.order_paid]\ndeliver = \"{}\"\n", receiver.url);
    let file = triggers(&text(&old));
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    let address = server.address("order_paid");
    subscribe(&sandbox, &[("order_paid", address.clone())]);
    happen(&sandbox, "order_paid", "1");
    old.wait(1);
    fs::write(file.path(), text(&new)).unwrap();
    server.reload(READ);
    assert_eq!(server.address("order_paid"), address);
    happen(&sandbox, "order_paid", "2");
    let told = new.wait(2);
    let first = told.iter().find(|told| told.event()["subject"] == "1").unwrap();
    assert_eq!(first.header("webhook-id"), old.told()[0].header("webhook-id"));
    until(|| server.count("plugin_host_events_kept", "") == 0);
}

#[test]
fn a_trigger_that_is_no_more_open_has_no_address_and_what_waits_is_kept() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    receiver.always(Answer::Status(503, ""));
    let open = format!("deliver = \"{}\"\n[default.order_paid]\n", receiver.url);
    let file = triggers(&open);
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    let address = server.address("order_paid");
    subscribe(&sandbox, &[("order_paid", address.clone())]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    fs::write(file.path(), open.replace("order_paid", "order_created")).unwrap();
    server.reload(READ);
    assert_eq!(server.send(&address, b"id=1"), (404, String::new()));
    assert_eq!(server.count("plugin_host_events_kept", ""), 1);
}

#[test]
fn a_file_that_is_wrong_changes_nothing_and_is_told_whole() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let file = triggers(&format!("deliver = \"{}\"\n[default.order_paid]\n", receiver.url));
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    let wrong =
        "[default.order_gone]\n[berlin.order_paid]\n[default.order_created]\nevery = \"5m\"\n[default.paid_order]\n";
    fs::write(file.path(), wrong).unwrap();
    server.reload(KEPT);
    for told in [
        "berlin.order_paid is of no connection that is there: default",
        "default.order_created is told by webhook: every and start are for what is asked for",
        "default.order_gone is not there: JustClick has no trigger order_gone.",
        "default.paid_order says not where its events go: write deliver",
    ] {
        until(|| server.log().contains(told));
    }
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
}

#[test]
fn a_server_does_not_begin_with_a_file_that_is_wrong() {
    let sandbox = sandbox(&[]);
    let file = triggers("[default.order_paid]\ndeliver = \"hunter2\"\n");
    let mut command = crate::common::plugin_host(&sandbox);
    command.args(["serve", "--listen", "127.0.0.1:0", "--triggers"]).arg(file.path());
    let state = tempfile::tempdir().unwrap();
    let output = command.env("STATE_DIRECTORY", state.path()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("default.order_paid: deliver is no whole http or https address"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}
