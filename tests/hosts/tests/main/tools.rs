//! The same actions for hosts that speak MCP.

use hosts::Host;
use rmcp::model::{CallToolResult, ListToolsResult};
use serde_json::{Value, json};

use crate::support::*;

fn call(host: &mut Host, request: &Value) -> Value {
    let input = json!({ "context": { "_meta": {}, "id": "1" }, "request": request });
    host.call("call_tool", input.to_string()).unwrap()
}

/// The error in a tool's result, which must be shaped as one.
fn tool_error(result: &Value) -> Value {
    assert_eq!(result["isError"], true, "{result}");
    assert_eq!(result.get("structuredContent"), None, "clients check it against the output schema");
    let content = result["content"].as_array().unwrap();
    assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")));
    let error: Value = serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap();
    assert_described(&error, ERROR);
    error
}

/// As hyper-mcp asks: with the id and the metadata of the message that it was asked with itself. It
/// reads the answers into these types, and passes them on.
#[test]
fn a_host_that_reads_answers_into_mcp_s_types_finds_all_in_them() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let meta = json!({ "progressToken": 0, "io.modelcontextprotocol/protocolVersion": "2026-07-28" });
    for id in [json!(7), json!("seven")] {
        let context = json!({ "id": id, "_meta": meta });
        let listed = host.call("list_tools", json!({ "context": context }).to_string()).unwrap();
        let tools: ListToolsResult = serde_json::from_value(listed.clone()).unwrap();
        assert_eq!(json!(tools.tools), listed["tools"]);
        for (input, is_error) in [(seed(), false), (with(seed(), "bill_id", "7".into()), true)] {
            let request = json!({ "_meta": meta, "name": ACTION, "arguments": input });
            let called = host.call("call_tool", json!({ "request": request, "context": context }).to_string()).unwrap();
            let result: CallToolResult = serde_json::from_value(called.clone()).unwrap();
            assert_eq!((result.is_error, json!(result)), (Some(is_error), called));
        }
    }
}

/// What these are, and that they are plain enough for every client, the plugin's own tests tell.
#[test]
fn the_tools_are_those_that_were_made_of_the_actions() {
    let tools = Host::builder().build().call("list_tools", r#"{"context":{"_meta":{},"id":"1"}}"#).unwrap();
    let made = concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifest/tools.json");
    assert_eq!(tools, serde_json::from_str::<Value>(&std::fs::read_to_string(made).unwrap()).unwrap());
}

#[test]
fn what_a_client_adds_to_the_arguments_is_left_out_and_what_a_model_adds_is_told() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let mut input = seed();
    for name in ["toolCallId", "sessionId", "action", "chatInput", "_meta"] {
        input[name] = "added".into();
    }
    assert_eq!(call(&mut host, &json!({ "name": ACTION, "arguments": input }))["isError"], false);
    input["more"] = 1.into();
    let error = tool_error(&call(&mut host, &json!({ "name": ACTION, "arguments": input })));
    assert_eq!(problem_fields(&error), ["more"]);
}

#[test]
fn arguments_that_are_one_text_are_read() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let call = |host: &mut Host, arguments: &str| call(host, &json!({ "name": ACTION, "arguments": arguments }));
    assert_eq!(call(&mut host, &seed().to_string())["isError"], false);
    assert_eq!(tool_error(&call(&mut host, "cancel it"))["kind"], "invalid_input");
}

#[test]
fn a_tool_call_does_what_the_action_does() {
    let sandbox = sandbox();
    let result = call(&mut host(&sandbox.base_url()), &json!({ "name": ACTION, "arguments": seed() }));
    assert_eq!(result["isError"], false);
    let output = &result["structuredContent"];
    assert_described(output, "/actions/0/outputSchema");
    assert_eq!(output["message"], "order status changed");
    let content = result["content"].as_array().unwrap();
    assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")));
    assert_eq!(serde_json::from_str::<Value>(content[0]["text"].as_str().unwrap()).unwrap(), *output);
    assert_eq!(sandbox.order("100000").unwrap().status, "sent");
}

#[test]
fn a_tool_call_fails_with_the_action_s_error() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for input in [with(seed(), "bill_id", "7".into()), with(seed(), "status", "payed".into()), json!([])] {
        let error = tool_error(&call(&mut host, &json!({ "name": ACTION, "arguments": input })));
        assert_eq!(error, refused(&mut host, &input));
    }
    let mut unconfigured = Host::builder().build();
    let error = tool_error(&call(&mut unconfigured, &json!({ "name": ACTION, "arguments": seed() })));
    assert_eq!(error["kind"], "invalid_connection");
}

#[test]
fn arguments_that_are_null_or_left_out_are_an_empty_input() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for request in [json!({ "name": ACTION, "arguments": null }), json!({ "name": ACTION })] {
        let error = tool_error(&call(&mut host, &request));
        assert_eq!(error["kind"], "invalid_input");
        assert_eq!(problem_fields(&error), ["bill_id", "status"]);
    }
}

#[test]
fn an_unknown_tool_is_refused() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for name in ["", "updateOrderStatus", "describe", "check_connection", "call_tool"] {
        let error = tool_error(&call(&mut host, &json!({ "name": name, "arguments": seed() })));
        assert_eq!((&error["kind"], &error["effect"]), (&json!("invalid_input"), &json!("none")), "{name}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_malformed_tool_call_is_refused() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let inputs: [&[u8]; 8] = [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[]",
        b"{}",
        br#"{"request": null}"#,
        br#"{"request": {"arguments": {}}}"#,
        br#"{"request": {"name": 1, "arguments": {}}}"#,
    ];
    for input in inputs {
        let error = tool_error(&host.call("call_tool", input).unwrap());
        assert_eq!(error["kind"], "invalid_input", "{}", String::from_utf8_lossy(input));
    }
    assert_eq!(sandbox.request_count(), 0);
}
