//! What machines read of events.

use std::sync::Arc;

use serde_json::Value;

use crate::receiver::Receiver;
use crate::server::{Server, sandbox};
use crate::shop;

#[test]
fn every_trigger_is_in_the_asyncapi_document_with_its_schema_and_its_sample() {
    let (sandbox, receiver) = (sandbox(&[]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    let (status, document) = server.get("/asyncapi.json");
    assert_eq!((status, &document["asyncapi"]), (200, &"3.0.0".into()));
    let (_, listed) = server.get("/v1/connections/default/triggers");
    for trigger in listed["triggers"].as_array().unwrap() {
        let name = format!("justclick.{}", trigger["name"].as_str().unwrap());
        let message = &document["components"]["messages"][&name];
        assert_eq!((&message["title"], &message["summary"]), (&trigger["title"], &trigger["description"]));
        let event = &message["examples"][0]["payload"];
        assert_eq!((&event["data"], &event["source"]), (&trigger["sample"], &"/justclick/default".into()));
        let schema = jsonschema::validator_for(&document["components"]["schemas"][&name]).unwrap();
        assert!(schema.is_valid(&event["data"]), "{name}");
    }
}

#[test]
fn the_asyncapi_document_is_in_the_language_that_is_asked_for_where_the_plugin_has_it() {
    let (service, receiver) = (shop::service(), Receiver::start());
    let state = Arc::new(tempfile::tempdir().unwrap());
    let server = Server::begin(shop::command(&service), &["--deliver", &receiver.url], state);
    let title = |language: &str| {
        let mut response = ureq::get(server.url("/asyncapi.json")).header("accept-language", language).call().unwrap();
        let document: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
        let language = response.headers()["content-language"].to_str().unwrap().to_owned();
        (document["channels"]["shop.order_paid"]["title"].as_str().unwrap().to_owned(), language)
    };
    assert_eq!(title("ru-RU"), ("Заказ оплачен".to_owned(), "ru".to_owned()));
    assert_eq!(title("de"), ("Order paid".to_owned(), "en".to_owned()));
}

#[test]
fn what_operators_ask_for_is_in_the_openapi_document() {
    let (sandbox, receiver) = (sandbox(&[]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    let (_, document) = server.get("/openapi.json");
    for path in ["/v1/connections/{connection}/triggers", "/v1/dead-letters", "/v1/dead-letters/{number}"] {
        let operation = &document["paths"][path]["get"];
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let (_, answer) = server.get(&path.replace("{connection}", "default").replace("/{number}", ""));
        if !path.contains("number") {
            assert!(jsonschema::validator_for(schema).unwrap().is_valid(&answer), "{path}: {answer}");
        }
    }
}
