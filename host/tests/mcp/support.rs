//! What both kinds of clients need.

use std::process::Command;
use std::time::{Duration, Instant};

use justclick_sandbox::{Misbehaviour, Order, Sandbox};
use serde_json::{Value, json};

use crate::common::plugin_host;

/// The action that most tests call.
pub const TOOL: &str = "update_order_status";

/// The newest protocol version that begins with a handshake.
pub const PROTOCOL: &str = "2025-11-25";

/// The command, with nothing in its environment but a connection to the sandbox.
pub fn command(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = plugin_host(sandbox);
    command.arg("mcp").args(args);
    command
}

pub fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// A sandbox that takes its time for every request.
pub fn slow_sandbox(time: Duration) -> Sandbox {
    let sandbox = Sandbox::builder().sample_orders().misbehaviour(Misbehaviour::Slow).slow(time).start().unwrap();
    for id in 1..=9 {
        sandbox.put_order(Order::new(id.to_string()));
    }
    sandbox
}

/// What the plugin says of itself.
pub fn description() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/describe.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn error_schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifest/error.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The tools that the module itself offers.
pub fn modules_tools() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifest/tools.json");
    serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap()["tools"].clone()
}

/// Checks that these are the module's tools, but that a call of an action with `verify` may be answered
/// with what it was looked up by.
pub fn assert_are_the_modules(tools: &Value) {
    let (description, own) = (description(), modules_tools());
    let (own, actions) = (own.as_array().unwrap(), description["actions"].as_array().unwrap());
    assert_eq!(tools.as_array().unwrap().len(), own.len());
    for ((tool, own), action) in tools.as_array().unwrap().iter().zip(own).zip(actions) {
        let mut tool = tool.clone();
        if action.get("verify").is_some() {
            let output = tool["outputSchema"].as_object_mut().unwrap();
            assert_eq!(
                (&output["required"], output.get("additionalProperties")),
                (&json!([]), None),
                "{}",
                tool_name(own)
            );
            for closing in ["required", "additionalProperties"] {
                if let Some(value) = own["outputSchema"].get(closing) {
                    output.insert(closing.to_owned(), value.clone());
                }
            }
            let members = output["properties"].as_object_mut().unwrap();
            for added in ["verified", "found"] {
                assert!(members.shift_remove(added).is_some(), "{}: {added}", tool_name(own));
            }
        }
        assert_eq!(tool, *own);
    }
}

fn tool_name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap()
}

pub fn initialize(protocol: &str) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    json!({ "protocolVersion": protocol, "capabilities": {}, "clientInfo": client })
}

pub fn cancel(bill_id: &str) -> Value {
    json!({ "bill_id": bill_id, "status": "cancel" })
}

/// Paid so many seconds after a moment that shops have.
pub fn paid(bill_id: &str, seconds: u32) -> Value {
    json!({ "bill_id": bill_id, "status": "paid", "date": 1_700_000_000 + seconds })
}

/// The parameters of a call.
pub fn calling(input: &Value) -> Value {
    json!({ "name": TOOL, "arguments": input })
}

/// The output of a call that went well.
pub fn output(result: &Value) -> Value {
    assert_eq!(result["isError"], false, "{result}");
    assert_eq!(text(result), result["structuredContent"]);
    result["structuredContent"].clone()
}

/// The error document of a call that failed.
pub fn failure(result: &Value) -> Value {
    assert_eq!(result["isError"], true, "{result}");
    assert_eq!(result.get("structuredContent"), None, "clients check it against the output's schema");
    let error = text(result);
    jsonschema::validate(&error_schema(), &error).unwrap_or_else(|why| panic!("{why}: {error}"));
    error
}

fn text(result: &Value) -> Value {
    let content = result["content"].as_array().unwrap();
    assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")), "{result}");
    serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap()
}

pub fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "this should have happened by now");
        std::thread::sleep(Duration::from_millis(5));
    }
}
