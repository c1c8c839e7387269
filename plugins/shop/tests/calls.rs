//! Calls, natively, with answers that are made up here.

use std::cell::RefCell;

use plugin_kit::{Request, Response, Transport};
use serde_json::{Value, json};
use shop::PLUGIN;

struct Service {
    answer: Response,
    sent: RefCell<Vec<Request>>,
}

impl Service {
    fn new(status: u16, body: &str) -> Self {
        Self { answer: Response { status, body: body.into() }, sent: RefCell::default() }
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push(request.clone());
        self.answer.clone()
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "address" => b"https://shop.example.com/v1/".to_vec(),
        "token" => b"hunter2-hunter2".to_vec(),
        _ => return None,
    })
}

fn run(action: &str, input: &Value, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config, service).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

fn order() -> Value {
    json!({ "request_id": "r-1", "customer": 7, "goods": [{ "sku": "a", "count": 1 }] })
}

#[test]
fn an_order_with_lines_is_sent_in_its_canonical_form() {
    let service = Service::new(201, r#"{"id":"77","repeated":false}"#);
    let mut input = order();
    input["goods"] = json!([{ "sku": " a ", "count": "2.0", "price": 5.5 }, { "sku": "b", "count": 1 }]);
    input["tags"] = json!("new");
    input["gift"] = json!("yes");
    assert_eq!(run("create_order", &input, &service), Ok(json!({ "id": "77", "repeated": false })));
    let sent = service.sent.borrow();
    assert_eq!((sent[0].method, sent[0].url.as_str()), ("POST", "https://shop.example.com/v1/orders"));
    assert_eq!(
        sent[0].body,
        r#"{"request_id":"r-1","customer":"7","goods":[{"sku":"a","count":2,"price":"5.50"},{"sku":"b","count":1}],"tags":["new"],"gift":true}"#
    );
}

#[test]
fn every_problem_of_every_line_is_told_with_its_place() {
    let service = Service::new(201, "{}");
    let mut input = order();
    input["goods"] = json!([{ "sku": "a", "count": 0, "cnt": 1 }, 7, { "sku": "None", "count": 1 }]);
    input["tags"] = json!(["a", "", "b"]);
    let error = run("create_order", &input, &service).unwrap_err();
    let fields: Vec<_> = error["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["goods[0].cnt", "goods[0].count", "goods[1]", "goods[2].sku", "tags[1]"]);
    for problem in error["problems"].as_array().unwrap() {
        let (field, message) = (problem["field"].as_str().unwrap(), problem["message"].as_str().unwrap());
        assert!(message.starts_with(&format!("{field} ")), "{message}");
    }
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn a_secret_in_a_line_is_neither_sent_nor_shown() {
    let service = Service::new(201, r#"{"id":"hunter2-hunter2","repeated":false}"#);
    let mut input = order();
    input["goods"][0]["sku"] = json!("hunter2-hunter2");
    let error = run("create_order", &input, &service).unwrap_err();
    assert_eq!(error["message"], "A field holds the Token: take it out.");
    assert!(service.sent.borrow().is_empty());
    // Where an order's number should be, it is none, and not shown either.
    let error = run("create_order", &order(), &service).unwrap_err();
    assert_eq!(error["kind"], "unexpected_reply");
    assert!(error.to_string().contains("***") && !error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn a_status_is_of_the_contracts_kind_and_a_read_changes_nothing() {
    for (status, kind, retry, effect) in [
        (401, "auth", "never", "none"),
        (404, "not_found", "never", "none"),
        (422, "rejected", "never", "none"),
        (429, "throttled", "later", "none"),
        (503, "unavailable", "later", "unknown"),
        (301, "unexpected_reply", "never", "unknown"),
        (0, "unavailable", "later", "unknown"),
        (200, "unexpected_reply", "never", "unknown"),
    ] {
        let service = Service::new(status, "<h1>Out of order</h1>");
        for (action, input, effect) in
            [("create_order", order(), effect), ("find_orders", json!({ "customer": 7 }), "none")]
        {
            let error = run(action, &input, &service).unwrap_err();
            let told = (error["kind"].as_str(), error["retry"].as_str(), error["effect"].as_str());
            assert_eq!(told, (Some(kind), Some(retry), Some(effect)), "{status}: {error}");
            assert_eq!(error["upstream"]["http_status"], status);
        }
    }
}

#[test]
fn a_search_sends_its_fields_as_a_query() {
    let service = Service::new(200, r#"{"items":[],"total":0}"#);
    assert_eq!(run("find_customers", &json!({ "name": "Ann & Bob" }), &service), Ok(json!({ "items": [] })));
    assert_eq!(
        service.sent.borrow()[0].url,
        "https://shop.example.com/v1/customers?page=1&per_page=50&name=Ann%20%26%20Bob"
    );
    assert!(!service.sent.borrow()[0].head().contains("content-type"));
}
