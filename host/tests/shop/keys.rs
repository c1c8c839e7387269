//! The key by which the shop knows the repeats of an order.

use std::fs;

use serde_json::{Value, json};
use shop_service::Misbehaviour::LoseAnswer;
use shop_service::Service;

use crate::server::{Server, mcp};
use crate::support::{Altered, altered, call_by, command, connected, order, run_by, service};

/// An order without a key.
fn keyless() -> Value {
    let mut order = order("");
    order.as_object_mut().unwrap().remove("request_id");
    order
}

/// The plugin, whose calls can't be looked up.
fn unverified() -> Altered {
    altered(&[("/actions/0/verify", Value::Null)])
}

fn keys(service: &Service) -> Vec<String> {
    service.orders().into_iter().map(|order| order.given.request_id).collect()
}

#[test]
fn a_key_that_is_left_out_is_made_up_and_one_that_is_given_is_kept() {
    let service = service();
    connected(&service).call("create_order", &keyless().to_string()).unwrap();
    connected(&service).call("create_order", &keyless().to_string()).unwrap();
    connected(&service).call("create_order", &order("mine").to_string()).unwrap();
    let keys = keys(&service);
    assert_eq!((keys[0].len(), keys[1].len(), keys[2].as_str()), (36, 36, "mine"), "{keys:?}");
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn all_attempts_of_a_call_have_the_same_key() {
    let (service, plugin) = (service(), unverified());
    service.misbehave([LoseAnswer, LoseAnswer]);
    let output = call_by(plugin.command(&service), "create_order", &keyless(), &["--retries", "2"]);
    assert_eq!(output, Ok(json!({ "id": "1", "repeated": true })));
    assert_eq!((service.requests().len(), keys(&service).len()), (3, 1));
}

#[test]
fn who_does_not_know_the_key_is_told_it_and_can_make_the_call_again() {
    let (service, plugin) = (service(), unverified());
    service.misbehave([LoseAnswer]);
    let error = call_by(plugin.command(&service), "create_order", &keyless(), &[]).unwrap_err();
    let key = keys(&service).remove(0);
    assert_eq!((&error["retry"], &error["effect"]), (&json!("never"), &json!("unknown")));
    let told = format!("To make it again, give request_id the value {key}: then it is not done twice.");
    assert!(error["message"].as_str().unwrap().ends_with(&told), "{error}");
    let again = call_by(plugin.command(&service), "create_order", &order(&key), &[]);
    assert_eq!(again, Ok(json!({ "id": "1", "repeated": true })));
    // Who gave it knows it.
    service.misbehave([LoseAnswer]);
    let error = call_by(plugin.command(&service), "create_order", &order("mine"), &[]).unwrap_err();
    assert_eq!((&error["retry"], &error["effect"]), (&json!("later"), &json!("unknown")));
}

#[test]
fn a_batch_that_is_gone_on_with_sends_a_row_with_the_key_it_had() {
    let (service, plugin) = (service(), unverified());
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("orders.ndjson");
    fs::write(&rows, format!("{}\n{}\n", keyless(), keyless())).unwrap();
    let batch = |args: &[&str]| {
        let args = [&["batch", "create_order", rows.to_str().unwrap()], args].concat();
        run_by(plugin.command(&service), &args)
    };
    assert_eq!(batch(&[]).0, 0);
    assert_eq!(keys(&service).len(), 2);
    // As a crash leaves it: both were begun, and nothing more is known.
    let journal = folder.path().join("orders.ndjson.journal");
    let begun = |line: &&str| line.contains("\"journal\":") || line.contains("\"begun\":");
    let left: String =
        fs::read_to_string(&journal).unwrap().lines().filter(begun).map(|it| format!("{it}\n")).collect();
    fs::write(&journal, left).unwrap();
    fs::remove_file(folder.path().join("orders.results.ndjson")).unwrap();
    let (code, _, said) = batch(&["--resume"]);
    assert_eq!((code, service.requests().len(), keys(&service).len()), (0, 4, 2), "{said}");
    // Begun anew, the same file is another batch.
    fs::remove_file(&journal).unwrap();
    fs::remove_file(folder.path().join("orders.results.ndjson")).unwrap();
    assert_eq!((batch(&[]).0, keys(&service).len()), (0, 4));
}

#[test]
fn a_request_with_an_idempotency_key_has_the_same_key_when_it_comes_back() {
    let (service, plugin) = (service(), unverified());
    let server = Server::start(plugin.command(&service));
    service.misbehave([LoseAnswer]);
    let (status, problem) = server.call("create_order", "7f0c", &keyless());
    assert_eq!((status, &problem["retry"]), (503, &json!("later")), "{problem}");
    let (status, output) = server.call("create_order", "7f0c", &keyless());
    assert_eq!((status, output), (200, json!({ "id": "1", "repeated": true })));
    server.call("create_order", "7f0d", &keyless());
    assert_eq!(keys(&service).len(), 2);
}

#[test]
fn what_hosts_show_of_the_action_does_not_require_the_key() {
    let service = service();
    let (openapi, _) = Server::start(command(&service)).openapi(None);
    let tools = mcp(command(&service), &[], &[("tools/list", json!({}))]).remove(0);
    let tool = tools["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "create_order").unwrap();
    for input in [&openapi["components"]["schemas"]["create_order_input"], &tool["inputSchema"]] {
        assert_eq!(input["required"], json!(["customer", "goods"]));
        let what = input["properties"]["request_id"]["description"].as_str().unwrap();
        assert!(what.ends_with("Left out, it is made up, the same for all attempts of a call."), "{what}");
    }
}
