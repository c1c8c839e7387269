//! The OpenAPI document, made from what the plugin says of itself.

use std::collections::BTreeMap;

use plugin_host_core::Runner;
use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::language::{self, Languages};
use serde_json::{Map, Value, json};

use super::problem::{Problem, TYPE};

/// The error answers: status, when, and which of them say when to call again.
const ERRORS: [(&str, &str); 15] = [
    ("400", "The body did not come whole, or the Idempotency-Key can't be one."),
    ("401", "The bearer token is missing or not known."),
    (
        "403",
        "Without tokens, only requests for the server's own machine or an allowed name are answered, and no web page.",
    ),
    ("404", "No such connection or action; or `not_found`: the service does not know what is to be changed."),
    ("408", "The body did not come in time."),
    ("409", "A call with the same Idempotency-Key is under way."),
    ("413", "The body is too large."),
    ("415", "The body is not JSON, or has a Content-Encoding."),
    (
        "422",
        "`invalid_input`: the input is wrong. `rejected`: the service refuses it. Or the Idempotency-Key was used with another input.",
    ),
    (
        "424",
        "`auth`: the service refuses the connection's credentials. `invalid_connection`: the connection is malformed. Its operator has to mend it.",
    ),
    ("429", "Too many calls wait already. Call again after `Retry-After`."),
    ("500", "`internal`: a fault of the plugin or the server; or the server was killed in the middle of the call."),
    (
        "502",
        "`unexpected_reply` or `forged_reply`: what came is not the service's answer. `unavailable`: none came, and the call must not be repeated by itself.",
    ),
    (
        "503",
        "`throttled`: the service was called too often. `unavailable`: it could not be reached, or did not answer. Or this server is about to end. Call again after `Retry-After`.",
    ),
    ("default", "Any other problem."),
];

/// Answers with these statuses say when to call again.
const LATER: [&str; 4] = ["408", "409", "429", "503"];

/// The document in all languages of a plugin.
pub struct Documents {
    /// The language of who asks for none.
    usual: String,
    by_language: BTreeMap<String, String>,
}

impl Documents {
    /// For a server with these connections.
    pub fn new(runner: &Runner, connections: &[&str], asks_for_token: bool) -> Self {
        let description = runner.description();
        let made = |plugin: &Description| document(plugin, connections, asks_for_token).to_string();
        let in_language = |language: String| {
            let (plugin, _) = language::localized(description, &Languages::of_header(&language));
            (language, made(&plugin))
        };
        let mut by_language: BTreeMap<_, _> = language::languages(description).into_iter().map(in_language).collect();
        by_language.entry(language::BASE.to_owned()).or_insert_with(|| made(description));
        Self { usual: runner.language().to_owned(), by_language }
    }

    /// The language, and the document in it, for who sends this `Accept-Language`.
    pub fn for_readers_of(&self, accept_language: &str) -> (&str, &str) {
        let asked = Languages::of_header(accept_language);
        let there: Vec<_> = self.by_language.keys().map(String::as_str).collect();
        let found = if asked.is_empty() { Some(self.usual.as_str()) } else { asked.lookup(&there) };
        let language = found.unwrap_or(language::BASE);
        let document = self.by_language.get_key_value(language).or_else(|| self.by_language.first_key_value());
        document.map_or((language::BASE, "{}"), |(language, document)| (language.as_str(), document.as_str()))
    }
}

