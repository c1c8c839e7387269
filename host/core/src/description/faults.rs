//! What is wrong with a plugin's description: each fault with its place and its remedy.
//!
//! Most rules are in `meta.schema.json`; what a schema can't say is in `rules`. A host refuses what it
//! would misread. The rest is told to the plugin's author, by `plugin-host describe`.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, PatternCache, ValidationError, Validator};
use serde_json::Value;

use super::fault::{Fault, dotted, member, shown};
use super::rules::{self, Look};
use crate::slip::meant;

/// The rules of a description, as a JSON Schema. A rule that is marked `strict` is no reason not to
/// load the plugin.
pub const META_SCHEMA: &str = include_str!("meta.schema.json");

static META: LazyLock<(Value, Validator)> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(META_SCHEMA).expect("the meta-schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the meta-schema is a JSON Schema");
    (schema, validator)
});

/// Everything that is wrong with a description; `exports` are the names of the module's functions.
pub fn faults(description: &Value, exports: &[&str]) -> Vec<Fault> {
    found(description, exports, &Look::Whole(PatternCache::default()))
}

/// What of it a host would misread.
pub fn misread(description: &Value, exports: &[&str]) -> Vec<Fault> {
    let mut faults = found(description, exports, &Look::Loading);
    faults.retain(|fault| fault.misread);
    faults
}

fn found(description: &Value, exports: &[&str], look: &Look) -> Vec<Fault> {
    let (schema, validator) = &*META;
    let mut faults: Vec<_> = validator.iter_errors(description).map(|error| fault(&error)).collect();
    for found in rules::faults(description, exports, look) {
        // What is wrong in one place is told once, by the rule that says what should stand there.
        match faults.iter_mut().find(|told| told.place == found.place) {
            Some(told) => told.misread |= found.misread,
            None => faults.push(found),
        }
    }
    if let Look::Whole(_) = look {
        slips(description, schema, "", &mut faults);
    }
    faults
}

/// A fault that the meta-schema found.
fn fault(error: &ValidationError<'_>) -> Fault {
    let (schema, _) = &*META;
    let place = dotted(error.instance_path().as_str());
    let keyword = error.schema_path().as_str();
    let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
    let (rule, place, what) = match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let rule = schema.pointer(&format!("{parent}/properties/{name}"));
            (rule, member(&place, name), "is missing".to_owned())
        }
        ValidationErrorKind::Type { kind } => {
            let what = format!("must be {}, not {}", expected(kind), type_of(error.instance()));
            (schema.pointer(parent), place, what)
        }
        _ => (schema.pointer(parent), place, format!("can't be {}", shown(error.instance()))),
    };
    // A rule by reference has its text where the reference stands.
    let text = rule.and_then(|rule| rule["description"].as_str()).unwrap_or("look it up in the contract");
    let strict = rule.is_some_and(|rule| rule["strict"] == true);
    let place = if place.is_empty() { "The description".to_owned() } else { place };
    Fault::new(place, format!("{what}: {text}"), !strict)
}

/// Members that are not of the contract, but look like one that is: their author meant that one.
/// Others are ignored, so that a plugin of a later contract still loads.
fn slips(value: &Value, rule: &'static Value, place: &str, faults: &mut Vec<Fault>) {
    let rule = followed(rule);
    match value {
        Value::Object(members) => {
            let Some(known) = rule["properties"].as_object() else { return };
            for (name, value) in members {
                let place = member(place, name);
                if let Some(rule) = known.get(name) {
                    slips(value, rule, &place, faults);
                } else if let Some(meant) =
                    meant(name, known.keys().filter(|it| !members.contains_key(*it)).map(String::as_str))
                {
                    faults.push(Fault::new(place, format!("is not of the contract: it should be {meant}"), false));
                }
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                slips(element, &rule["items"], &format!("{place}[{index}]"), faults);
            }
        }
        _ => {}
    }
}

/// The rule that a reference names, or the rule itself.
fn followed(rule: &'static Value) -> &'static Value {
    let (schema, _) = &*META;
    let named = rule["$ref"].as_str().and_then(|name| schema.pointer(name.trim_start_matches('#')));
    named.unwrap_or(rule)
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(json_type) => named(*json_type).to_owned(),
        TypeKind::Multiple(types) => types.iter().map(named).collect::<Vec<_>>().join(" or "),
    }
}

fn named(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a text",
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
