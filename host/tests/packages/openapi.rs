//! The document of a server, and the connector for Power Platform.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Files, PLUGINS, bundle, hostile, package, parsed, texts};

const CONNECTOR: [&str; 4] = ["--profile", "power-platform", "--host", "hooks.example.com:8443"];

/// All schemas within a value, with their places.
fn schemas<'a>(value: &'a Value, place: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("type") || members.contains_key("properties") {
                found.push((place.to_owned(), value));
            }
            members.iter().for_each(|(name, it)| schemas(it, &format!("{place}/{name}"), found));
        }
        Value::Array(items) => items.iter().for_each(|it| schemas(it, place, found)),
        _ => {}
    }
}

fn is_sentence(value: &Value) -> bool {
    value.as_str().is_some_and(|it| it.ends_with('.') && it.len() > 1)
}

/// Holds a connector to the rules by which Power Platform's own tools take or refuse one.
fn keeps_the_rules(files: &Files) {
    let definition = parsed(files, "apiDefinition.swagger.json");
    assert_eq!((&definition["swagger"], &definition["host"]), (&json!("2.0"), &json!("hooks.example.com:8443")));
    assert!(
        definition["info"]["title"].as_str().unwrap().chars().count() <= 30
            && is_sentence(&definition["info"]["description"])
    );
    let mut ids = BTreeSet::new();
    for (path, item) in definition["paths"].as_object().unwrap() {
        assert!(!path.contains('{'), "{path}: its connection is no field of a form");
        let operation = &item["post"];
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()) && id.len() <= 80, "{id}");
        let summary = operation["summary"].as_str().unwrap();
        assert!(!summary.is_empty() && summary.chars().count() <= 80, "{summary}");
        assert!(is_sentence(&operation["description"]), "{id}");
        assert!(operation["responses"]["200"]["schema"].is_object() && operation["responses"]["default"].is_object());
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["x-ms-summary"].is_string() && is_sentence(&parameter["description"]), "{id}");
        }
    }
    let mut found = Vec::new();
    schemas(&definition["paths"], "", &mut found);
    schemas(&definition["definitions"], "", &mut found);
    for (place, schema) in found {
        for word in ["oneOf", "anyOf", "allOf", "not", "if", "const", "nullable", "additionalProperties"] {
            assert!(schema.get(word).is_none() || place.ends_with("/properties"), "{place} has {word}");
        }
        if place.ends_with("/properties") {
            continue;
        }
        assert!(schema["type"].is_string(), "{place} has the type {}", schema["type"]);
        assert!(schema["type"] != "array" || schema["items"].is_object(), "{place} has no items");
    }
    let tested = &definition["x-ms-capabilities"]["testConnection"]["operationId"];
    assert!(ids.contains(tested.as_str().unwrap()));
    let all = definition.to_string();
    for read in all.split("\"x-ms-dynamic-list\":{\"operationId\":\"").skip(1) {
        assert!(ids.contains(read.split('"').next().unwrap()));
    }
    let properties = &parsed(files, "apiProperties.json")["properties"];
    let colour = properties["iconBrandColor"].as_str().unwrap();
    assert!(colour.len() == 7 && !["#ffffff", "#007ee5"].contains(&colour.to_lowercase().as_str()), "{colour}");
    assert_eq!(properties["connectionParameters"]["api_key"]["type"], "securestring");
    assert_eq!(parsed(files, "settings.json")["apiDefinition"], "apiDefinition.swagger.json");
}

#[test]
fn a_document_says_where_the_server_is_and_is_the_same_each_time() {
    for (_, folder) in PLUGINS {
        let args = ["--host", "hooks.example.com", "--connection-name", "berlin"];
        let files = package("openapi", &bundle(folder), &args).unwrap();
        assert_eq!(files, package("openapi", &bundle(folder), &args).unwrap());
        let document = parsed(&files, "openapi.json");
        assert_eq!(
            (&document["openapi"], &document["servers"]),
            (&json!("3.1.0"), &json!([{ "url": "https://hooks.example.com" }]))
        );
        assert_eq!(document["security"], json!([{ "token": [] }]));
        let check = &document["paths"]["/v1/connections/{connection}/check"]["parameters"][0];
        assert_eq!(check["schema"]["enum"], json!(["berlin"]));
    }
}

#[test]
fn a_connector_keeps_the_rules_of_power_platform() {
    for (_, folder) in PLUGINS {
        let files = package("openapi", &bundle(folder), &CONNECTOR).unwrap();
        keeps_the_rules(&files);
    }
}

#[test]
fn choices_of_a_field_come_from_their_read() {
    let files = package("openapi", &bundle("dist/plugins/shop"), &CONNECTOR).unwrap();
    let definition = parsed(&files, "apiDefinition.swagger.json");
    let order = &definition["paths"]["/v1/connections/default/actions/create_order"]["post"]["parameters"][0]["schema"];
    let customer = &order["properties"]["customer"];
    assert_eq!(
        (&customer["x-ms-dynamic-list"]["operationId"], &customer["x-ms-dynamic-list"]["itemsPath"]),
        (&json!("find_customers"), &json!("items"))
    );
    assert_eq!(customer["x-ms-dynamic-values"]["value-collection"], "items");
    assert_eq!(
        (&customer["type"], &order["properties"]["goods"]["items"]["type"]),
        (&json!("string"), &json!("object"))
    );
}

#[test]
fn a_strangers_texts_stay_texts_in_a_connector() {
    let folder = tempfile::tempdir().unwrap();
    let files = package("openapi", &hostile(folder.path()), &CONNECTOR).unwrap();
    keeps_the_rules(&files);
    for text in texts(&parsed(&files, "apiDefinition.swagger.json")) {
        assert!(!text.chars().any(|it| it.is_control() || ['\u{2028}', '\u{202e}'].contains(&it)), "{text:?}");
    }
}

#[test]
fn a_connector_needs_a_host_that_is_one() {
    let shop = bundle("dist/plugins/shop");
    let refusal = package("openapi", &shop, &CONNECTOR[..2]).unwrap_err();
    assert!(refusal.contains("give --host"), "{refusal}");
    for host in ["https://hooks.example.com", "a b", "x\" }", "-a.example", "hooks.example.com:0", ""] {
        let refusal = package("openapi", &shop, &[&format!("--host={host}")]).unwrap_err();
        assert!(refusal.contains("is no host"), "{refusal}");
    }
    for name in ["a/b", "a b", "", "?"] {
        let refusal = package("openapi", &shop, &["--connection-name", name]).unwrap_err();
        assert!(refusal.contains("connection's name"), "{refusal}");
    }
}
