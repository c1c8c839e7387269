//! Calls that do not go well.

use justclick_sandbox::{Misbehaviour, Order, SAMPLE_API_KEY};
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
    for params in [json!({ "name": 1 }), json!({}), Value::Null] {
        let id = agent.ask("tools/call", &params);
        assert_eq!(agent.answer(id)["error"]["code"], -32_602, "{params}");
    }
    let (id, line) = agent.request("tools/call", &calling(&cancel("100000")));
    agent.write(&line.replace("\"params\":{", "\"params\":{\"arguments\":{},"));
    assert_eq!(agent.answer(id)["error"]["code"], -32_602);
    assert_eq!(sandbox.request_count(), 0);
}

/// Clients show an error of the protocol to people, and a failed call to the model.
#[test]
fn arguments_that_are_no_object_are_told_to_the_model() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    for arguments in [json!([]), json!([cancel("100000")]), json!(7), json!("cancel it"), json!("[]"), json!(true)] {
        let error = failure(&agent.call(&arguments));
        assert!(error["message"].as_str().unwrap().starts_with("arguments must be a JSON object"), "{error}");
    }
    assert_eq!(sandbox.request_count(), 0);
    output(&agent.call(&json!(cancel("100000").to_string())));
}

#[test]
fn arguments_that_the_client_adds_by_itself_are_left_out_and_those_of_a_model_are_told() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &["--log", "debug"]);
    let mut input = cancel("100000");
    for name in ["toolCallId", "sessionId", "action", "chatInput", "_meta"] {
        input[name] = "added".into();
    }
    assert_eq!(output(&agent.call(&input))["status"], "cancel");
    input["comment"] = "x".into();
    assert_eq!(failure(&agent.call(&input))["field"], "comment");
    assert_eq!(sandbox.request_count(), 1);
    let log = agent.leave().log;
    assert!(log.contains("toolCallId") && log.contains("left out"), "{log}");
}

#[test]
fn a_name_that_is_given_twice_is_refused() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    for twice in [r#""bill_id":"100000","bill_id":"7""#, r#""bill_id":"100000","b\u0069ll_id":"100000""#] {
        let (id, line) = agent.request("tools/call", &calling(&cancel("100000")));
        let line = line.replace(r#""bill_id":"100000""#, twice);
        for line in [line.clone(), line.replace("\"arguments\":{", "\"arguments\":{\"nested\":{\"a\":1,\"a\":2},")] {
            agent.write(&line);
            let error = failure(&agent.answer(id)["result"]);
            let message = error["message"].as_str().unwrap();
            assert!(message.ends_with(" is given twice: leave one out."), "{error}");
        }
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_number_keeps_every_digit() {
    let sandbox = sandbox();
    for id in ["18446744073709551617", "12345678901234567890"] {
        sandbox.put_order(Order::new(id));
        let mut agent = Agent::start(&sandbox, &[]);
        let (call, line) = agent.request("tools/call", &calling(&cancel("MANY")));
        agent.write(&line.replace("\"MANY\"", id));
        assert_eq!(output(&agent.answer(call)["result"])["bill_id"], id);
        assert_eq!(sandbox.order(id).unwrap().status, "cancel");
    }
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
    assert_eq!(end.answers[&0]["error"]["code"], -32_600);
    for told in ["longer than the 1000 bytes of --largest-message", "a line is passed over: The message is not JSON"] {
        assert!(end.log.contains(told), "{told} is not in {}", end.log);
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_the_last_line_needs_no_end() {
    let sandbox = sandbox();
    let mut agent = Agent::spawn(command(&sandbox, &[]));
    let (greeting, line) = agent.request("initialize", &initialize(PROTOCOL));
    agent.write(&format!("\u{feff}{}\r\n", line.trim()));
    assert_eq!(agent.answer(greeting)["result"]["protocolVersion"], PROTOCOL);
    agent.tell("notifications/initialized", &json!({}));
    let (call, line) = agent.request("tools/call", &calling(&cancel("100000")));
    agent.write(line.trim());
    assert_eq!(output(&agent.leave().answers[&call]["result"])["status"], "cancel");
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
