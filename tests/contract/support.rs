//! A service that answers as a test wants it, and calls of the plugin with it.

use std::cell::RefCell;

use justclick::PLUGIN;
use plugin_kit::{Error, Request, Response, Transport};
use serde_json::{Value, json};

pub const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
pub const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// Answers every request in the same way and keeps what was sent.
pub struct Service {
    pub answer: Response,
    pub sent: RefCell<Vec<(String, String)>>,
}

impl Service {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { answer: Response { status, body: body.into() }, sent: RefCell::default() }
    }

    /// A reply with the hash of the known-answer vectors, or another one.
    pub fn reply(code: &Value, text: &str, hash: &str) -> Self {
        Self::new(200, json!({ "error_code": code, "error_text": text, "hash": hash }).to_string())
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push((request.url.clone(), request.body.clone()));
        self.answer.clone()
    }
}

pub fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" => KEY.into(),
        "base_url" => b"https://username.justclick.ru".to_vec(),
        _ => return None,
    })
}

pub fn read_error(outcome: Option<Result<String, Error>>) -> Value {
    let error = outcome.expect("the action").expect_err("an error");
    serde_json::from_str(&error.to_json()).expect("one line of JSON")
}

pub fn run(input: &str, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run("update_order_status", input.as_bytes(), &config, service).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

pub fn error(service: &Service) -> Value {
    run(INPUT, service).unwrap_err()
}

#[track_caller]
pub fn assert_error(service: &Service, kind: &str, retry: &str, effect: &str) {
    let error = error(service);
    assert_eq!(
        (&error["kind"], &error["retry"], &error["effect"]),
        (&json!(kind), &json!(retry), &json!(effect)),
        "{error}"
    );
}
