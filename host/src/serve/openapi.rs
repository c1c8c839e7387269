//! The OpenAPI document, made from what the plugins say of themselves.

mod events;
mod parts;

use std::collections::BTreeMap;

use plugin_host_core::description::ActionDescription;
use plugin_host_core::queues::Listed;
use serde_json::{Map, Value, json};

use super::documents::{about, schema};
use super::problem::TYPE;
use parts::{connection, responses, with_errors};

/// What a document tells of beside actions.
#[derive(Debug, Clone, Copy)]
pub struct Beside {
    /// Whether callers have to show a token.
    pub token: bool,
    /// The triggers of connections.
    pub triggers: bool,
    /// Dead letters.
    pub dead_letters: bool,
}

impl Beside {
    /// All there is, to callers with a token or without.
    pub fn all(token: bool) -> Self {
        Self { token, triggers: true, dead_letters: true }
    }
}

/// The document for a server with these plugins and connections.
pub fn document(plugins: &[Listed<'_>], beside: Beside) -> Value {
    let mut schemas = Map::new();
    schemas.insert("Problem".to_owned(), problem(plugins));
    let mut offers: BTreeMap<&str, Vec<Offer<'_>>> = BTreeMap::new();
    for plugin in plugins {
        for action in &plugin.description.actions {
            let name = match plugins {
                [_] => action.name.clone(),
                _ => format!("{}-{}", plugin.description.name, action.name),
            };
            schemas.insert(format!("{name}_input"), schema(&action.offered_input()));
            schemas.insert(format!("{name}_output"), schema(&action.offered_output()));
            offers.entry(&action.name).or_default().push(Offer { name, plugin, action });
        }
    }
    let actions = offers.iter().map(|(action, offers)| {
        (format!("/v1/connections/{{connection}}/actions/{action}"), operation(offers, plugins.len() > 1))
    });
    let mut paths: Map<_, _> = actions.collect();
    let all: Vec<&str> = plugins.iter().flat_map(|plugin| plugin.connections.iter().copied()).collect();
    // An enumeration of nothing is none.
    if !all.is_empty() {
        paths.insert("/v1/connections/{connection}/check".to_owned(), check(plugins, &all));
    }
    paths.insert("/v1/connections".to_owned(), list());
    if beside.triggers && !all.is_empty() {
        paths.extend(events::triggers(&all));
    }
    if beside.dead_letters {
        paths.extend(events::dead_letters());
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": info(plugins),
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {
                "idempotency_key": {
                    "name": "Idempotency-Key", "in": "header",
                    "description": "Calls with the same key and the same JSON get the same answer for a day, once something was or may have been changed. Until then the call is made again. If the server was killed in the middle of a call that must not be made twice, this says so.",
                    "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
                },
            },
            "responses": responses(),
        },
    });
    if let [_, _, ..] = plugins {
        let tag =
            |plugin: &Listed<'_>| json!({ "name": plugin.description.name, "description": about(plugin.description) });
        document["tags"] = plugins.iter().map(tag).collect();
    }
    if beside.token {
        document["components"]["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer" } });
        document["security"] = json!([{ "token": [] }]);
    } else {
        document["security"] = json!([]);
    }
    document
}

/// An action, and what it is called in this document.
struct Offer<'a> {
    name: String,
    plugin: &'a Listed<'a>,
    action: &'a ActionDescription,
}

