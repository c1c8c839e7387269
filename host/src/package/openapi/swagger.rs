//! The definition of a custom connector: OpenAPI 2.0, with what Power Platform reads of its own.
//!
//! Its designer knows fewer schemas than JSON Schema has: one type each, no alternatives, lists with their items.
//! What is left out here, the plugin refuses by itself. Triggers are not in it: Power Platform asks an address of its
//! own kind from time to time, or registers one, and `serve` hands events on to addresses that its operator names.

use plugin_host_core::description::{ActionDescription, Description};
use serde_json::{Map, Value, json};

use crate::package::Publisher;
use crate::package::text::{line, sentence, shortened};

/// The longest name of an operation, and the longest summary, that the designer takes.
const LONGEST: usize = 80;

/// `apiDefinition.swagger.json`.
pub fn definition(plugin: &Description, host: &str, connection: &str, publisher: &Publisher) -> Value {
    let mut paths = Map::new();
    let base = format!("/v1/connections/{}", connection);
    for action in &plugin.actions {
        paths.insert(format!("{base}/actions/{}", action.name), json!({ "post": operation(plugin, action) }));
    }
    paths.insert(format!("{base}/check"), json!({ "post": check() }));
    let mut contact = Map::new();
    for (name, value) in
        [("name", &publisher.author.name), ("email", &publisher.author.email), ("url", &publisher.bugs)]
    {
        if let Some(value) = value {
            contact.insert(name.to_owned(), line(value).into());
        }
    }
    json!({
        "swagger": "2.0",
        "info": {
            "title": shortened(&plugin.title, 30),
            "description": about(&plugin.description, &plugin.title),
            "version": line(&plugin.version),
            "contact": contact,
        },
        "host": host,
        "basePath": "/",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        "definitions": { "Problem": problem() },
        "securityDefinitions": { "api_key": { "type": "apiKey", "in": "header", "name": "Authorization" } },
        "security": [{ "api_key": [] }],
        "x-ms-capabilities": { "testConnection": { "operationId": CHECK, "parameters": {} } },
        "x-ms-connector-metadata": metadata(plugin),
    })
}

/// The operation that proves a connection. No action can have this name: theirs begin with a small letter.
const CHECK: &str = "CheckConnection";

fn operation(plugin: &Description, action: &ActionDescription) -> Value {
    let (input, output) = (action.offered_input(), action.offered_output());
    let mut body = object(&input, plugin, Some(action));
    if body["properties"].as_object().is_none_or(Map::is_empty) {
        // The designer shows nothing of an empty one, and sends it.
        body = json!({ "type": "object", "x-ms-visibility": "internal", "default": {} });
    }
    let about = about(&action.description, &action.title);
    let mut operation = json!({
        "operationId": shortened(&action.name, LONGEST),
        "summary": shortened(&action.title, LONGEST),
        "description": about,
        "x-ms-visibility": "important",
        "x-ms-api-annotation": { "family": shortened(&action.name, LONGEST), "revision": 1 },
        "parameters": [{
            "name": "body", "in": "body", "required": true,
            "x-ms-summary": "Input", "description": "What the action is given.", "schema": body,
        }],
        "responses": responses(&object(&output, plugin, None)),
    });
    if action.deprecated.is_object() {
        operation["deprecated"] = true.into();
    }
    operation
}

fn check() -> Value {
    json!({
        "operationId": CHECK,
        "summary": "Check the connection",
        "description": "Proves that the connection works, without changing anything.",
        "x-ms-visibility": "internal",
        "parameters": [],
        "responses": responses(&json!({ "type": "object" })),
    })
}

fn responses(done: &Value) -> Value {
    json!({
        "200": { "description": "Done.", "schema": done },
        "default": { "description": "It did not work.", "schema": { "$ref": "#/definitions/Problem" } },
    })
}

/// An object with its members; of an input, with what the designer needs for its fields.
fn object(schema: &Value, plugin: &Description, action: Option<&ActionDescription>) -> Value {
    let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
    let mut properties = Map::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let mut member = field(name, member, plugin, action, name);
        if action.is_some() {
            let is_required = required.iter().any(|it| *it == name);
            member["x-ms-visibility"] = if is_required { "important" } else { "advanced" }.into();
        }
        properties.insert(name.clone(), member);
    }
    let mut made = json!({ "type": "object", "properties": properties });
    let known: Vec<_> = required
        .into_iter()
        .filter(|name| name.as_str().is_some_and(|it| schema["properties"].get(it).is_some()))
        .collect();
    if !known.is_empty() {
        made["required"] = json!(known);
    }
    made
}

