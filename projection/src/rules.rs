//! The rules that a tool has to keep to be taken by every client and model provider.

use serde_json::{Map, Value};

/// All that a schema's root may have, and that any object may have in its place.
const ROOT: [&str; 4] = ["type", "properties", "required", "additionalProperties"];

/// All that a field may have, beside what an object has.
const FIELD: [&str; 4] = ["type", "description", "enum", "items"];

/// The types of JSON Schema, but null.
const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// The longest name that all providers take.
const LONGEST_NAME: usize = 64;

/// What of a tool would be refused somewhere: a line each, with its place. Nothing else is in what
/// [`tool`](crate::tool) makes, unless names or hints of the action itself are to blame.
pub fn faults(tool: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |fault: String| faults.push(fault);
    let name = tool["name"].as_str().unwrap_or_default();
    if !is_name(name) {
        fault(format!("the name {name:?} is not 1 to {LONGEST_NAME} of the characters a-z, A-Z, 0-9, _ and -"));
    }
    for member in ["title", "description"] {
        if tool[member].as_str().is_none_or(str::is_empty) {
            fault(format!("it has no {member}"));
        }
    }
    let hints = &tool["annotations"];
    if hints["readOnlyHint"] != true && !hints["destructiveHint"].is_boolean() {
        fault("annotations says neither readOnlyHint nor destructiveHint".to_owned());
    }
    if hints["title"].as_str().is_none_or(str::is_empty) {
        fault("annotations has no title".to_owned());
    }
    for (member, needed) in [("inputSchema", true), ("outputSchema", false)] {
        match tool.get(member) {
            Some(schema) => root(schema, member, &mut faults),
            None if needed => faults.push(format!("it has no {member}")),
            None => {}
        }
    }
    faults
}

/// How long the part of a tool is that a model reads, in bytes: about four to a token.
pub fn size(tool: &Value) -> usize {
    let parts = ["name", "description", "inputSchema"];
    let read: Map<_, _> = parts.into_iter().map(|part| (part.to_owned(), tool[part].clone())).collect();
    Value::Object(read).to_string().len()
}

fn root(schema: &Value, place: &str, faults: &mut Vec<String>) {
    if schema["type"] != "object" || !schema["properties"].is_object() {
        faults.push(format!("{place} is no object with properties"));
    }
    members(schema, place, &ROOT, faults);
    object(schema, place, faults);
}

fn members(schema: &Value, place: &str, allowed: &[&str], faults: &mut Vec<String>) {
    let members = schema.as_object().into_iter().flat_map(Map::keys);
    faults.extend(members.filter(|it| !allowed.contains(&it.as_str())).map(|it| format!("{place} has {it}")));
}

fn object(schema: &Value, place: &str, faults: &mut Vec<String>) {
    for (name, value) in schema["properties"].as_object().into_iter().flatten() {
        if !is_name(name) {
            faults.push(format!("{place} has a property {name:?}, which is no name for one everywhere"));
        }
        field(value, &format!("{place}.{name}"), faults);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if name.as_str().is_none_or(|name| schema["properties"].get(name).is_none()) {
            faults.push(format!("{place} requires {name}, which is none of its properties"));
        }
    }
    if !matches!(schema.get("additionalProperties"), None | Some(Value::Bool(_))) {
        faults.push(format!("{place} has additionalProperties that is neither true nor false"));
    }
}

fn field(schema: &Value, place: &str, faults: &mut Vec<String>) {
    let one = schema["type"].as_str().unwrap_or_default();
    if !TYPES.contains(&one) {
        faults.push(format!("{place} has not one type, as a text"));
    }
    let of_an_object: &[_] = if one == "object" { &ROOT } else { &[] };
    members(schema, place, &[&FIELD[..], of_an_object].concat(), faults);
    if let Some(values) = schema.get("enum") {
        let texts = values.as_array().is_some_and(|them| !them.is_empty() && them.iter().all(Value::is_string));
        if one != "string" || !texts {
            faults.push(format!("{place} has an enum of something else than texts"));
        }
    }
    match (one, schema.get("items")) {
        ("array", Some(items)) => field(items, &format!("{place}[]"), faults),
        ("array", None) => faults.push(format!("{place} is an array without items")),
        (_, Some(_)) => faults.push(format!("{place} has items and is no array")),
        (_, None) => {}
    }
    if one == "object" {
        object(schema, place, faults);
    }
}

fn is_name(name: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(named)
}
