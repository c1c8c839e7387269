//! What is asked for from time to time.

use crate::common::plugin_host;
use crate::receiver::{Answer, Receiver};
use crate::server::{Server, happen, sandbox, subscribe, triggers, until};

fn polled(receiver: &Receiver, more: &str) -> tempfile::NamedTempFile {
    let poll = "[default.paid_order]\nevery = \"1s\"\nstart = \"beginning\"\n";
    triggers(&format!("deliver = \"{}\"\n{poll}{more}", receiver.url))
}

#[test]
fn orders_that_are_paid_are_asked_for_and_handed_on_once() {
    let (sandbox, receiver) = (sandbox(&["1", "2", "3"]), Receiver::start());
    happen(&sandbox, "order_paid", "1");
    let file = polled(&receiver, "");
    let args = ["--triggers", file.path().to_str().unwrap()];
    let server = Server::start(&sandbox, &args);
    assert_eq!(receiver.wait(1)[0].event()["type"], "justclick.paid_order");
    happen(&sandbox, "order_paid", "2");
    receiver.wait(2);
    // Else it may be killed before it has written that the event was taken, and would hand it on again.
    until(|| server.count("plugin_host_events_kept", "") == 0);
    let server = server.restart(plugin_host(&sandbox), &args);
    happen(&sandbox, "order_paid", "3");
    receiver.wait(3);
    let asked = sandbox.request_count();
    until(|| sandbox.request_count() > asked + 1 && server.count("plugin_host_events_kept", "") == 0);
    assert_eq!(receiver.told().len(), 3);
}

#[test]
fn what_a_webhook_and_a_poll_tell_of_comes_once() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let file = polled(&receiver, "[default.order_paid]\n");
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    let asked = sandbox.request_count();
    until(|| sandbox.request_count() > asked + 3);
    assert_eq!(receiver.told().len(), 1);
}

#[test]
fn a_service_that_fails_in_between_is_asked_again_and_nothing_is_lost() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    receiver.answers([Answer::Status(502, "")]);
    let file = polled(&receiver, "");
    let server = Server::start(&sandbox, &["--triggers", file.path().to_str().unwrap()]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(2);
    sandbox.set_misbehaviour(Some("http-503".parse().unwrap()));
    until(|| server.log().contains("is asked again"));
    happen(&sandbox, "order_paid", "2");
    sandbox.set_misbehaviour(None);
    let told = receiver.wait(3);
    assert_eq!(told.iter().map(|told| told.event()["subject"].clone()).collect::<Vec<_>>(), ["1", "1", "2"]);
}