fn info(plugins: &[Listed<'_>]) -> Value {
    if let [Listed { description, .. }] = plugins {
        let whole: Value = serde_json::from_str(&description.text).unwrap_or_default();
        return json!({
            "title": description.title, "version": description.version, "description": whole["description"],
        });
    }
    let titles: Vec<_> = plugins.iter().map(|plugin| plugin.description.title.as_str()).collect();
    json!({
        "title": "plugin-host", "version": env!("CARGO_PKG_VERSION"),
        "description": format!("The actions of these plugins: {}.", titles.join(", ")),
    })
}

/// The operation of an action. Where several plugins have one of that name, the connection says whose it
/// is, and the input is one of theirs.
fn operation(offers: &[Offer<'_>], several: bool) -> Value {
    let content = |part: &str| {
        let schemas: Vec<_> = offers
            .iter()
            .map(|offer| json!({ "$ref": format!("#/components/schemas/{}_{part}", offer.name) }))
            .collect();
        let examples = offers.iter().flat_map(|offer| &offer.action.examples);
        let examples: Map<_, _> = examples
            .filter(|example| example.get(part).is_some())
            .enumerate()
            .map(|(at, example)| {
                let summary = example["title"].as_str().unwrap_or("An example");
                (format!("example_{}", at + 1), json!({ "summary": summary, "value": example[part] }))
            })
            .collect();
        let schema = if let [one] = &schemas[..] { one.clone() } else { json!({ "anyOf": schemas }) };
        json!({ "application/json": { "schema": schema, "examples": examples } })
    };
    let replayed = json!({
        "description": "There, and `true`, if the answer was given before for the same Idempotency-Key.",
        "schema": { "type": "string", "const": "true" },
    });
    let done = json!({
        "description": "Done.", "headers": { "Idempotent-Replayed": replayed }, "content": content("output"),
    });
    let connections: Vec<&str> = offers.iter().flat_map(|offer| offer.plugin.connections.iter().copied()).collect();
    let names: Vec<_> = offers.iter().map(|offer| offer.name.as_str()).collect();
    let mut titles: Vec<_> = offers.iter().map(|offer| offer.action.title.as_str()).collect();
    titles.dedup();
    let about = match offers {
        [one] => one.action.description.clone(),
        _ => {
            let of_plugin = |it: &Offer<'_>| format!("{}: {}", it.plugin.description.title, it.action.description);
            offers.iter().map(of_plugin).collect::<Vec<_>>().join("\n\n")
        }
    };
    let mut operation = json!({
        "operationId": names.join("-or-"),
        "summary": titles.join(", or: "),
        "description": about,
        "parameters": [{ "$ref": "#/components/parameters/idempotency_key" }],
        "requestBody": { "required": true, "content": content("input") },
        "responses": with_errors(done, &[]),
    });
    if offers.iter().all(|offer| offer.action.deprecated.is_object()) {
        operation["deprecated"] = true.into();
    }
    if several {
        operation["tags"] = offers.iter().map(|offer| offer.plugin.description.name.as_str()).collect();
    }
    json!({ "parameters": [connection(&connections)], "post": operation })
}

fn check(plugins: &[Listed<'_>], connections: &[&str]) -> Value {
    let done = json!({
        "description": "The connection works.", "content": { "application/json": { "schema": { "type": "object" } } },
    });
    let operation_id = match plugins {
        [one] => &one.description.connection.check,
        _ => "check_connection",
    };
    json!({
        "parameters": [connection(connections)],
        "post": {
            "operationId": operation_id,
            "summary": "Check the connection",
            "description": "Proves that the connection works, without changing anything.",
            "responses": with_errors(done, &["400", "408", "409", "413", "415", "422"]),
        },
    })
}

fn list() -> Value {
    let text = || json!({ "type": "string" });
    let names = || json!({ "type": "array", "items": text() });
    let plugin = json!({
        "type": "object", "required": ["name", "title", "version", "connections"],
        "properties": { "name": text(), "title": text(), "version": text(), "connections": names() },
    });
    let schema = json!({
        "type": "object", "required": ["connections", "plugins"],
        "properties": { "connections": names(), "plugins": { "type": "array", "items": plugin } },
    });
    let done = json!({ "description": "Their names, and which plugin has which.", "content": { "application/json": { "schema": schema } } });
    let never = ["400", "404", "408", "409", "413", "415", "422", "424", "429", "500", "502", "503"];
    json!({
        "get": {
            "operationId": "list_connections",
            "summary": "List the connections",
            "responses": with_errors(done, &never),
        },
    })
}

/// The members of problem details, and those of the contract's error document.
fn problem(plugins: &[Listed<'_>]) -> Value {
    let mut properties = Map::new();
    let urn = format!("What went wrong: `{TYPE}` and a word. For a failed action the word is its `kind`.");
    properties.insert("type".to_owned(), json!({ "type": "string", "format": "uri", "description": urn }));
    properties.insert("title".to_owned(), json!({ "type": "string", "description": "The word, for people." }));
    properties.insert("status".to_owned(), json!({ "type": "integer", "description": "The HTTP status." }));
    let detail = "What is wrong and what to do.";
    properties.insert("detail".to_owned(), json!({ "type": "string", "description": detail }));
    for plugin in plugins {
        let whole: Value = serde_json::from_str(&plugin.description.text).unwrap_or_default();
        for (name, schema) in whole["errorSchema"]["properties"].as_object().into_iter().flatten() {
            properties.entry(name).or_insert_with(|| schema.clone());
        }
    }
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457). `kind` and `message` are there if an action failed.",
        "properties": properties,
        "required": ["type", "title", "status", "detail", "retry", "effect"],
    })
}

#[cfg(test)]
mod tests;
