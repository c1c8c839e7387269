//! The rules of a description that a JSON Schema can't say: names that have to name something.

use jsonschema::{PatternCache, ValidationError, Validator};
use serde_json::Value;

use super::fault::{Fault, dotted, member, shown, unknown};
use super::options;
use super::pointers;
use super::texts::text_at;
use crate::connection::PLUGIN;
use crate::key::Key;
use crate::schema::{field, fields as fields_of, paths};
use crate::text::is_deceptive;

/// Names that an action can't have: exports with a meaning of their own, to Extism's hosts, to MCP's
/// or to WebAssembly's tools.
const TAKEN: [&str; 7] = ["call", "call_tool", "describe", "initialize", "list_tools", "main", "memory"];

/// How closely a description is looked at.
pub enum Look {
    /// For what a host would misread: whenever a plugin is loaded, so that it has to be quick, whatever the plugin's
    /// patterns are.
    Loading,
    /// For all that its author should know. The schemas of a plugin have the same few patterns, and to make what
    /// matches them takes longer than all else.
    Whole(PatternCache),
}

/// What names nothing, or is named twice, and schemas that are none.
pub fn faults(description: &Value, exports: &[&str], look: &Look) -> Vec<Fault> {
    let mut faults = Vec::new();
    connection(&description["connection"], exports, look, &mut faults);
    let list = |name: &str| description[name].as_array().map_or(&[][..], Vec::as_slice);
    let (actions, triggers) = (list("actions"), list("triggers"));
    if actions.is_empty() && triggers.is_empty() && description["actions"].is_array() {
        faults.push(Fault::new("actions", "is empty: the plugin can do nothing", false));
    }
    let mut exported_names = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let place = format!("actions[{index}]");
        export(&action["name"], member(&place, "name"), exports, &mut exported_names, &mut faults);
        schema(&action["outputSchema"], &member(&place, "outputSchema"), look, &mut faults);
        fields(action, &place, look, &mut faults);
        options::faults(action, actions, &place, &mut faults);
        repeats(action, actions, &place, &mut faults);
        examples(action, &place, look, &mut faults);
    }
    for (index, trigger) in triggers.iter().enumerate() {
        let place = format!("triggers[{index}]");
        for name in ["name", "subscribe", "unsubscribe"] {
            export(&trigger[name], member(&place, name), exports, &mut exported_names, &mut faults);
        }
        schema(&trigger["eventSchema"], &member(&place, "eventSchema"), look, &mut faults);
        fields(trigger, &place, look, &mut faults);
        kept(&trigger["sample"], member(&place, "sample"), (trigger, "eventSchema"), look, &mut faults);
        let members = names(&trigger["eventSchema"]);
        let given = ("member of the event's data", &members[..]);
        reading(&trigger["confirm"], &["holds"], &member(&place, "confirm"), given, actions, &mut faults);
    }
    schema(&description["errorSchema"], "errorSchema", look, &mut faults);
    if let Look::Whole(_) = look {
        texts(description, &mut faults);
    }
    hidden(description, "", &mut faults);
    faults
}

/// Texts for people and agents hold nothing that the one reads and the other does not see, and nothing that a
/// terminal obeys. What is data is left alone: a pattern may well speak of such characters.
fn hidden(value: &Value, place: &str, faults: &mut Vec<Fault>) {
    const DATA: [&str; 6] = ["pattern", "const", "default", "enum", "examples", "sample"];
    /// Unicode's tags are letters that nobody sees, and that language models read.
    fn found(text: &str) -> Option<char> {
        text.chars().find(|char| is_deceptive(*char) || matches!(char, '\u{e0000}'..='\u{e007f}'))
    }
    match value {
        Value::String(text) => {
            if let Some(char) = found(text) {
                let message = format!("has an invisible character (U+{:04X}) in it: leave it out", u32::from(char));
                faults.push(Fault::new(place, message, true));
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                hidden(element, &format!("{place}[{index}]"), faults);
            }
        }
        Value::Object(members) => {
            if members.keys().any(|name| found(name).is_some()) {
                faults.push(Fault::new(place, "has an invisible character in a name: leave it out", true));
            }
            for (name, value) in members.iter().filter(|(name, _)| !DATA.contains(&name.as_str())) {
                hidden(value, &member(place, name), faults);
            }
        }
        _ => {}
    }
}

