//! An action as an MCP tool: the plainest schemas that every model provider takes.
//!
//! An action's own schemas say the whole truth, and the plugin holds every input against it. Behind
//! MCP's clients stand model providers that refuse a whole request for one keyword they do not know:
//! composition or conditions at the root, a list of types, exclusive bounds, `$schema`, patterns. So
//! a tool says no more than which fields there are, of which type, and what they mean. The rest
//! stands in the descriptions, where models read it, and is told by the plugin when it is broken.
//!
//! What is left out of the input makes it no stricter but for its types; what is left out of the
//! output makes it looser, because clients check results against it. The rules, and who asks for
//! each, are in `docs/platforms/mcp.md`; [`faults`] holds a tool to them.

mod conditions;
mod rules;
mod schema;

use serde_json::{Map, Value, json};

pub use rules::{faults, size};

/// The argument that says which connection to use, where there are several.
pub const CONNECTION: &str = "connection";

/// Arguments that clients add by themselves to those that a model wrote: n8n's MCP client the first
/// four, and clients that put the protocol's own data a level too deep the last.
pub const ADDED_BY_CLIENTS: [&str; 5] = ["toolCallId", "sessionId", "action", "chatInput", "_meta"];

/// What a tool says of how it behaves.
const HINTS: [&str; 4] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/// An action, as `describe` tells it, as a tool.
pub fn tool(action: &Value) -> Value {
    let (input, notes) = schema::input(&action["inputSchema"]);
    let mut tool = Map::new();
    for member in ["name", "title"] {
        tool.insert(member.to_owned(), action[member].clone());
    }
    let description = action["description"].as_str().unwrap_or_default();
    let description = std::iter::once(description).chain(notes.iter().map(String::as_str)).collect::<Vec<_>>();
    tool.insert("description".to_owned(), description.join(" ").trim().into());
    tool.insert("inputSchema".to_owned(), input);
    if let Some(output) = schema::output(&action["outputSchema"]) {
        tool.insert("outputSchema".to_owned(), output);
    }
    tool.insert("annotations".to_owned(), annotations(action));
    Value::Object(tool)
}

/// The title, and the hints that the action gives. One that only says that it is no read may
/// destroy: that is MCP's default, and some clients want to see it.
fn annotations(action: &Value) -> Value {
    let given = &action["annotations"];
    let title = given["title"].as_str().or(action["title"].as_str()).unwrap_or_default();
    let mut annotations = Map::from_iter([("title".to_owned(), title.into())]);
    for hint in HINTS {
        match given[hint].as_bool() {
            Some(value) => drop(annotations.insert(hint.to_owned(), value.into())),
            None if hint == "destructiveHint" && given["readOnlyHint"] != true => {
                annotations.insert(hint.to_owned(), true.into());
            }
            None => {}
        }
    }
    Value::Object(annotations)
}

/// Adds the choice among several connections, as the first argument. False if the tool has a field
/// of that name already.
#[must_use]
pub fn choose(tool: &mut Value, connections: &[&str]) -> bool {
    let input = &mut tool["inputSchema"];
    let fields = input["properties"].as_object().cloned().unwrap_or_default();
    if fields.contains_key(CONNECTION) {
        return false;
    }
    let choice = json!({ "type": "string", "description": "Which connection to use.", "enum": connections });
    let first = std::iter::once((CONNECTION.to_owned(), choice));
    input["properties"] = Value::Object(first.chain(fields).collect());
    let required = input["required"].as_array().cloned().unwrap_or_default();
    input["required"] = std::iter::once(CONNECTION.into()).chain(required).collect();
    true
}

#[cfg(test)]
mod tests;
