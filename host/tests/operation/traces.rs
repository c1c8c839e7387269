//! One trace, from whoever asks to the service's answer.

use std::process::Stdio;

use justclick_sandbox::SAMPLE_API_KEY;
use serde_json::{Value, json};

use crate::common::collector::{Collector, PARENT, Span, TRACE, TRACEPARENT, only, path};
use crate::common::plugin_host;
use crate::support::{Process, call_tool, free_address, get, post, sandbox, until};

const ACTION: &str = "/v1/connections/default/actions/update_order_status";
const SERVED: &str = "POST /v1/connections/{connection}/actions/{action}";

fn cancel() -> Value {
    json!({ "bill_id": "100000", "status": "cancel" })
}

#[test]
fn a_request_to_the_server_and_all_that_comes_of_it_is_in_the_trace_that_its_caller_names() {
    let (sandbox, collector) = (sandbox(), Collector::start());
    let server = Process::start(collector.of(plugin_host(&sandbox).args(["serve", "--listen", "127.0.0.1:0"])));
    assert_eq!(post(server.address(), ACTION, &[("traceparent", TRACEPARENT)], &cancel()).0, 200);
    let spans = collector.spans(&[SERVED]);
    assert!(spans.iter().all(|span| span.trace == TRACE && !span.failed), "{spans:#?}");
    let way = ["attempt", "call update_order_status", SERVED, PARENT];
    let request = only(&spans, "POST");
    assert_eq!(path(&spans, request), [&["POST"], &way[..]].concat());
    let waits: Vec<_> = spans.iter().filter(|span| span.name == "wait").collect();
    assert_eq!(waits.iter().map(|wait| wait.attributes["wait.for"].as_str()).collect::<Vec<_>>(), ["subject", "slot"]);
    assert!(waits.iter().all(|wait| path(&spans, wait) == [&["wait"], &way[1..]].concat()));
    let told = |name: &str, attribute: &str| only(&spans, name).attributes[attribute].clone();
    assert_eq!(told("POST", "http.response.status_code"), "200");
    assert_eq!(told("POST", "url.full"), format!("{}/api/UpdateOrderStatus", sandbox.base_url()));
    assert_eq!(told("call update_order_status", "plugin.connection"), "default");
    assert_eq!(told("call update_order_status", "plugin.outcome"), "done");
    assert!(told("attempt", "plugin.fuel").parse::<u64>().unwrap() > 1000);
    assert_eq!(told(SERVED, "http.response.status_code"), "200");
    let (all, services) = collector.all();
    assert_eq!(services[0], "plugin-host");
    // Neither a secret nor what the call was about.
    for value in [SAMPLE_API_KEY, "100000", "cancel"] {
        assert!(!all.contains(value), "{value} is in what was sent");
    }
    assert!(!sandbox.requests()[0].headers.contains_key("traceparent"), "strangers are told of the trace");
    // The log has its own, and nothing of these.
    let log = server.log();
    let done = log.lines().find(|line| line.contains(": done ")).unwrap_or_else(|| panic!("{log}"));
    assert!(done.contains("request{id=") && !done.contains("attempt{") && !done.contains("otel"), "{done}");
}

#[test]
fn the_service_sees_the_trace_if_the_operator_says_so_and_failures_are_marked() {
    let (sandbox, collector) = (sandbox(), Collector::start());
    let mut command = plugin_host(&sandbox);
    command.args(["--send-traceparent", "serve", "--listen", "127.0.0.1:0"]).env("OTEL_SERVICE_NAME", "orders");
    let server = Process::start(collector.of(&mut command));
    let missing = json!({ "bill_id": "999999", "status": "cancel" });
    assert_eq!(post(server.address(), ACTION, &[("traceparent", "not one")], &missing).0, 404);
    let spans = collector.spans(&[SERVED]);
    let (served, call, request) =
        (only(&spans, SERVED), only(&spans, "call update_order_status"), only(&spans, "POST"));
    // What names no trace is passed over.
    assert!(served.parent.is_empty() && served.trace != TRACE);
    assert!(call.failed && call.attributes["error.type"] == "not_found" && !served.failed);
    let seen = format!("00-{}-{}-01", request.trace, request.id);
    assert_eq!(sandbox.requests()[0].headers["traceparent"], seen);
    assert_eq!(collector.all().1[0], "orders");
}

