//! A call whose effect is not known is looked up before anything else is done.

use std::fs;
use std::time::Duration;

use plugin_host_core::Queue;
use plugin_host_core::queue::Slots;
use plugin_host_core::retry::Backoff;
use serde_json::{Value, json};
use shop_service::Misbehaviour::{Busy, DelayMs, Drop, LoseAnswer, Ok as Answer};
use shop_service::Service;
use tokio_util::sync::CancellationToken;

use crate::server::{Server, mcp};
use crate::support::{Altered, altered, call, call_by, command, order, run_by, service};

/// The paths that were asked for.
fn paths(service: &Service) -> Vec<String> {
    service
        .requests()
        .into_iter()
        .map(|request| format!("{} {}", request.method, request.path.split('?').next().unwrap()))
        .collect()
}

/// The plugin, which says that a repeat makes another order, and that a customer's orders keep their order.
fn harmful() -> Altered {
    altered(&[("/actions/0/idempotency", json!("none")), ("/actions/0/subject", json!("customer"))])
}

#[test]
fn a_call_that_was_done_has_succeeded_with_what_is_known_of_its_output() {
    let service = service();
    service.misbehave([LoseAnswer]);
    let output = call(&service, "create_order", &order("r-1"), &["--strict"]).unwrap();
    assert_eq!((&output["verified"], output.get("id")), (&json!(true), None), "{output}");
    assert_eq!(output["found"]["items"][0]["request_id"], "r-1", "{output}");
    assert_eq!(paths(&service), ["POST /orders", "GET /orders"]);
}