/// What an action says of its repeats names fields, and a read.
fn repeats(action: &Value, actions: &[Value], place: &str, faults: &mut Vec<Fault>) {
    let fields = names(&action["inputSchema"]);
    let mut fault = |at: &str, message: String, misread| faults.push(Fault::new(member(place, at), message, misread));
    let idempotency = &action["idempotency"];
    if let Some(key) = idempotency["key"].as_str() {
        match field(&action["inputSchema"], key) {
            None => fault("idempotency.key", unknown(key, "field", &fields), true),
            Some(field) if Key::derived([]).text_for(field.schema).is_none() => {
                let message =
                    format!("{key} takes no key that a host could make up: let it be a text of 36 characters");
                fault("idempotency.key", message, false);
            }
            Some(_) => {}
        }
    }
    let hint = &action["annotations"]["idempotentHint"];
    let is_natural = *idempotency == "natural";
    if !idempotency.is_null() && hint.is_boolean() && *hint != is_natural {
        let message = format!("can't be {hint}: idempotency says otherwise, and that is what hosts go by");
        fault("annotations.idempotentHint", message, false);
    }
    let place = member(place, "verify");
    reading(&action["verify"], &["done", "undone"], &place, ("field", &fields), actions, faults);
}

/// A read that a host makes by itself is one, and what goes into it and what is expected of it names
/// what is `given`: what that is called, and the names.
fn reading(
    wanted: &Value,
    conditions: &[&str],
    place: &str,
    (kind, given): (&str, &[&str]),
    actions: &[Value],
    faults: &mut Vec<Fault>,
) {
    let Some(name) = wanted["action"].as_str() else { return };
    let mut fault = |at: String, message: String| faults.push(Fault::new(at, message, true));
    let Some(action) = actions.iter().find(|action| action["name"] == name) else {
        let names: Vec<_> = actions.iter().filter_map(|action| action["name"].as_str()).collect();
        return fault(member(place, "action"), unknown(name, "action", &names));
    };
    if action["annotations"]["readOnlyHint"] != true {
        fault(member(place, "action"), format!("{name} is no read: a host makes it by itself"));
    }
    let fields = names(&action["inputSchema"]);
    for (argument, from) in wanted["arguments"].as_object().into_iter().flatten() {
        let at = member(&member(place, "arguments"), argument);
        if !fields.contains(&argument.as_str()) {
            fault(at.clone(), unknown(argument, &format!("field of {name}"), &fields));
        }
        if let Some(from) = from.as_str().filter(|from| !given.contains(from)) {
            fault(at, unknown(from, kind, given));
        }
    }
    for list in conditions {
        for (index, condition) in wanted[list].as_array().into_iter().flatten().enumerate() {
            let place = format!("{place}.{list}[{index}]");
            if let Some(field) = condition["field"].as_str().filter(|field| !given.contains(field)) {
                faults.push(Fault::new(member(&place, "field"), unknown(field, kind, given), true));
            }
            let (what, place) = (format!("the output of {name}"), member(&place, "pointer"));
            pointers::held(&condition["pointer"], &action["outputSchema"], &[], &what, place, faults);
        }
    }
}

/// Texts in other languages stand for texts that are there.
fn texts(description: &Value, faults: &mut Vec<Fault>) {
    let Some(languages) = description["i18n"].as_object() else { return };
    let mut described = description.clone();
    for (language, texts) in languages {
        for pointer in texts.as_object().into_iter().flatten().map(|(pointer, _)| pointer) {
            if let Err(why) = text_at(&mut described, pointer) {
                faults.push(Fault::new(format!("i18n.{language}"), format!("{pointer:?} {why}"), false));
            }
        }
    }
}

fn connection(connection: &Value, exports: &[&str], look: &Look, faults: &mut Vec<Fault>) {
    if let Some(check) = connection["check"].as_str().filter(|check| !exports.contains(check)) {
        let message = format!("{check} is no export of the module{}", exported(exports));
        faults.push(Fault::new("connection.check", message, true));
    }
    let keys = names(&connection["schema"]);
    let place = "connection.schema";
    schema(&connection["schema"], place, look, faults);
    if keys.contains(&PLUGIN) {
        let message = "is the host's in a file of connections, and never reaches the plugin: call it otherwise";
        faults.push(Fault::new("connection.schema.properties.plugin", message, false));
    }
    known(&connection["schema"]["required"], "connection.schema.required", "config key", &keys, faults);
    known(&connection["origins"], "connection.origins", "config key", &keys, faults);
}