#[test]
fn a_tool_that_an_agent_calls_is_in_the_trace_of_its_message_or_else_of_its_request() {
    let (sandbox, collector) = (sandbox(), Collector::start());
    let server = Process::start(collector.of(plugin_host(&sandbox).args(["mcp", "--listen", "127.0.0.1:0"])));
    let other = TRACEPARENT.replace(TRACE, &"1".repeat(32));
    for (headers, meta) in [
        (vec![("traceparent", TRACEPARENT)], json!({})),
        (vec![("traceparent", &*other)], json!({ "traceparent": TRACEPARENT })),
    ] {
        let (status, answer) = call_tool(server.address(), &headers, &cancel(), &meta);
        assert!(status == 200 && answer.contains(r#""isError":false"#), "{answer}");
    }
    let tools = || {
        collector
            .spans(&["tools/call update_order_status"])
            .into_iter()
            .filter(|span| span.name.starts_with("tools/"))
            .count()
    };
    until(|| tools() == 2);
    let spans = collector.spans(&[]);
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "POST").collect();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let way = ["POST", "attempt", "call update_order_status", "tools/call update_order_status", PARENT];
        assert_eq!((path(&spans, request), request.trace.as_str()), (way.map(str::to_owned).to_vec(), TRACE));
    }
}

#[test]
fn a_command_is_in_the_trace_of_the_script_that_runs_it() {
    let (sandbox, collector) = (sandbox(), Collector::start());
    let mut command = plugin_host(&sandbox);
    collector.of(&mut command).env("TRACEPARENT", TRACEPARENT);
    let output = command.args(["call", "update_order_status", "--input", &cancel().to_string()]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    // All of it is there when the command has ended.
    let spans = collector.spans(&["plugin-host call"]);
    let way = ["POST", "attempt", "call update_order_status", "plugin-host call", PARENT];
    assert_eq!(path(&spans, only(&spans, "POST")), way);
}

#[test]
fn each_row_of_a_batch_is_a_trace_of_its_own_with_a_link_to_the_batch_which_is_in_that_of_its_script() {
    let (sandbox, collector, folder) = (sandbox(), Collector::start(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("orders.csv"), "bill_id,status\n100000,cancel\n999999,cancel\n").unwrap();
    let mut command = plugin_host(&sandbox);
    collector.of(command.current_dir(folder.path())).env("TRACEPARENT", TRACEPARENT);
    let output = command.args(["batch", "update_order_status", "orders.csv"]).output().unwrap();
    assert_eq!(output.status.code(), Some(20), "{output:?}");
    let spans = collector.spans(&["plugin-host batch", "batch row"]);
    let batch = only(&spans, "plugin-host batch");
    assert_eq!((batch.trace.as_str(), batch.parent.as_str()), (TRACE, PARENT));
    let mut rows: Vec<_> = spans.iter().filter(|span| span.name == "batch row").collect();
    rows.sort_by_key(|row| row.attributes["batch.line"].clone());
    let told =
        |row: &Span| (row.attributes["batch.line"].clone(), row.attributes["plugin.outcome"].clone(), row.failed);
    let expected = [("2".to_owned(), "done".to_owned(), false), ("3".to_owned(), "not_found".to_owned(), true)];
    assert_eq!(rows.iter().map(|row| told(row)).collect::<Vec<_>>(), expected);
    assert_ne!(rows[0].trace, rows[1].trace);
    assert!(rows.iter().all(|row| row.trace != TRACE && row.links == [batch.id.clone()]), "{rows:#?}");
    for request in spans.iter().filter(|span| span.name == "POST") {
        assert_eq!(path(&spans, request), ["POST", "attempt", "call update_order_status", "batch row", ""]);
    }
    assert!(!collector.all().0.contains("999999"));
}

#[test]
fn a_collector_that_is_not_there_stops_no_call_and_is_told_once() {
    let sandbox = sandbox();
    let mut command = plugin_host(&sandbox);
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("OTEL_BSP_SCHEDULE_DELAY", "20");
    let server = Process::start(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", free_address())));
    for _ in 0..3 {
        assert_eq!(post(server.address(), ACTION, &[], &cancel()).0, 200);
    }
    until(|| server.log().contains("the collector does not take traces, which are left out: connect"));
    assert_eq!(get(server.address(), "/readyz").0, 200);
    assert_eq!(server.log().matches("the collector does not take traces").count(), 1);
}

#[test]
fn what_can_not_be_done_with_the_variables_is_told_before_anything_begins() {
    let sandbox = sandbox();
    for (name, value, says) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "is not the address of a collector"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "only http/protobuf is spoken"),
        ("OTEL_TRACES_EXPORTER", "zipkin", "only otlp and none are known"),
    ] {
        let mut command = plugin_host(&sandbox);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9").env(name, value);
        let output = command.arg("check").stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains(says) && told.lines().count() == 1, "{told}");
    }
    assert_eq!(sandbox.request_count(), 0);
}