/// The document for a server with these connections.
pub fn document(plugin: &Description, connections: &[&str], asks_for_token: bool) -> Value {
    let whole: Value = serde_json::from_str(&plugin.text).unwrap_or_default();
    let mut schemas = Map::new();
    schemas.insert("Problem".to_owned(), problem(&plugin.error_schema));
    let mut paths = Map::new();
    for action in &plugin.actions {
        schemas.insert(format!("{}_input", action.name), schema(&action.offered_input()));
        schemas.insert(format!("{}_output", action.name), schema(&action.offered_output()));
        paths.insert(format!("/v1/connections/{{connection}}/actions/{}", action.name), path(action));
    }
    paths.insert("/v1/connections/{connection}/check".to_owned(), check(plugin));
    paths.insert("/v1/connections".to_owned(), list());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": plugin.title, "version": plugin.version, "description": whole["description"] },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {
                "connection": {
                    "name": "connection", "in": "path", "required": true,
                    "description": "The connection with which the call is made.",
                    "schema": { "type": "string", "enum": connections },
                },
                "idempotency_key": {
                    "name": "Idempotency-Key", "in": "header",
                    "description": "Calls with the same key and the same JSON get the same answer for a day, once something was or may have been changed. Until then the call is made again. If the server was killed in the middle of a call that must not be made twice, this says so.",
                    "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
                },
            },
            "responses": responses(),
        },
    });
    if asks_for_token {
        document["components"]["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer" } });
        document["security"] = json!([{ "token": [] }]);
    } else {
        document["security"] = json!([]);
    }
    document
}

fn path(action: &ActionDescription) -> Value {
    let content = |part: &str| {
        let examples: Map<_, _> = action
            .examples
            .iter()
            .filter(|example| example.get(part).is_some())
            .enumerate()
            .map(|(at, example)| {
                let summary = example["title"].as_str().unwrap_or("An example");
                (format!("example_{}", at + 1), json!({ "summary": summary, "value": example[part] }))
            })
            .collect();
        let schema = json!({ "$ref": format!("#/components/schemas/{}_{part}", action.name) });
        json!({ "application/json": { "schema": schema, "examples": examples } })
    };
    let replayed = json!({
        "description": "There, and `true`, if the answer was given before for the same Idempotency-Key.",
        "schema": { "type": "string", "const": "true" },
    });
    let done = json!({
        "description": "Done.", "headers": { "Idempotent-Replayed": replayed }, "content": content("output"),
    });
    json!({
        "parameters": [{ "$ref": "#/components/parameters/connection" }],
        "post": {
            "operationId": action.name,
            "summary": action.title,
            "description": action.description,
            "parameters": [{ "$ref": "#/components/parameters/idempotency_key" }],
            "requestBody": { "required": true, "content": content("input") },
            "responses": with_errors(done, &[]),
        },
    })
}

fn check(plugin: &Description) -> Value {
    let done = json!({
        "description": "The connection works.", "content": { "application/json": { "schema": { "type": "object" } } },
    });
    json!({
        "parameters": [{ "$ref": "#/components/parameters/connection" }],
        "post": {
            "operationId": plugin.connection.check,
            "summary": "Check the connection",
            "description": "Proves that the connection works, without changing anything.",
            "responses": with_errors(done, &["400", "408", "409", "413", "415", "422"]),
        },
    })
}

fn list() -> Value {
    let schema = json!({
        "type": "object", "required": ["connections"],
        "properties": { "connections": { "type": "array", "items": { "type": "string" } } },
    });
    let done = json!({ "description": "Their names.", "content": { "application/json": { "schema": schema } } });
    let never = ["400", "404", "408", "409", "413", "415", "422", "424", "429", "500", "502", "503"];
    json!({
        "get": {
            "operationId": "list_connections",
            "summary": "List the connections",
            "responses": with_errors(done, &never),
        },
    })
}

/// The answers of an operation: what it does, and all errors but those that it never has.
fn with_errors(done: Value, never: &[&str]) -> Value {
    let errors = ERRORS.iter().map(|(status, _)| *status).filter(|status| !never.contains(status));
    let errors =
        errors.map(|status| (status.to_owned(), json!({ "$ref": format!("#/components/responses/{status}") })));
    Value::Object([("200".to_owned(), done)].into_iter().chain(errors).collect())
}

