//! Calls that do not go well.

use justclick_sandbox::{Misbehaviour, SAMPLE_API_KEY};
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::support::*;

#[test]
fn a_failed_call_is_an_error_with_the_plugins_document() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    let error = failure(&agent.call(&json!({ "bill_id": "x", "status": "payed", "more": 1 })));
    assert_eq!((&error["kind"], error["problems"].as_array().unwrap().len()), (&json!("invalid_input"), 3));
    assert_eq!(sandbox.request_count(), 0);
    let error = failure(&agent.call(&cancel("7")));
    assert_eq!((&error["kind"], &error["upstream"]["verified"]), (&json!("not_found"), &json!(true)));
    sandbox.set_misbehaviour(Some(Misbehaviour::ForgedHash));
    let error = failure(&agent.call(&cancel("100000")));
    assert_eq!((&error["kind"], &error["effect"]), (&json!("forged_reply"), &json!("unknown")));
    drop(sandbox);
    let error = failure(&agent.call(&cancel("100000")));
    assert_eq!((&error["kind"], &error["retry"]), (&json!("unavailable"), &json!("later")));
}

#[test]
fn arguments_that_are_left_out_are_an_empty_input() {
    let mut agent = Agent::start(&sandbox(), &[]);
    for params in [json!({ "name": TOOL }), json!({ "name": TOOL, "arguments": null }), calling(&json!({}))] {
        let id = agent.ask("tools/call", &params);
        let error = failure(&agent.answer(id)["result"]);
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("bill_id")));
    }
}

#[test]
fn an_unknown_tool_is_an_error_of_the_protocol() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    for name in ["", "updateOrderStatus", "describe", "check_connection", SAMPLE_API_KEY] {
        let id = agent.ask("tools/call", &json!({ "name": name, "arguments": cancel("100000") }));
        let error = &agent.answer(id)["error"];
        assert_eq!(error["code"], -32_602, "{name}");
        assert!(error["message"].as_str().unwrap().contains(TOOL), "{error}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_call_of_another_shape_is_an_error_of_the_protocol() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    for params in [json!({ "name": TOOL, "arguments": [] }), json!({ "name": 1 }), json!({}), Value::Null] {
        let id = agent.ask("tools/call", &params);
        assert_eq!(agent.answer(id)["error"]["code"], -32_602, "{params}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_number_of_too_many_digits_is_refused_rather_than_rounded() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    let (id, line) = agent.request("tools/call", &calling(&cancel("MANY")));
    agent.write(&line.replace("\"MANY\"", "18446744073709551617"));
    let error = failure(&agent.answer(id)["result"]);
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("bill_id")));
    assert_eq!(sandbox.request_count(), 0);
    // As a text it may have them all.
    assert_eq!(failure(&agent.call(&cancel("18446744073709551617")))["kind"], "not_found");
}

#[test]
fn a_secret_in_the_wrong_place_is_neither_answered_nor_logged() {
    let mut agent = Agent::start(&sandbox(), &["--log", "trace"]);
    let key = SAMPLE_API_KEY;
    for input in [
        cancel(key),
        json!({ "bill_id": "100000", "status": key }),
        json!({ "bill_id": "100000", "status": "cancel", key: key }),
        json!({ "bill_id": "100000", "status": "sent", "date": key, "rpo": 1 }),
    ] {
        // The client looks for the key in all that it is sent.
        assert_eq!(failure(&agent.call(&input))["kind"], "invalid_input");
    }
    let id = agent.ask("tools/call", &json!({ "name": key, "arguments": { key: key } }));
    assert!(agent.answer(id)["error"].is_object());
    assert!(agent.leave().log.contains("invalid_input"));
}

#[test]
fn more_calls_than_fit_are_refused_and_may_come_again() {
    let sandbox = slow_sandbox(std::time::Duration::from_millis(700));
    let mut agent = Agent::start(&sandbox, &["--in-flight", "1", "--waiting", "1"]);
    let calls = ["1", "2", "3"].map(|bill_id| agent.ask("tools/call", &calling(&cancel(bill_id))));
    let error = failure(&agent.answer(calls[2])["result"]);
    assert_eq!(
        (&error["kind"], &error["retry"], &error["effect"]),
        (&json!("unavailable"), &json!("later"), &json!("none"))
    );
    assert_eq!(error["retry_after_s"], 1);
    for call in &calls[..2] {
        output(&agent.answer(*call)["result"]);
    }
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn a_failed_call_is_repeated_only_if_the_operator_says_so() {
    let sandbox = sandbox();
    sandbox.set_misbehaviour(Some(Misbehaviour::Code(8)));
    for (retries, requests) in [("0", 1), ("1", 3)] {
        let mut agent = Agent::start(&sandbox, &["--retries", retries]);
        assert_eq!(failure(&agent.call(&cancel("100000")))["kind"], "throttled");
        assert_eq!(sandbox.request_count(), requests);
    }
}

#[test]
fn what_can_not_be_read_stops_nothing() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &["--largest-message", "1000"]);
    agent.write("not JSON\n\n[]\n{\"jsonrpc\":\"2.0\"\n");
    let (_, line) = agent.request("tools/call", &calling(&json!({ "bill_id": "1".repeat(5000) })));
    agent.write(&line);
    output(&agent.call(&cancel("100000")));
    let end = agent.leave();
    assert_eq!((end.code, sandbox.request_count()), (Some(0), 1));
    assert!(end.log.contains("exceeded the maximum line length"), "{}", end.log);
}

#[test]
fn a_log_that_nobody_reads_holds_nothing_up() {
    let sandbox = sandbox();
    let mut agent = Agent::start_unheeding(&sandbox, &[]);
    // More lines than a pipe and what waits before it can take.
    for _ in 0..6000 {
        assert_eq!(failure(&agent.call(&cancel("7")))["kind"], "not_found");
    }
    assert_eq!(agent.leave().code, Some(0));
}
