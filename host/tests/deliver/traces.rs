//! One trace from what a service tells, or is asked for, to the receiver that has it.

use std::sync::Arc;

use crate::common::collector::{Collector, Span, only, path};
use crate::common::plugin_host;
use crate::receiver::{Answer, Receiver};
use crate::server::{Server, happen, sandbox, subscribe, triggers, until};

#[test]
fn a_webhook_is_in_one_trace_with_what_confirms_it_and_each_attempt_to_deliver_its_event() {
    let (sandbox, receiver, collector) = (sandbox(&["100000"]), Receiver::start(), Collector::start());
    receiver.answers([Answer::Status(502, "")]);
    let mut command = plugin_host(&sandbox);
    collector.of(command.arg("--send-traceparent"));
    let server = Server::begin(command, &["--deliver", &receiver.url], Arc::new(tempfile::tempdir().unwrap()));
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "100000");
    receiver.wait(2);
    let attempts = |spans: &[Span]| {
        let mut attempts: Vec<_> = spans.iter().filter(|span| span.name == "deliver order_paid").cloned().collect();
        attempts.sort_by_key(|span| span.attributes["plugin.attempt"].clone());
        attempts
    };
    until(|| attempts(&collector.spans(&[])).len() == 2);
    let told = "POST /v1/connections/{connection}/triggers/{trigger}/{secret}";
    let spans = collector.spans(&[told, "confirm order_paid", "call order_paid"]);
    let trace = &only(&spans, told).trace;
    assert_eq!(path(&spans, only(&spans, "confirm order_paid")), ["confirm order_paid", told, ""]);
    let outcome = |span: &Span| (span.attributes["plugin.outcome"].clone(), span.failed);
    let outcomes: Vec<_> = attempts(&spans).iter().map(outcome).collect();
    assert_eq!(outcomes, [("failed".to_owned(), true), ("delivered".to_owned(), false)]);
    let attempts = attempts(&spans);
    assert!(attempts.iter().all(|span| span.trace == *trace), "{spans:#?}");
    // The receiver goes on with the attempt that it answers.
    let named = |span: &Span| format!("00-{}-{}-01", span.trace, span.id);
    let seen: Vec<_> = receiver.told().iter().map(|told| told.header("traceparent").to_owned()).collect();
    assert_eq!(seen, attempts.iter().map(named).collect::<Vec<_>>());
    // Neither what it was about, nor the addresses, which are secrets.
    let (all, address) = (collector.all().0, server.address("order_paid"));
    for value in ["100000", "s3cret", address.rsplit('/').next().unwrap()] {
        assert!(!all.contains(value), "{value} is in what was sent");
    }
}

#[test]
fn a_poll_is_in_one_trace_with_the_delivery_of_what_it_told_of_also_after_a_crash() {
    let (sandbox, receiver, collector) = (sandbox(&["1"]), Receiver::start(), Collector::start());
    receiver.answers([Answer::Status(503, "Retry-After: 1\r\n")]);
    happen(&sandbox, "order_paid", "1");
    let poll = "[default.paid_order]\nevery = \"1h\"\nstart = \"beginning\"\n";
    let file = triggers(&format!("deliver = \"{}\"\n{poll}", receiver.url));
    let args = ["--triggers", file.path().to_str().unwrap()];
    let command = || {
        let mut command = plugin_host(&sandbox);
        collector.of(&mut command);
        command
    };
    let server = Server::begin(command(), &args, Arc::new(tempfile::tempdir().unwrap()));
    receiver.wait(1);
    let spans = collector.spans(&["poll paid_order", "deliver paid_order"]);
    let trace = only(&spans, "poll paid_order").trace.clone();
    let _server = server.restart(command(), &args);
    receiver.wait(2);
    assert!(
        receiver.told().iter().all(|told| told.header("traceparent").is_empty()),
        "strangers are told of the trace"
    );
    let is_delivered = |span: &Span| span.name == "deliver paid_order" && !span.failed && span.trace == trace;
    until(|| collector.spans(&[]).iter().any(is_delivered));
}
