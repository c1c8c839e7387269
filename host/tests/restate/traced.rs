//! Restate's trace goes on to the service's answer.

use crate::common::collector::{Collector, PARENT, TRACE, only, path};
use crate::protocol::invoke;
use crate::{CANCEL, HANDLER, KEY, begin, command, sandbox};

#[tokio::test]
async fn an_invocation_and_all_that_comes_of_it_is_in_the_trace_that_restate_names() {
    let (sandbox, collector) = (sandbox(None), Collector::start());
    let mut command = command(&sandbox, &[]);
    collector.of(&mut command);
    let host = begin(command);
    invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let invoked = "restate /invoke/justclick/update_order_status";
    let spans = collector.spans(&[invoked]);
    let request = only(&spans, "POST");
    assert_eq!(path(&spans, request), ["POST", "attempt", "call update_order_status", invoked, PARENT]);
    assert_eq!(request.trace, TRACE);
}

#[tokio::test]
async fn each_attempt_has_a_line_in_the_audit_in_the_trace_that_restate_names() {
    let (sandbox, collector, folder) = (sandbox(None), Collector::start(), tempfile::tempdir().unwrap());
    let audit = folder.path().join("audit");
    let mut command = command(&sandbox, &[]);
    collector.of(command.env("PLUGIN_HOST_AUDIT", &audit));
    let host = begin(command);
    invoke(&host.address, HANDLER, KEY, CANCEL).await;
    invoke(&host.address, HANDLER, "made_up:1", CANCEL).await;
    let text = std::fs::read_to_string(&audit).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = ["caller", "connection", "action", "outcome"].map(|member| lines[0][member].as_str().unwrap());
    assert_eq!((told, &lines[0]["trace"]), (["restate", "default", "update_order_status", "done"], &TRACE.into()));
    assert!(lines[0]["key"].is_string());
    assert_eq!((lines.len(), &lines[1]["outcome"]), (2, &"invalid_input".into()));
    assert!(!text.contains("100000") && !text.contains("made_up"), "{text}");
}
