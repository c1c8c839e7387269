//! Several connections.

use justclick_sandbox::SAMPLE_API_KEY;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::common::connections;
use crate::support::*;

fn tools(agent: &mut Agent) -> Vec<Value> {
    let list = agent.ask("tools/list", &json!({}));
    agent.answer(list)["result"]["tools"].as_array().unwrap().clone()
}

fn schema(agent: &mut Agent) -> Value {
    tools(agent)[0]["inputSchema"].clone()
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

/// What a tool may cost a model in each request, in bytes: about 400 tokens.
const LARGEST: usize = 1600;

/// The same for all of them together: about 5,000 tokens.
const ALL: usize = 20_000;

#[test]
fn no_tool_has_what_some_provider_refuses_with_one_connection_or_several() {
    let sandbox = sandbox();
    let file = connections(&[("paris", &sandbox), ("berlin", &sandbox), ("\"shop of Анна\"", &sandbox)]);
    for args in [&[][..], &["--connections", file.path().to_str().unwrap()]] {
        let tools = tools(&mut Agent::start(&sandbox, args));
        assert_eq!(tools.len(), description()["actions"].as_array().unwrap().len());
        let all: usize = tools.iter().map(projection::size).sum();
        assert!(all <= ALL, "{args:?}: {all}");
        for tool in tools {
            assert_eq!(projection::faults(&tool), Vec::<String>::new(), "{args:?}");
            assert!(projection::size(&tool) <= LARGEST, "{args:?}: {}", projection::size(&tool));
        }
    }
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
    assert_eq!(schema(&mut agent), modules_tools()[0]["inputSchema"]);
    output(&agent.call(&cancel("100000")));
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));
    assert_eq!(failure(&agent.call(&with(cancel("100000"), "paris")))["field"], "connection");
}