/// A field, whose path in the input is `path`: `goods[].sku`.
fn field(name: &str, schema: &Value, plugin: &Description, action: Option<&ActionDescription>, path: &str) -> Value {
    let title = schema["title"].as_str().map_or_else(|| name.replace('_', " "), line);
    let kind = kind(schema);
    let mut made = Map::new();
    if let Some(kind) = kind {
        made.insert("type".to_owned(), kind.into());
    }
    match kind {
        Some("object") => {
            let inner = inner(schema, plugin, action, path);
            made.extend(inner.as_object().cloned().unwrap_or_default());
        }
        Some("array") => {
            let items = match self::kind(&schema["items"]) {
                Some("object") => inner(&schema["items"], plugin, action, &format!("{path}[]")),
                Some(kind) => json!({ "type": kind }),
                None => json!({}),
            };
            made.insert("items".to_owned(), items);
        }
        Some("string" | "integer" | "number") => {
            let values: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter(|it| fits(it, kind)).collect();
            if !values.is_empty() {
                made.insert("enum".to_owned(), json!(values));
            }
            if schema["format"] == "date-time" {
                made.insert("format".to_owned(), "date-time".into());
            }
        }
        _ => {}
    }
    if let Some(default) = schema.get("default").filter(|it| fits(it, kind)) {
        made.insert("default".to_owned(), default.clone());
    }
    made.insert("x-ms-summary".to_owned(), shortened(&title, LONGEST).into());
    made.insert("description".to_owned(), about(schema["description"].as_str().unwrap_or_default(), &title).into());
    if let Some((values, list)) = action.and_then(|action| choices(action, path)) {
        made.insert("x-ms-dynamic-values".to_owned(), values);
        made.insert("x-ms-dynamic-list".to_owned(), list);
    }
    Value::Object(made)
}

/// An object within a field.
fn inner(schema: &Value, plugin: &Description, action: Option<&ActionDescription>, path: &str) -> Value {
    let mut properties = Map::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        properties.insert(name.clone(), field(name, member, plugin, action, &format!("{path}.{name}")));
    }
    let mut made = json!({ "type": "object", "properties": properties });
    if let Some(required) = schema["required"].as_array().filter(|it| !it.is_empty()) {
        made["required"] = json!(required);
    }
    made
}

/// The one type of a schema: of several, the one in which all can be written. None where it is not said.
fn kind(schema: &Value) -> Option<&str> {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        single => single.as_str().into_iter().collect(),
    };
    let general = ["object", "array", "string", "number", "integer", "boolean"];
    general.into_iter().find(|it| kinds.contains(it))
}

/// Whether a value is of this type.
fn fits(value: &Value, kind: Option<&str>) -> bool {
    match kind {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    }
}

/// Where the choices of a field come from, as the designer's older and newer way have it.
fn choices(action: &ActionDescription, path: &str) -> Option<(Value, Value)> {
    let told = action.form["options"].get(path)?;
    let read = told["action"].as_str()?;
    // A JSON pointer into an item, whose parts Power Platform writes with `/` as well, from the first on.
    let at = |name: &str| told[name].as_str().map(|pointer| pointer.trim_start_matches('/').to_owned());
    let (value, title) = (at("value")?, at("title").or_else(|| at("value"))?);
    let arguments = told["arguments"].as_object();
    let pairs: Vec<_> = arguments.into_iter().flatten().filter_map(|(to, from)| Some((to, from.as_str()?))).collect();
    let older: Map<_, _> = pairs.iter().map(|(to, from)| ((*to).clone(), json!({ "parameter": from }))).collect();
    let newer: Map<_, _> = pairs
        .iter()
        .map(|(to, from)| (format!("body/{to}"), json!({ "parameterReference": format!("body/{from}") })))
        .collect();
    Some((
        json!({ "operationId": read, "value-collection": "items", "value-path": value, "value-title": title, "parameters": older }),
        json!({ "operationId": read, "itemsPath": "items", "itemValuePath": value, "itemTitlePath": title, "parameters": newer }),
    ))
}

/// What the server answers to what did not work (RFC 9457).
fn problem() -> Value {
    let text = |summary: &str, about: &str| json!({ "type": "string", "x-ms-summary": summary, "description": about });
    json!({
        "type": "object",
        "properties": {
            "title": text("Title", "What kind of failure it is, for people."),
            "detail": text("Detail", "What is wrong and what to do."),
            "kind": text("Kind", "What kind of failure it is, in a word."),
            "retry": text("Retry", "Whether the call may be repeated: later or never."),
            "effect": text("Effect", "Whether anything may have been changed: none or unknown."),
            "status": { "type": "integer", "x-ms-summary": "Status", "description": "The HTTP status." },
        },
    })
}

/// What a catalogue shows beside it. A policy on privacy is the publisher's to write.
fn metadata(plugin: &Description) -> Value {
    let website = plugin.homepage.as_deref().map(line);
    website.map(|website| json!({ "propertyName": "Website", "propertyValue": website })).into_iter().collect()
}

/// A sentence: of what is said, or else of what it is called.
fn about(said: &str, called: &str) -> String {
    let said = sentence(said);
    // The designer wants a full stop, whatever people end sentences with.
    let said = if said.is_empty() { sentence(called) } else { said };
    if said.ends_with('.') { said } else { format!("{}.", said.trim_end_matches(['?', '!', '…'])) }
}
