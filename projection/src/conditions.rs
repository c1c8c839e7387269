//! What a schema says of several fields at once, as sentences.

use serde_json::Value;

/// What is said of the fields of an input together.
#[derive(Debug, Default)]
pub struct Conditions {
    /// A field, and a sentence on when it is required.
    pub fields: Vec<(String, String)>,
    /// Sentences that belong to no one field.
    pub notes: Vec<String>,
}

/// Reads an input's conditions. What has no short sentence is left to the plugin, which tells it
/// when it is broken.
pub fn read(schema: &Value) -> Conditions {
    let mut conditions = Conditions::default();
    let all = schema["allOf"].as_array().into_iter().flatten();
    for part in std::iter::once(schema).chain(all) {
        conditions.add(part);
    }
    conditions
}

impl Conditions {
    fn add(&mut self, part: &Value) {
        if let Some(when) = part.get("if").and_then(when) {
            self.required(&part["then"], &format!("Required when {when}."));
            self.required(&part["else"], &format!("Required unless {when}."));
        }
        for (given, others) in part["dependentRequired"].as_object().into_iter().flatten() {
            let sentence = format!("Required when {given} is given.");
            self.fields.extend(names(others).map(|name| (name.to_owned(), sentence.clone())));
        }
        for (keyword, words) in [("anyOf", "At least one of these is required"), ("oneOf", "Give one of these alone")] {
            if let Some(groups) = groups(&part[keyword]) {
                self.notes.push(format!("{words}: {}.", groups.join(", ")));
            }
        }
    }

    fn required(&mut self, then: &Value, sentence: &str) {
        self.fields.extend(names(&then["required"]).map(|name| (name.to_owned(), sentence.to_owned())));
    }
}

/// When a schema of some fields' values holds.
fn when(condition: &Value) -> Option<String> {
    let fields = condition["properties"].as_object();
    let values = fields.into_iter().flatten().map(|(name, rule)| {
        let values = rule["enum"].as_array().cloned().or_else(|| rule.get("const").map(|only| vec![only.clone()]))?;
        let values: Option<Vec<_>> = values.iter().map(shown).collect();
        Some(format!("{name} is {}", either(&values?)))
    });
    // Of a field with values it goes without saying that it is there.
    let given = names(&condition["required"]).filter(|name| fields.is_none_or(|fields| !fields.contains_key(*name)));
    let parts: Option<Vec<_>> = values.chain(given.map(|name| Some(format!("{name} is given")))).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(" and "))
}

/// Groups of fields of which one, or more, is required, if that is all that the keyword says.
fn groups(alternatives: &Value) -> Option<Vec<String>> {
    let group = |alternative: &Value| {
        let only = alternative.as_object().is_some_and(|members| members.keys().all(|key| key == "required"));
        let names: Vec<_> = names(&alternative["required"]).collect();
        (only && !names.is_empty()).then(|| names.join(" with "))
    };
    alternatives.as_array()?.iter().map(group).collect()
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// A value as people read it.
pub fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// "a, b or c".
fn either(values: &[String]) -> String {
    match values {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [firsts @ .., last] => format!("{} or {last}", firsts.join(", ")),
    }
}