fn responses() -> Value {
    let mut responses = Map::new();
    for (status, description) in ERRORS {
        let mut response = json!({
            "description": description,
            "content": { Problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        if LATER.contains(&status) {
            let what = "In how many seconds to call again.";
            response["headers"] =
                json!({ "Retry-After": { "description": what, "schema": { "type": "integer", "minimum": 0 } } });
        }
        responses.insert(status.to_owned(), response);
    }
    Value::Object(responses)
}

/// The members of problem details, and those of the contract's error document.
fn problem(error: &Value) -> Value {
    let mut properties = Map::new();
    let urn = format!("What went wrong: `{TYPE}` and a word. For a failed action the word is its `kind`.");
    properties.insert("type".to_owned(), json!({ "type": "string", "format": "uri", "description": urn }));
    properties.insert("title".to_owned(), json!({ "type": "string", "description": "The word, for people." }));
    properties.insert("status".to_owned(), json!({ "type": "integer", "description": "The HTTP status." }));
    let detail = "What is wrong and what to do.";
    properties.insert("detail".to_owned(), json!({ "type": "string", "description": detail }));
    properties.extend(error["properties"].as_object().cloned().unwrap_or_default());
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457). `kind` and `message` are there if an action failed.",
        "properties": properties,
        "required": ["type", "title", "status", "detail", "retry", "effect"],
    })
}

/// A schema as a part of this document: its dialect is the document's.
fn schema(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
    }
    if schema.is_null() { json!({}) } else { schema }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = r#"{"contract":1,"name":"n","title":"Birds","version":"1","description":"Flying.","connection":{"check":"chirp","schema":{}},
        "errorSchema":{"properties":{"kind":{"enum":["auth"]},"retry":{"enum":["never"]}}},
        "actions":[{"name":"fly","title":"Fly","description":"Flies.","inputSchema":{"$schema":"x","type":"object","properties":{"to":{"type":"string"}}},
        "outputSchema":{"type":"object"},"examples":[{"title":"South","input":{"to":"Rome"},"output":{}}]}]}"#;

    fn made(asks_for_token: bool) -> Value {
        document(&Description::parse(DESCRIPTION.to_owned()).unwrap(), &["berlin", "paris"], asks_for_token)
    }

    #[test]
    fn every_action_is_an_operation_with_its_schemas_and_examples() {
        let document = made(true);
        let fly = &document["paths"]["/v1/connections/{connection}/actions/fly"]["post"];
        assert_eq!((&fly["operationId"], &fly["summary"]), (&json!("fly"), &json!("Fly")));
        let content = &fly["requestBody"]["content"]["application/json"];
        assert_eq!(content["examples"]["example_1"], json!({ "summary": "South", "value": { "to": "Rome" } }));
        let input = &document["components"]["schemas"]["fly_input"];
        assert_eq!(*input, json!({ "type": "object", "properties": { "to": { "type": "string" } } }));
        let names = &document["components"]["parameters"]["connection"]["schema"]["enum"];
        assert_eq!(*names, json!(["berlin", "paris"]));
        assert_eq!(document["components"]["schemas"]["Problem"]["properties"]["kind"], json!({ "enum": ["auth"] }));
    }

    #[test]
    fn tokens_are_asked_for_in_the_document_if_the_server_does() {
        assert_eq!(made(true)["security"], json!([{ "token": [] }]));
        assert_eq!(made(false)["components"].get("securitySchemes"), None);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn check(part: &Value, whole: &Value) -> usize {
            let here = part.get("$ref").and_then(Value::as_str).map_or(0, |reference| {
                assert!(whole.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
                1
            });
            let parts: Vec<_> = match part {
                Value::Object(members) => members.values().collect(),
                Value::Array(items) => items.iter().collect(),
                _ => Vec::new(),
            };
            here + parts.into_iter().map(|part| check(part, whole)).sum::<usize>()
        }
        let document = made(true);
        assert!(check(&document, &document) > 20);
    }
}
