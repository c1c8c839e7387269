//! The module's tools are such that every MCP client and model provider takes them.

use justclick::PLUGIN;
use plugin_kit::{describe, tools};
use serde_json::Value;

/// What a tool may cost a model in each request, in bytes: about 400 tokens.
const LARGEST: usize = 1600;

fn listed() -> Vec<Value> {
    let list: Value = serde_json::from_str(&tools::list(&PLUGIN)).unwrap();
    list["tools"].as_array().unwrap().clone()
}

fn actions() -> Vec<Value> {
    let description: Value = serde_json::from_str(&describe::description(&PLUGIN)).unwrap();
    description["actions"].as_array().unwrap().clone()
}

/// The kit writes tools from the fields, and hosts from the description: with the same outcome.
#[test]
fn every_action_is_the_tool_that_hosts_make_of_it() {
    let projected: Vec<_> = actions().iter().map(projection::tool).collect();
    for (listed, projected) in listed().iter().zip(&projected) {
        assert_eq!(listed, projected, "{}", listed["name"]);
    }
    assert_eq!(listed().len(), projected.len());
}

#[test]
fn no_tool_has_what_some_provider_refuses() {
    for tool in listed() {
        assert_eq!(projection::faults(&tool), Vec::<String>::new());
    }
}

#[test]
fn no_tool_takes_more_of_a_model_s_attention_than_it_may() {
    for mut tool in listed() {
        // With the choice among several connections, too.
        assert!(projection::choose(&mut tool, &["paris", "berlin", "shop of Анна"]));
        let size = projection::size(&tool);
        assert!(size <= LARGEST, "{} has {size} bytes", tool["name"]);
    }
}

/// All together: about 5,000 tokens.
#[test]
fn all_tools_together_take_no_more_than_they_may() {
    let size: usize = listed().iter().map(projection::size).sum();
    assert!(size <= 20_000, "{size} bytes");
}

#[test]
fn what_a_condition_says_stands_in_the_description() {
    let tool = &listed()[0];
    let description =
        |field: &str| tool["inputSchema"]["properties"][field]["description"].as_str().unwrap().to_owned();
    assert!(description("date").ends_with(" Required when status is sent or paid."), "{}", description("date"));
    assert!(description("rpo").ends_with(" Required when status is sent."), "{}", description("rpo"));
}

#[test]
fn no_field_has_a_name_that_clients_add_by_themselves() {
    assert_eq!(tools::ADDED_BY_CLIENTS, projection::ADDED_BY_CLIENTS);
    for action in actions() {
        let fields = action["inputSchema"]["properties"].as_object().unwrap();
        assert!(tools::ADDED_BY_CLIENTS.iter().all(|name| !fields.contains_key(*name)), "{}", action["name"]);
    }
}
