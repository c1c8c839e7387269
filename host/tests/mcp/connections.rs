//! Several connections.

use justclick_sandbox::SAMPLE_API_KEY;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::common::connections;
use crate::support::*;

fn schema(agent: &mut Agent) -> Value {
    let list = agent.ask("tools/list", &json!({}));
    agent.answer(list)["result"]["tools"][0]["inputSchema"].clone()
}

fn with(input: Value, connection: &str) -> Value {
    let mut input = input;
    input["connection"] = connection.into();
    input
}

#[test]
fn with_several_connections_each_call_says_which() {
    let (berlin, paris) = (sandbox(), sandbox());
    let file = connections(&[("paris", &paris), ("berlin", &berlin)]);
    let mut agent = Agent::start(&berlin, &["--connections", file.path().to_str().unwrap()]);
    let schema = schema(&mut agent);
    assert_eq!(schema["properties"]["connection"]["enum"], json!(["berlin", "paris"]));
    assert_eq!(schema["required"], json!(["connection", "bill_id", "status"]));
    output(&agent.call(&with(cancel("100000"), "paris")));
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));
    for input in [cancel("100000"), with(cancel("100000"), "rome"), with(cancel("100000"), SAMPLE_API_KEY)] {
        let error = failure(&agent.call(&input));
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("connection")));
        assert!(error["message"].as_str().unwrap().contains("berlin, paris"), "{error}");
    }
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));
}

#[test]
fn one_connections_dead_service_is_not_anothers() {
    let (berlin, paris) = (sandbox(), sandbox());
    let file = connections(&[("paris", &paris), ("berlin", &berlin)]);
    let mut agent = Agent::start(&berlin, &["--connections", file.path().to_str().unwrap()]);
    drop(paris);
    assert_eq!(failure(&agent.call(&with(cancel("100000"), "paris")))["kind"], "unavailable");
    output(&agent.call(&with(cancel("100000"), "berlin")));
}

#[test]
fn with_one_connection_there_is_nothing_to_say() {
    let (berlin, paris) = (sandbox(), sandbox());
    let file = connections(&[("paris", &paris), ("berlin", &berlin)]);
    let args = ["--connections", file.path().to_str().unwrap(), "--connection", "paris"];
    let mut agent = Agent::start(&berlin, &args);
    assert_eq!(schema(&mut agent), description()["actions"][0]["inputSchema"]);
    output(&agent.call(&cancel("100000")));
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));
    assert_eq!(failure(&agent.call(&with(cancel("100000"), "paris")))["field"], "connection");
}
