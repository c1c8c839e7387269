//! What a new version of a plugin breaks for those who use the old one: stored inputs, readers of
//! outputs, connections, order and repeats.

use plugin_host_core::schema;
use serde_json::Value;

use super::findings::Findings;
use super::rule::COMPAT;

/// Holds a description against that of an older version.
pub fn check(old: &Value, new: &Value, findings: &mut Findings) {
    findings.tried(&COMPAT);
    let mut broken = Vec::new();
    if old["name"] != new["name"] {
        broken.push((
            "name".to_owned(),
            format!("is {}, and was {}: stored connections name the plugin", new["name"], old["name"]),
        ));
    }
    taken(&old["connection"]["schema"], &new["connection"]["schema"], "connection", &mut broken);
    for list in ["actions", "triggers"] {
        for old in old[list].as_array().into_iter().flatten() {
            let name = old["name"].as_str().unwrap_or_default();
            match new[list].as_array().into_iter().flatten().find(|new| new["name"] == old["name"]) {
                None => broken.push((name.to_owned(), "is gone: mark it as deprecated for a while first".to_owned())),
                Some(new) => one(old, new, name, &mut broken),
            }
        }
    }
    for (place, what) in broken {
        findings.add(&COMPAT, &place, &what, "");
    }
}

type Broken = Vec<(String, String)>;

fn one(old: &Value, new: &Value, name: &str, broken: &mut Broken) {
    taken(&old["inputSchema"], &new["inputSchema"], name, broken);
    for schema in ["outputSchema", "eventSchema"] {
        given(&old[schema], &new[schema], name, broken);
    }
    for (member, why) in [
        ("subject", "calls that kept their order may not any more"),
        ("delivery", "hosts have set it up in the other way"),
    ] {
        if old[member] != new[member] {
            broken.push((name.to_owned(), format!("has another {member}: {why}")));
        }
    }
    let reads = |action: &Value| action["annotations"]["readOnlyHint"] == true;
    if reads(old) && !reads(new) {
        broken.push((name.to_owned(), "changes something, and did not: agents and retries trusted it".to_owned()));
    }
    let repeats = |action: &Value| {
        action["idempotency"].as_str() == Some("natural") || action["annotations"]["idempotentHint"] == true
    };
    if repeats(old) && !repeats(new) {
        broken.push((name.to_owned(), "may not be repeated any more, and might".to_owned()));
    }
}

/// What was taken has to be taken still.
fn taken(old: &Value, new: &Value, place: &str, broken: &mut Broken) {
    for field in schema::fields(old) {
        let at = format!("{place}.{}", field.name);
        let Some(now) = schema::field(new, field.name) else {
            broken.push((at, "is gone: inputs that have it are refused".to_owned()));
            continue;
        };
        if now.required && !field.required {
            broken.push((at.clone(), "is required, and was not".to_owned()));
        }
        narrowed(field.schema, now.schema, &at, broken);
        if let (Some(old), Some(new)) = (field.entries(), now.entries()) {
            taken(old, new, &format!("{at}[]"), broken);
            narrowed(old, new, &format!("{at}[]"), broken);
        }
        taken(field.schema, now.schema, &at, broken);
    }
    for field in schema::fields(new).filter(|field| field.required) {
        if schema::field(old, field.name).is_none() {
            broken.push((
                format!("{place}.{}", field.name),
                "is new and required: inputs without it are refused".to_owned(),
            ));
        }
    }
}

fn narrowed(old: &Value, new: &Value, at: &str, broken: &mut Broken) {
    let types = |schema: &Value| match &schema["type"] {
        Value::String(one) => vec![one.clone()],
        several => several.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
    };
    let now = types(new);
    // A number that need not be whole takes one that is.
    let takes = |wanted: &String| now.contains(wanted) || (wanted == "integer" && now.iter().any(|it| it == "number"));
    if let Some(gone) = types(old).iter().find(|wanted| !now.is_empty() && !takes(wanted)) {
        broken.push((at.to_owned(), format!("takes no {gone} any more")));
    }
    if let Some(now) = new["enum"].as_array() {
        match old["enum"].as_array() {
            None => broken.push((at.to_owned(), "takes certain values alone, and took others".to_owned())),
            Some(old) => {
                for gone in old.iter().filter(|value| !now.contains(value)) {
                    broken.push((at.to_owned(), format!("does not take {gone} any more")));
                }
            }
        }
    }
    for (bound, is_narrower) in [
        ("maxLength", smaller as fn(f64, f64) -> bool),
        ("maxItems", smaller),
        ("maximum", smaller),
        ("exclusiveMaximum", smaller),
        ("minLength", larger),
        ("minItems", larger),
        ("minimum", larger),
        ("exclusiveMinimum", larger),
    ] {
        let Some(now) = new[bound].as_f64() else { continue };
        if old[bound].as_f64().is_none_or(|old| is_narrower(now, old)) {
            broken.push((at.to_owned(), format!("has a narrower {bound}: {}", new[bound])));
        }
    }
}