#[test]
fn a_call_that_was_not_done_has_no_effect_and_may_be_repeated() {
    let (service, plugin) = (service(), harmful());
    service.misbehave([Drop]);
    let error = call_by(plugin.command(&service), "create_order", &order("r-1"), &[]).unwrap_err();
    assert_eq!((&error["retry"], &error["effect"]), (&json!("later"), &json!("none")), "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.ends_with("It was looked up with find_orders: it was not done. Try again."), "{error}");
    service.misbehave([Drop]);
    let output = call_by(plugin.command(&service), "create_order", &order("r-1"), &["--retries", "1"]).unwrap();
    assert_eq!(output["id"], "1");
    let again = ["POST /orders", "GET /orders", "POST /orders"];
    assert_eq!(paths(&service)[2..], again);
}

#[test]
fn a_read_that_fails_is_repeated_as_reads_are_and_else_leaves_it_unknown() {
    let (service, plugin) = (service(), harmful());
    let call = |args: &[&str]| call_by(plugin.command(&service), "create_order", &order("r-1"), args);
    service.misbehave([LoseAnswer, Busy, Drop]);
    assert_eq!(call(&["--retries", "2"]).unwrap()["verified"], true);
    service.misbehave([LoseAnswer, Busy]);
    let error = call(&[]).unwrap_err();
    assert_eq!((&error["retry"], &error["effect"]), (&json!("never"), &json!("unknown")), "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("It could not be looked up with find_orders: "), "{error}");
    // What to do is said once, at the end.
    assert!(!message.contains("Try again") && message.ends_with("look whether it was done."), "{error}");
}

#[test]
fn an_answer_that_tells_neither_says_what_was_looked_at() {
    let service = service();
    let done = json!([{ "pointer": "/items/0/paid", "value": true }]);
    let plugin = altered(&[("/actions/0/idempotency", json!("none")), ("/actions/0/verify/done", done)]);
    service.misbehave([LoseAnswer]);
    let error = call_by(plugin.command(&service), "create_order", &order("r-1"), &["--retries", "3"]);
    let error = error.unwrap_err();
    assert_eq!((&error["retry"], &error["effect"]), (&json!("never"), &json!("unknown")), "{error}");
    let told = "neither that it was done nor that it was not (at /items/0/paid, /items)";
    assert!(error["message"].as_str().unwrap().contains(told), "{error}");
    assert_eq!(paths(&service), ["POST /orders", "GET /orders"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_call_is_looked_up_no_later_one_on_its_subject_overtakes_it() {
    let (service, plugin) = (service(), harmful());
    let queue = Queue::new(plugin.connected(&service), Slots::new(8), None, Backoff::default());
    service.misbehave([LoseAnswer, DelayMs(300), Answer]);
    let call = |key| queue.call("create_order", order(key).to_string(), CancellationToken::new());
    let calls = [call("r-1"), call("r-2")].map(tokio::spawn);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(paths(&service), ["POST /orders", "GET /orders", "POST /orders"]);
}

#[test]
fn a_dry_run_and_a_single_attempt_look_nothing_up() {
    let (service, plugin) = (service(), harmful());
    let input = order("r-1").to_string();
    assert_eq!(run_by(plugin.command(&service), &["call", "create_order", "--input", &input, "--dry-run"]).0, 0);
    assert!(service.requests().is_empty());
    service.misbehave([LoseAnswer]);
    plugin.connected(&service).call("create_order", &input).unwrap_err();
    assert_eq!(paths(&service), ["POST /orders"]);
}

#[test]
fn a_batch_looks_rows_up_at_once_and_those_that_were_cut_off_when_it_goes_on() {
    let (service, plugin) = (service(), harmful());
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("orders.ndjson");
    fs::write(&rows, format!("{}\n", order("r-1"))).unwrap();
    let batch = |args: &[&str]| {
        let args = [&["batch", "create_order", rows.to_str().unwrap()], args].concat();
        run_by(plugin.command(&service), &args)
    };
    let results = folder.path().join("orders.results.ndjson");
    let result = || -> Value { serde_json::from_str(&fs::read_to_string(&results).unwrap()).unwrap() };
    service.misbehave([LoseAnswer]);
    let (code, _, said) = batch(&[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!((&result()["ok"], &result()["output"]["verified"]), (&json!(true), &json!(true)));
    // As a crash leaves it: the row was begun.
    let journal = folder.path().join("orders.ndjson.journal");
    let begun: String = fs::read_to_string(&journal).unwrap().lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(&journal, begun).unwrap();
    fs::remove_file(&results).unwrap();
    let (code, _, said) = batch(&["--resume"]);
    assert_eq!((code, &result()["output"]["verified"]), (0, &json!(true)), "{said}");
    assert_eq!(paths(&service), ["POST /orders", "GET /orders", "GET /orders"]);
}

#[test]
fn a_call_in_whose_middle_the_server_was_killed_is_looked_up_when_it_is_asked_for_again() {
    let (service, plugin) = (service(), harmful());
    let mut server = Server::start(plugin.command(&service));
    // Longer than anybody waits: it is not done before the server is gone.
    service.misbehave([DelayMs(600_000)]);
    let call = std::thread::spawn(server.calling("create_order", "7f0c", &order("r-1")));
    while service.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let server = server.restart(plugin.command(&service));
    assert_eq!(call.join().unwrap(), None);
    let (status, output) = server.call("create_order", "7f0c", &order("r-1"));
    assert_eq!((status, output), (200, json!({ "id": "1", "repeated": false })));
    assert_eq!(paths(&service), ["POST /orders", "GET /orders", "POST /orders"]);
}

#[test]
fn an_agent_gets_an_output_that_keeps_the_schema_of_its_tool() {
    let service = service();
    service.misbehave([LoseAnswer]);
    let calls =
        [("tools/list", json!({})), ("tools/call", json!({ "name": "create_order", "arguments": order("r-1") }))];
    let mut results = mcp(command(&service), &[], &calls);
    let (result, tools) = (results.remove(1), results.remove(0));
    assert_eq!(
        (&result["isError"], &result["structuredContent"]["verified"]),
        (&json!(false), &json!(true)),
        "{result}"
    );
    let tool = tools["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "create_order").unwrap();
    jsonschema::validate(&tool["outputSchema"], &result["structuredContent"]).unwrap();
}
