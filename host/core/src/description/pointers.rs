//! JSON pointers into what a schema describes: whether they lead to anything.

use serde_json::Value;

use super::fault::{Fault, shown};
use crate::slip;

/// References to references are followed so far.
const DEEPEST: u32 = 16;

/// Words by which a schema says more than is read here: then a pointer may lead anywhere.
const MORE: [&str; 8] =
    ["allOf", "anyOf", "else", "if", "oneOf", "patternProperties", "prefixItems", "unevaluatedProperties"];

/// Holds a pointer into an object of the schema `whole`, or into what stands within it at `within`, against that
/// schema; `what` is what people call it.
pub fn held(pointer: &Value, whole: &Value, within: &[&str], what: &str, place: String, faults: &mut Vec<Fault>) {
    // What is no pointer is told by the rule that says so.
    let Some(pointer) = pointer.as_str().filter(|pointer| pointer.is_empty() || pointer.starts_with('/')) else {
        return;
    };
    let unescaped = |name: &str| name.replace("~1", "/").replace("~0", "~");
    let names: Vec<String> =
        within.iter().map(|name| (*name).to_owned()).chain(pointer.split('/').skip(1).map(unescaped)).collect();
    if let Err(why) = walk(whole, whole, &names, DEEPEST) {
        let message = format!("{} leads to nothing in {what}: {why}", shown(&pointer.into()));
        faults.push(Fault::new(place, message, false));
    }
}

/// Goes on as far as the schema says what is there.
fn walk(whole: &Value, schema: &Value, names: &[String], depth: u32) -> Result<(), String> {
    let [name, rest @ ..] = names else { return Ok(()) };
    if let Some(reference) = schema["$ref"].as_str() {
        let named = reference.strip_prefix('#').and_then(|pointer| whole.pointer(pointer));
        return match named.filter(|_| depth > 0) {
            Some(schema) => walk(whole, schema, names, depth - 1),
            None => Ok(()),
        };
    }
    if MORE.iter().any(|word| !schema[word].is_null()) {
        return Ok(());
    }
    let (members, items) = (schema["properties"].as_object().filter(|it| !it.is_empty()), &schema["items"]);
    let is_place = name.bytes().all(|byte| byte.is_ascii_digit());
    match members {
        _ if items.is_object() && is_place => walk(whole, items, rest, depth),
        Some(members) => match (members.get(name), &schema["additionalProperties"]) {
            (Some(schema), _) => walk(whole, schema, rest, depth),
            (None, Value::Bool(true)) => Ok(()),
            (None, others @ Value::Object(_)) => walk(whole, others, rest, depth),
            (None, _) => {
                let known: Vec<_> = members.keys().map(String::as_str).collect();
                let meant = slip::question(name, known.iter().copied());
                Err(format!("there is no {name}.{meant} There are {}", known.join(", ")))
            }
        },
        None if items.is_object() => Err(format!("{name} is no place in a list: those are counted, 0, 1 and so on")),
        None if is_plain(&schema["type"]) => Err(format!("{name} would be within a value that has no members")),
        None => Ok(()),
    }
}

/// Whether values of these types have nothing within.
fn is_plain(types: &Value) -> bool {
    let is_plain = |one: &Value| one.as_str().is_some_and(|one| !matches!(one, "object" | "array"));
    match types {
        Value::Array(several) => !several.is_empty() && several.iter().all(is_plain),
        one => is_plain(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(pointer: &str, within: &[&str]) -> Option<String> {
        let issue = json!({ "type": "object", "properties": {
            "id": { "type": "integer" }, "title": { "type": ["string", "null"] }, "a/b": {}, "user": { "type": "object" },
            "parent": { "$ref": "#/$defs/issue" }, "extra": { "properties": { "x": {} }, "additionalProperties": true },
            "by": { "properties": { "x": {} }, "additionalProperties": { "type": "string" } }, "any": { "oneOf": [{}] },
        }});
        let items = json!({ "type": "array", "items": { "$ref": "#/$defs/issue" } });
        let schema = json!({ "properties": { "items": items, "id": {} }, "$defs": { "issue": issue } });
        let mut faults = Vec::new();
        held(&pointer.into(), &schema, within, "the output of list", "here".to_owned(), &mut faults);
        faults.pop().map(|fault| fault.to_string())
    }

    #[test]
    fn a_pointer_that_leads_to_nothing_is_told_with_what_is_there() {
        for pointer in [
            "/items",
            "/items/0/id",
            "/items/7/a~1b",
            "/items/0/user/name",
            "/items/0/parent/parent/title",
            "/id/x",
            "",
            "/items/0/extra/y",
            "/items/0/by/y",
            "/items/0/any/y",
        ] {
            assert_eq!(told(pointer, &[]), None, "{pointer}");
        }
        let begin = "here \"/items/0/titel\" leads to nothing in the output of list: there is no titel.";
        let there = "id, title, a/b, user, parent, extra, by, any";
        assert_eq!(told("/items/0/titel", &[]).unwrap(), format!("{begin} Did you mean title? There are {there}"));
        for (pointer, why) in [
            ("/items/0/parent/idd", "there is no idd"),
            ("/items/first", "first is no place in a list"),
            ("/items/0/id/x", "x would be within a value that has no members"),
            ("/items/0/title/x", "x would be within"),
            ("/items/0/by/y/z", "z would be within"),
            ("/total", "there is no total. There are items, id"),
        ] {
            assert!(told(pointer, &[]).is_some_and(|told| told.contains(why)), "{pointer}: {:?}", told(pointer, &[]));
        }
        assert_eq!(told("/id", &["items", "0"]), None);
        assert!(told("/idd", &["items", "0"]).unwrap().starts_with("here \"/idd\" leads to nothing"));
    }

    #[test]
    fn a_schema_that_refers_to_itself_for_ever_has_an_end() {
        let schema = json!({ "$ref": "#" });
        let mut faults = Vec::new();
        held(&"/a".into(), &schema, &[], "x", String::new(), &mut faults);
        assert_eq!(faults, []);
    }
}