fn smaller(now: f64, old: f64) -> bool {
    now < old
}

fn larger(now: f64, old: f64) -> bool {
    now > old
}

/// What was given has to be given still.
fn given(old: &Value, new: &Value, place: &str, broken: &mut Broken) {
    for member in schema::fields(old) {
        let at = format!("{place}.{}", member.name);
        let Some(now) = schema::field(new, member.name) else {
            broken.push((at, "is gone from the output".to_owned()));
            continue;
        };
        if member.required && !now.required {
            broken.push((at.clone(), "may be missing in the output, and never was".to_owned()));
        }
        if member.schema["type"] != now.schema["type"] {
            broken.push((at.clone(), "is of another type in the output".to_owned()));
        }
        if let (Some(old), Some(new)) = (member.entries(), now.entries()) {
            given(old, new, &format!("{at}[]"), broken);
        }
        given(member.schema, now.schema, &at, broken);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(old: Value, new: Value) -> Vec<String> {
        let plugin = |action: Value| {
            let mut it = json!({ "name": "pay", "annotations": { "readOnlyHint": false } });
            it.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
            json!({ "name": "shop", "actions": [it] })
        };
        let mut findings = Findings::default();
        check(&plugin(old), &plugin(new), &mut findings);
        findings.found.iter().map(|it| format!("{} {}", it.place, it.message())).collect()
    }

    fn input(field: Value, required: bool) -> Value {
        json!({ "inputSchema": { "properties": { "a": field }, "required": if required { json!(["a"]) } else { json!([]) } } })
    }

    #[test]
    fn what_takes_more_and_gives_more_breaks_nothing() {
        let old = input(json!({ "type": "integer", "enum": [1], "maximum": 5 }), true);
        let new = input(json!({ "type": ["number", "null"], "maximum": 6 }), false);
        assert!(broken(old.clone(), new).is_empty());
        assert!(broken(old.clone(), old).is_empty());
    }

    #[test]
    fn what_takes_less_breaks_stored_inputs() {
        let of = |field: Value| input(field, false);
        for (old, new, told) in [
            (
                of(json!({ "type": "string" })),
                input(json!({ "type": "string" }), true),
                "pay.a is required, and was not",
            ),
            (
                of(json!({ "type": ["string", "null"] })),
                of(json!({ "type": "string" })),
                "pay.a takes no null any more",
            ),
            (of(json!({ "enum": [1, 2] })), of(json!({ "enum": [1] })), "pay.a does not take 2 any more"),
            (of(json!({ "maxLength": 5 })), of(json!({ "maxLength": 4 })), "pay.a has a narrower maxLength: 4"),
            (of(json!({ "minimum": 0 })), of(json!({ "minimum": 1 })), "pay.a has a narrower minimum: 1"),
            (
                of(json!({})),
                json!({ "inputSchema": { "properties": {} } }),
                "pay.a is gone: inputs that have it are refused",
            ),
            (
                json!({ "subject": "a" }),
                json!({}),
                "pay has another subject: calls that kept their order may not any more",
            ),
            (
                json!({ "idempotency": "natural" }),
                json!({ "idempotency": "none" }),
                "pay may not be repeated any more, and might",
            ),
        ] {
            assert_eq!(broken(old, new), [told]);
        }
    }

    #[test]
    fn what_gives_less_breaks_readers() {
        let of = |schema: Value| json!({ "outputSchema": schema });
        let old = of(json!({ "properties": { "id": { "type": "string" }, "n": {} }, "required": ["id"] }));
        let new = of(json!({ "properties": { "id": { "type": "integer" } } }));
        let told = broken(old, new);
        assert_eq!(told.len(), 3, "{told:?}");
    }
}