/// A name that is an export's: of this module, and of nothing else.
fn export<'a>(name: &'a Value, place: String, exports: &[&str], names: &mut Vec<&'a str>, faults: &mut Vec<Fault>) {
    let name = name.as_str().unwrap_or_default();
    let mut fault = |message: String| faults.push(Fault::new(place.as_str(), message, true));
    if names.contains(&name) {
        fault(format!("{name} stands twice: a name is that of one action or trigger"));
    }
    if TAKEN.contains(&name) {
        fault(format!("{name} is taken: hosts give an export of that name another meaning"));
    } else if !name.is_empty() && !exports.contains(&name) {
        fault(format!("{name} is no export of the module{}", exported(exports)));
    }
    if !name.is_empty() {
        names.push(name);
    }
}

/// The members of an action or a trigger that name fields of its input.
fn fields(action: &Value, place: &str, look: &Look, faults: &mut Vec<Fault>) {
    let input = &action["inputSchema"];
    let fields = names(input);
    schema(input, &member(place, "inputSchema"), look, faults);
    known(&input["required"], &format!("{place}.inputSchema.required"), "field", &fields, faults);
    if let Some(subject) = action["subject"].as_str().filter(|subject| !fields.contains(subject)) {
        faults.push(Fault::new(member(place, "subject"), unknown(subject, "field", &fields), true));
    }
    let form = &action["form"];
    known(&form["order"], &format!("{place}.form.order"), "field", &fields, faults);
    let within = paths(input);
    let within: Vec<_> = within.iter().map(String::as_str).collect();
    known(&form["moments"], &format!("{place}.form.moments"), "field", &within, faults);
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
fn examples(action: &Value, place: &str, look: &Look, faults: &mut Vec<Fault>) {
    for (index, example) in action["examples"].as_array().into_iter().flatten().enumerate() {
        for (part, rules) in [("input", "inputSchema"), ("output", "outputSchema")] {
            kept(&example[part], format!("{place}.examples[{index}].{part}"), (action, rules), look, faults);
        }
    }
}

/// An object keeps the schema that is said to be its own.
fn kept(object: &Value, place: String, (of, name): (&Value, &str), look: &Look, faults: &mut Vec<Fault>) {
    let Look::Whole(patterns) = look else { return };
    if !object.is_object() {
        return;
    }
    let Ok(validator) = validator(&of[name], patterns) else { return };
    faults.extend(validator.iter_errors(object).map(|error| {
        let place = member(&place, &dotted(error.instance_path().as_str()));
        let rule = dotted(error.schema_path().as_str());
        let message = format!("{} breaks the rule {rule} of {name}", shown(error.instance()));
        Fault::new(place.trim_end_matches('.'), message, false)
    }));
}

/// What holds values against a schema.
fn validator<'a>(schema: &'a Value, patterns: &PatternCache) -> Result<Validator, ValidationError<'a>> {
    jsonschema::options().with_pattern_cache(patterns.clone()).build(schema)
}

/// A schema that is none can't be held against anything.
fn schema(schema: &Value, place: &str, look: &Look, faults: &mut Vec<Fault>) {
    if !schema.is_object() {
        return;
    }
    let at = |error: &ValidationError<'_>| {
        let within = dotted(error.instance_path().as_str());
        if within.is_empty() { place.to_owned() } else { member(place, &within) }
    };
    if let Err(error) = jsonschema::meta::validate(schema) {
        let rule = dotted(error.schema_path().as_str());
        let message = format!("can't be {} in a JSON Schema ({rule})", shown(error.instance()));
        faults.push(Fault::new(at(&error), message, true));
    } else if let Look::Whole(patterns) = look
        && let Err(error) = validator(schema, patterns)
    {
        // Its members can be told all the same. A connection's is told, too, where one is held against it.
        faults.push(Fault::new(at(&error), format!("is no JSON Schema: {error}"), false));
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

fn exported(exports: &[&str]) -> String {
    match exports {
        [] => ", which exports no function that takes nothing and returns an i32".to_owned(),
        exports => format!("; those that take nothing and return an i32 are {}", exports.join(", ")),
    }
}

fn names(object: &Value) -> Vec<&str> {
    fields_of(object).map(|field| field.name).collect()
}
