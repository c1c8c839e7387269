//! A JSON Schema as a reader meets it: sections of members, each with what it takes.

use serde_json::Value;

/// The members of an object, as one rule has them.
pub struct Section<'a> {
    /// Its heading.
    pub title: String,
    /// The rule.
    pub rule: &'a Value,
    /// Such objects in the schema's example.
    instances: Vec<&'a Value>,
}

/// The sections of a schema, in the order in which a reader meets them.
pub fn sections(schema: &Value) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    let instances = schema["examples"].as_array().into_iter().flatten().collect();
    collect(schema, schema, String::new(), instances, &mut sections);
    sections
}

/// A rule at a path, and what is within it.
fn collect<'a>(
    schema: &'a Value,
    rule: &'a Value,
    path: String,
    instances: Vec<&'a Value>,
    sections: &mut Vec<Section<'a>>,
) {
    let Some((rule, path, instances)) = object(schema, rule, path, instances) else { return };
    if let Some(known) = sections.iter_mut().find(|section| std::ptr::eq(section.rule, rule)) {
        known.instances.extend(&instances);
    } else {
        let title = rule["title"].as_str().map_or_else(|| format!("`{path}`"), str::to_owned);
        sections.push(Section { title, rule, instances: instances.clone() });
    }
    for (name, member) in rule["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let within: Vec<_> = instances.iter().filter_map(|it| it.get(name)).collect();
        collect(schema, member, path, within, sections);
    }
}

/// The object with members that a rule leads to: itself, its entries, its values, one of its kinds.
fn object<'a>(
    schema: &'a Value,
    rule: &'a Value,
    path: String,
    instances: Vec<&'a Value>,
) -> Option<(&'a Value, String, Vec<&'a Value>)> {
    let rule = followed(schema, rule);
    if rule["properties"].is_object() {
        return Some((rule, path, instances.into_iter().filter(|it| it.is_object()).collect()));
    }
    if rule["items"].is_object() {
        let entries = instances.iter().filter_map(|it| it.as_array()).flatten().collect();
        return object(schema, &rule["items"], format!("{path}[]"), entries);
    }
    if rule["additionalProperties"].is_object() {
        let values = instances.iter().filter_map(|it| it.as_object()).flat_map(|it| it.values()).collect();
        return object(schema, &rule["additionalProperties"], format!("{path}.NAME"), values);
    }
    let kinds = rule["anyOf"].as_array().or_else(|| rule["oneOf"].as_array()).into_iter().flatten();
    kinds.into_iter().find_map(|kind| object(schema, kind, path.clone(), instances.clone()))
}

impl Section<'_> {
    /// What stands in a member in the schema's example: the shortest.
    pub fn example(&self, name: &str) -> Option<&Value> {
        self.instances.iter().filter_map(|it| it.get(name)).min_by_key(|value| value.to_string().len())
    }

    /// Whether a member has to be there.
    pub fn requires(&self, name: &str) -> bool {
        self.rule["required"].as_array().into_iter().flatten().any(|it| it == name)
    }
}

/// The heading of the section that a rule leads to.
pub fn leads_to<'a>(schema: &Value, rule: &Value, sections: &'a [Section<'_>]) -> Option<&'a str> {
    let (rule, ..) = object(schema, rule, String::new(), Vec::new())?;
    sections.iter().find(|section| std::ptr::eq(section.rule, rule)).map(|section| section.title.as_str())
}

/// The rule that a reference names, or the rule itself.
fn followed<'a>(schema: &'a Value, rule: &'a Value) -> &'a Value {
    let named = rule["$ref"].as_str().and_then(|name| schema.pointer(name.trim_start_matches('#')));
    named.unwrap_or(rule)
}

/// What kind of value a rule takes, in words.
pub fn kind(schema: &Value, rule: &Value) -> String {
    let rule = followed(schema, rule);
    let alternatives = rule["anyOf"].as_array().or_else(|| rule["oneOf"].as_array());
    if let Some(alternatives) = alternatives.filter(|_| rule["type"].is_null()) {
        return alternatives.iter().map(|it| kind(schema, it)).collect::<Vec<_>>().join(" or ");
    }
    if !rule["const"].is_null() {
        return format!("`{}`", rule["const"]);
    }
    if let Some(words) = rule["enum"].as_array() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    if rule["not"].is_object() {
        return "never there".to_owned();
    }
    if let Some(types) = rule["type"].as_array() {
        let kinds = types.iter().map(|it| kind(schema, &serde_json::json!({ "type": it })));
        return kinds.collect::<Vec<_>>().join(" or ");
    }
    match rule["type"].as_str() {
        Some("null") => "`null`".to_owned(),
        Some("string") => "text".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("number") => "number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") if rule["items"].is_object() => format!("list: {}", kind(schema, &rule["items"])),
        Some("array") => "list".to_owned(),
        Some("object") if rule["additionalProperties"].is_object() => {
            format!("object, by name: {}", kind(schema, &rule["additionalProperties"]))
        }
        Some("object") => "object".to_owned(),
        _ => "any value".to_owned(),
    }
}

/// The bounds of a rule, in words.
pub fn bounds(rule: &Value) -> Vec<String> {
    let told = |keyword: &str, words: &str| rule.get(keyword).map(|bound| format!("{words} {bound}"));
    let pattern = rule["pattern"].as_str().filter(|pattern| *pattern != "\\S").map(|it| format!("matches `{it}`"));
    let some = (rule["pattern"] == "\\S").then(|| "not empty".to_owned());
    let bounds = [
        pattern,
        some,
        told("minimum", "from"),
        told("maximum", "to"),
        told("minItems", "entries: at least"),
        told("maxLength", "characters: at most"),
    ];
    bounds.into_iter().flatten().collect()
}
