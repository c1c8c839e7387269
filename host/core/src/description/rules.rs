//! The rules of a description that a JSON Schema can't say: names that have to name something.

use serde_json::Value;

use super::fault::{Fault, dotted, member, shown};
use crate::connection::PLUGIN;
use crate::schema::fields as fields_of;

/// Names that an action can't have: exports with a meaning of their own, to Extism's hosts, to MCP's
/// or to WebAssembly's tools.
const TAKEN: [&str; 7] = ["call", "call_tool", "describe", "initialize", "list_tools", "main", "memory"];

/// What names nothing, or is named twice.
pub fn faults(description: &Value, exports: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    connection(&description["connection"], exports, &mut faults);
    let actions = description["actions"].as_array().map_or(&[][..], Vec::as_slice);
    if actions.is_empty() && description["actions"].is_array() {
        faults.push(Fault::new("actions", "is empty: the plugin can do nothing", false));
    }
    for (index, action) in actions.iter().enumerate() {
        let place = format!("actions[{index}]");
        let name = action["name"].as_str().unwrap_or_default();
        let mut fault = |message: String| faults.push(Fault::new(member(&place, "name"), message, true));
        if actions[..index].iter().any(|other| other["name"] == name) {
            fault(format!("{name} stands twice: an action's name is its own"));
        }
        if TAKEN.contains(&name) {
            fault(format!("{name} is taken: hosts give an export of that name another meaning"));
        } else if !name.is_empty() && !exports.contains(&name) {
            fault(format!("{name} is no export of the module{}", exported(exports)));
        }
        fields(action, &place, &mut faults);
        examples(action, &place, &mut faults);
    }
    schema(&description["errorSchema"], "errorSchema", &mut faults);
    faults
}

fn connection(connection: &Value, exports: &[&str], faults: &mut Vec<Fault>) {
    if let Some(check) = connection["check"].as_str().filter(|check| !exports.contains(check)) {
        let message = format!("{check} is no export of the module{}", exported(exports));
        faults.push(Fault::new("connection.check", message, true));
    }
    let keys = names(&connection["schema"]);
    let place = "connection.schema";
    schema(&connection["schema"], place, faults);
    if keys.contains(&PLUGIN) {
        let message = "is the host's in a file of connections, and never reaches the plugin: call it otherwise";
        faults.push(Fault::new("connection.schema.properties.plugin", message, false));
    }
    known(&connection["schema"]["required"], "connection.schema.required", "config key", &keys, faults);
    known(&connection["origins"], "connection.origins", "config key", &keys, faults);
}

/// The members of an action that name fields of its input.
fn fields(action: &Value, place: &str, faults: &mut Vec<Fault>) {
    let input = &action["inputSchema"];
    let fields = names(input);
    schema(input, &member(place, "inputSchema"), faults);
    schema(&action["outputSchema"], &member(place, "outputSchema"), faults);
    known(&input["required"], &format!("{place}.inputSchema.required"), "field", &fields, faults);
    if let Some(subject) = action["subject"].as_str().filter(|subject| !fields.contains(subject)) {
        faults.push(Fault::new(member(place, "subject"), unknown(subject, "field", &fields), true));
    }
    let form = &action["form"];
    for list in ["order", "moments"] {
        known(&form[list], &format!("{place}.form.{list}"), "field", &fields, faults);
    }
    for (field, condition) in form["visible"].as_object().into_iter().flatten() {
        for name in std::iter::once(field).chain(condition.as_object().into_iter().flatten().map(|(name, _)| name)) {
            if !fields.contains(&name.as_str()) {
                let place = format!("{place}.form.visible.{field}");
                faults.push(Fault::new(place, unknown(name, "field", &fields), true));
            }
        }
    }
}

/// An example is a promise: it keeps the schemas that it is an example of.
fn examples(action: &Value, place: &str, faults: &mut Vec<Fault>) {
    for (index, example) in action["examples"].as_array().into_iter().flatten().enumerate() {
        for (part, rules) in [("input", "inputSchema"), ("output", "outputSchema")] {
            let Ok(validator) = jsonschema::validator_for(&action[rules]) else { continue };
            if example[part].is_object() {
                faults.extend(validator.iter_errors(&example[part]).map(|error| {
                    let within = dotted(error.instance_path().as_str());
                    let place = member(&format!("{place}.examples[{index}].{part}"), &within);
                    let rule = dotted(error.schema_path().as_str());
                    let message = format!("{} breaks the rule {rule} of {rules}", shown(error.instance()));
                    Fault::new(place.trim_end_matches('.'), message, false)
                }));
            }
        }
    }
}

/// A schema that is none can't be held against anything.
fn schema(schema: &Value, place: &str, faults: &mut Vec<Fault>) {
    if !schema.is_object() {
        return;
    }
    if let Err(error) = jsonschema::meta::validate(schema) {
        let within = dotted(error.instance_path().as_str());
        let place = if within.is_empty() { place.to_owned() } else { member(place, &within) };
        let rule = dotted(error.schema_path().as_str());
        let message = format!("can't be {} in a JSON Schema ({rule})", shown(error.instance()));
        faults.push(Fault::new(place, message, true));
    } else if let Err(error) = jsonschema::validator_for(schema) {
        faults.push(Fault::new(place, format!("is no JSON Schema: {error}"), true));
    }
}

/// The names in a list have to be known.
fn known(list: &Value, place: &str, kind: &str, names: &[&str], faults: &mut Vec<Fault>) {
    for (index, name) in list.as_array().into_iter().flatten().enumerate() {
        if let Some(name) = name.as_str().filter(|name| !names.contains(name)) {
            faults.push(Fault::new(format!("{place}[{index}]"), unknown(name, kind, names), true));
        }
    }
}

fn unknown(name: &str, kind: &str, names: &[&str]) -> String {
    match names {
        [] => format!("{name} is no {kind}: there is none"),
        names => format!("{name} is no {kind}: there are {}", names.join(", ")),
    }
}

fn exported(exports: &[&str]) -> String {
    match exports {
        [] => ", which exports no function that takes nothing and returns an i32".to_owned(),
        exports => format!("; those that take nothing and return an i32 are {}", exports.join(", ")),
    }
}

fn names(object: &Value) -> Vec<&str> {
    fields_of(object).map(|field| field.name).collect()
}
