use plugin_host_core::description::Description;
use plugin_host_core::language;

use super::*;

const DESCRIPTION: &str = r#"{"contract":1,"name":"n","title":"Birds","version":"1","description":"Flying.","connection":{"check":"chirp","schema":{}},
    "errorSchema":{"properties":{"kind":{"enum":["auth"]},"retry":{"enum":["never"]}}},
    "actions":[{"name":"fly","title":"Fly","description":"Flies.","inputSchema":{"$schema":"x","type":"object","properties":{"to":{"type":"string"}}},
    "outputSchema":{"type":"object"},"examples":[{"title":"South","input":{"to":"Rome"},"output":{}}]}]}"#;

fn listed<'a>(description: &'a Description, connections: &[&'a str]) -> Listed<'a> {
    Listed { description, translated: description, language: language::BASE, connections: connections.to_vec() }
}

fn made(asks_for_token: bool) -> Value {
    let description = Description::parse(DESCRIPTION.to_owned()).unwrap();
    document(&[listed(&description, &["berlin", "paris"])], Beside::all(asks_for_token))
}

/// Two plugins that both can fly, and one of them can swim as well.
fn made_of_two() -> Value {
    let birds = Description::parse(DESCRIPTION.to_owned()).unwrap();
    let mut text: Value = serde_json::from_str(DESCRIPTION).unwrap();
    (text["name"], text["title"]) = ("d".into(), "Ducks".into());
    let mut swim = text["actions"][0].clone();
    (swim["name"], swim["title"]) = ("swim".into(), "Swim".into());
    text["actions"].as_array_mut().unwrap().push(swim);
    let ducks = Description::parse(text.to_string()).unwrap();
    let (birds, ducks) = (listed(&birds, &["berlin"]), listed(&ducks, &["pond"]));
    document(&[ducks, birds], Beside::all(false))
}

#[test]
fn the_connection_says_whose_action_it_is_where_two_plugins_have_one_of_that_name() {
    let document = made_of_two();
    let path = |action: &str| &document["paths"][format!("/v1/connections/{{connection}}/actions/{action}")];
    let (fly, swim) = (path("fly"), path("swim"));
    assert_eq!(fly["parameters"][0]["schema"]["enum"], json!(["pond", "berlin"]));
    assert_eq!(fly["post"]["tags"], json!(["d", "n"]));
    assert_eq!(fly["post"]["operationId"], "d-fly-or-n-fly");
    let schema = |operation: &Value| operation["requestBody"]["content"]["application/json"]["schema"].clone();
    let of = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}_input") });
    assert_eq!(schema(&fly["post"]), json!({ "anyOf": [of("d-fly"), of("n-fly")] }));
    assert_eq!((&swim["parameters"][0]["schema"]["enum"], &swim["post"]["tags"]), (&json!(["pond"]), &json!(["d"])));
    assert_eq!(schema(&swim["post"]), of("d-swim"));
    assert_eq!(document["tags"][0], json!({ "name": "d", "description": "Ducks 1. Flying." }));
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
    let path = &document["paths"]["/v1/connections/{connection}/actions/fly"];
    let names = &path["parameters"][0]["schema"]["enum"];
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
    for document in [made(true), made_of_two()] {
        assert!(check(&document, &document) > 20);
    }
}
