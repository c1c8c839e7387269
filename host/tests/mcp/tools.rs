//! What an agent is offered, and calls that go well.

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::support::*;

#[test]
fn the_server_says_of_itself_what_the_plugin_says() {
    let mut agent = Agent::spawn(command(&sandbox(), &[]));
    let greeting = agent.ask("initialize", &initialize(PROTOCOL));
    let (greeting, description) = (agent.answer(greeting)["result"].clone(), description());
    for (own, of_plugin) in [("name", "name"), ("title", "title"), ("version", "version"), ("websiteUrl", "homepage")] {
        assert_eq!(greeting["serverInfo"][own], description[of_plugin], "{own}");
    }
    assert_eq!(greeting["capabilities"], json!({ "tools": {} }));
    let instructions = greeting["instructions"].as_str().unwrap();
    assert!(instructions.starts_with(description["description"].as_str().unwrap()), "{instructions}");
}

#[test]
fn the_tools_are_those_of_the_module() {
    let mut agent = Agent::start(&sandbox(), &[]);
    let list = agent.ask("tools/list", &json!({}));
    assert_are_the_modules(&agent.answer(list)["result"]["tools"]);
}

#[test]
fn the_tools_are_in_the_language_that_the_server_is_told() {
    let mut agent = Agent::start(&sandbox(), &["--lang", "ru"]);
    let list = agent.ask("tools/list", &json!({}));
    let tools = agent.answer(list)["result"]["tools"].clone();
    let description = tools[0]["description"].as_str().unwrap();
    assert!(description.starts_with("Сообщить магазину на JustClick, что заказ оплачен"), "{description}");
    assert_eq!(
        tools[0]["inputSchema"]["properties"]["rpo"]["description"].as_str().unwrap().find("Трек-номер"),
        Some(0)
    );
}

#[test]
fn a_tool_call_does_what_the_action_does() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    let input = json!({ "bill_id": 100000, "status": "sent", "date": "2013-03-03T00:00:00+04:00", "rpo": "10" });
    let output = output(&agent.call(&input));
    let expected = json!({
        "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10", "message": "order status changed",
    });
    assert_eq!(output, expected);
    assert_eq!(sandbox.order("100000").unwrap().status, "sent");
    assert_eq!(agent.leave().code, Some(0));
}

#[test]
fn every_version_of_the_protocol_that_begins_with_a_handshake_is_spoken() {
    let sandbox = sandbox();
    for protocol in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut agent = Agent::spawn(command(&sandbox, &[]));
        let greeting = agent.ask("initialize", &initialize(protocol));
        assert_eq!(agent.answer(greeting)["result"]["protocolVersion"], protocol);
        agent.tell("notifications/initialized", &json!({}));
        assert_eq!(output(&agent.call(&cancel("100000")))["status"], "cancel");
    }
}

#[test]
fn a_client_of_the_newest_protocol_needs_no_handshake() {
    let sandbox = sandbox();
    let mut agent = Agent::spawn(command(&sandbox, &[]));
    let mut params = calling(&cancel("100000"));
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let call = agent.ask("tools/call", &params);
    assert_eq!(output(&agent.answer(call)["result"])["status"], "cancel");
}

#[test]
fn what_is_no_tool_is_not_offered() {
    let mut agent = Agent::start(&sandbox(), &[]);
    for method in
        ["resources/list", "resources/templates/list", "prompts/list", "logging/setLevel", "tasks/list", "made/up"]
    {
        let id = agent.ask(method, &json!({ "level": "debug" }));
        assert_eq!(agent.answer(id)["error"]["code"], -32_601, "{method}");
    }
    let ping = agent.ask("ping", &Value::Null);
    assert_eq!(agent.answer(ping)["result"], json!({}));
    // Nobody waits for an answer to these.
    agent.tell("made/up", &json!({}));
    agent.tell("notifications/made_up", &json!({}));
    assert_eq!(agent.leave().answers.len(), 0);
}

#[test]
fn a_client_of_a_version_to_come_is_answered_in_one_that_is_known() {
    let sandbox = sandbox();
    let mut agent = Agent::spawn(command(&sandbox, &[]));
    let greeting = agent.ask("initialize", &initialize("2099-01-01"));
    assert_eq!(agent.answer(greeting)["result"]["protocolVersion"], PROTOCOL);
    agent.tell("notifications/initialized", &json!({}));
    assert_eq!(output(&agent.call(&cancel("100000")))["status"], "cancel");
}
