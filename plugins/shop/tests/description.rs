//! What the plugin says of itself.

use plugin_kit::{describe, testing, tools};
use serde_json::{Value, json};
use shop::PLUGIN;

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(testing::faults(&PLUGIN), [""; 0]);
}

#[test]
fn the_description_has_all_that_the_contract_knows() {
    let description: Value = serde_json::from_str(&describe::description(&PLUGIN)).unwrap();
    assert_eq!(description["permissions"]["http"]["origins"], json!(["address"]));
    assert_eq!(description["limits"], json!([{ "requests": 6000, "perS": 60, "scope": "connection" }]));
    assert_eq!(description["i18n"]["ru"]["/title"], "Магазин");
    let create = &description["actions"][0];
    assert_eq!(create["idempotency"], json!({ "key": "request_id" }));
    assert_eq!(create["annotations"]["destructiveHint"], false);
    assert_eq!(create["verify"]["done"], json!([{ "pointer": "/items/0/request_id", "field": "request_id" }]));
    assert_eq!(create["verify"]["undone"], json!([{ "pointer": "/items", "value": [] }]));
    assert_eq!(create["form"]["options"]["customer"]["search"], "name");
    assert_eq!(create["form"]["options"]["goods[].sku"]["action"], "list_goods");
    assert_eq!(create["form"]["options"]["goods[].sku"]["value"], "/sku");
    assert_eq!(
        create["form"]["visible"],
        json!({ "day": { "delivery": ["pickup"] }, "until": { "delivery": ["post"] } })
    );
    assert_eq!(create["inputSchema"]["properties"]["goods"]["items"]["required"], json!(["sku", "count"]));
    assert_eq!(description["actions"][2]["deprecated"]["use"], "find_orders");
    assert_eq!(description["actions"][1]["annotations"]["readOnlyHint"], true);
}

#[test]
fn examples_and_counter_examples_keep_and_break_the_schemas() {
    let description: Value = serde_json::from_str(&describe::description(&PLUGIN)).unwrap();
    for action in description["actions"].as_array().unwrap() {
        jsonschema::meta::validate(&action["inputSchema"]).unwrap();
        jsonschema::meta::validate(&action["outputSchema"]).unwrap();
        let output = jsonschema::validator_for(&action["outputSchema"]).unwrap();
        for example in action["examples"].as_array().unwrap() {
            assert!(output.is_valid(&example["output"]), "{example}");
        }
    }
    let cases = testing::counter_examples(&PLUGIN);
    assert!(cases.iter().any(|case| case.field == "until") && cases.len() > 50, "{}", cases.len());
}

#[test]
fn its_tools_are_those_that_hosts_make_of_the_description() {
    let description: Value = serde_json::from_str(&describe::description(&PLUGIN)).unwrap();
    let projected: Vec<_> = description["actions"].as_array().unwrap().iter().map(projection::tool).collect();
    let listed: Value = serde_json::from_str(&tools::list(&PLUGIN)).unwrap();
    assert_eq!(listed["tools"], Value::from(projected));
    for tool in listed["tools"].as_array().unwrap() {
        // One that only adds may say so, as MCP means it: docs/platforms/mcp.md.
        let creates = tool["name"] == "create_order" || tool["name"] == "send_note";
        let only_adds = |fault: &String| creates && fault.contains("destructiveHint");
        let faults: Vec<_> = projection::faults(tool).into_iter().filter(|fault| !only_adds(fault)).collect();
        assert_eq!(faults, [""; 0]);
    }
}

#[test]
fn every_translation_is_of_a_text_that_there_is() {
    let description: Value = serde_json::from_str(&describe::description(&PLUGIN)).unwrap();
    for (language, texts) in description["i18n"].as_object().unwrap() {
        for pointer in texts.as_object().unwrap().keys() {
            assert!(description.pointer(pointer).is_some_and(Value::is_string), "{language}: {pointer}");
        }
    }
}
