//! The way from input to outcome, natively: every kind of error, and nothing that can crash it.

use std::cell::RefCell;

use justclick::actions;
use justclick::secret::Secret;
use justclick::transport::{Response, Transport};
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// Answers every request in the same way and keeps what was sent.
struct Service {
    answer: Response,
    sent: RefCell<Vec<(String, String)>>,
}

impl Service {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { answer: Response { status, body: body.into() }, sent: RefCell::default() }
    }

    /// A reply with the hash of the known-answer vectors, or another one.
    fn reply(code: &Value, text: &str, hash: &str) -> Self {
        Self::new(200, json!({ "error_code": code, "error_text": text, "hash": hash }).to_string())
    }
}

impl Transport for Service {
    fn post(&self, url: &str, body: &str) -> Response {
        self.sent.borrow_mut().push((url.to_owned(), body.to_owned()));
        self.answer.clone()
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" => KEY.into(),
        "base_url" => b"https://username.justclick.ru".to_vec(),
        _ => return None,
    })
}

fn run(input: &str, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = actions::run("update_order_status", input.as_bytes(), &config, service).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

fn error(service: &Service) -> Value {
    run(INPUT, service).unwrap_err()
}

#[track_caller]
fn assert_error(service: &Service, kind: &str, retry: &str, effect: &str) {
    let error = error(service);
    assert_eq!(
        (&error["kind"], &error["retry"], &error["effect"]),
        (&json!(kind), &json!(retry), &json!(effect)),
        "{error}"
    );
}

#[test]
fn the_seeds_example_is_signed_sent_and_verified() {
    let service = Service::reply(&json!(0), "OK", "cf2b10a8fd707c6d14f496e19503b0a1");
    let output = run(INPUT, &service).unwrap();
    let expected = json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000", "message": "OK" });
    assert_eq!(output, expected);
    let body = "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000&hash=92cea5ba30b463b8c3b234e3d2945e65";
    assert_eq!(
        *service.sent.borrow(),
        [("https://username.justclick.ru/api/UpdateOrderStatus".to_owned(), body.to_owned())]
    );
}

#[test]
fn a_code_may_be_a_text() {
    assert!(run(INPUT, &Service::reply(&json!("0"), "OK", "cf2b10a8fd707c6d14f496e19503b0a1")).is_ok());
}

#[test]
fn a_parameter_that_is_not_required_is_sent_if_given() {
    let service = Service::reply(&json!(0), "OK", "cf2b10a8fd707c6d14f496e19503b0a1");
    let output =
        run(r#"{"bill_id":7,"status":"cancel","date":"1970-01-01T00:01:00Z","rpo":" a b "}"#, &service).unwrap();
    assert_eq!(output, json!({ "bill_id": "7", "status": "cancel", "date": 60, "rpo": "a b", "message": "OK" }));
    assert!(service.sent.borrow()[0].1.starts_with("bill_id=7&status=cancel&date=60&rpo=a+b&hash="));
}

#[test]
fn a_bad_input_sends_nothing_and_tells_every_problem() {
    let service = Service::new(500, "");
    let error = run(r#"{"bill_id":"x","status":"sent","rpo":"","track":1}"#, &service).unwrap_err();
    let fields: Vec<_> = error["problems"].as_array().unwrap().iter().map(|problem| &problem["field"]).collect();
    assert_eq!(fields, ["track", "bill_id", "date", "rpo"]);
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("track")));
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn a_key_pasted_into_a_field_is_neither_sent_nor_shown() {
    let service = Service::new(500, "");
    for input in [
        format!(r#"{{"bill_id":"1","status":"cancel","rpo":"my {KEY}"}}"#),
        format!(r#"{{"bill_id":"1","status":"{KEY}"}}"#),
        format!(r#"{{"bill_id":"{KEY}","{KEY}":1}}"#),
    ] {
        let error = run(&input, &service).unwrap_err();
        assert_eq!(error["kind"], json!("invalid_input"));
        assert!(!error.to_string().contains(KEY), "{error}");
    }
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn each_code_is_of_the_contracts_kind() {
    // Signed by the test itself, as the service would.
    for (codes, kind, retry) in [
        (&[4, 5, 6, 7][..], "auth", "never"),
        (&[200, 302, 400], "not_found", "never"),
        (&[1, 2, 3, 201, 202, 203, 303, 100, 800, -1], "rejected", "never"),
        (&[8], "throttled", "later"),
    ] {
        for code in codes {
            let hash = justclick::signature::sign(&code.to_string(), "t", &Secret::new(KEY.to_owned()));
            let service = Service::reply(&json!(code), "t", &hash);
            assert_error(&service, kind, retry, "none");
            assert_eq!(
                error(&service)["upstream"],
                json!({ "http_status": 200, "error_code": code, "error_text": "t", "verified": true })
            );
        }
    }
}

#[test]
fn a_refused_key_is_told_although_the_reply_cannot_be_verified() {
    let service = Service::reply(&json!(4), "Incorrect hash", "00000000000000000000000000000000");
    assert_error(&service, "auth", "never", "none");
    let error = error(&service);
    assert_eq!(error["upstream"]["verified"], json!(false));
    assert!(error["message"].as_str().unwrap().contains("could not be verified"));
}

#[test]
fn an_unproven_reply_is_forged_whatever_it_says() {
    for code in [0, 8, 200, 201] {
        assert_error(
            &Service::reply(&json!(code), "OK", "00000000000000000000000000000000"),
            "forged_reply",
            "never",
            "unknown",
        );
    }
    for unsigned in [
        r#"{"error_code":0,"error_text":"OK"}"#,
        r#"{"error_code":0,"error_text":"OK","hash":null}"#,
        r#"{"error_code":0,"error_text":"OK","hash":0}"#,
    ] {
        assert_error(&Service::new(200, unsigned), "forged_reply", "never", "unknown");
    }
}

#[test]
fn what_is_not_the_services_reply_is_unexpected() {
    for body in [
        "",
        "<html>",
        "[]",
        "1",
        "{}",
        r#"{"error_code":0}"#,
        r#"{"error_text":"OK","hash":""}"#,
        r#"{"error_code":"","error_text":"OK"}"#,
        r#"{"error_code":0.5,"error_text":"OK"}"#,
        r#"{"error_code":true,"error_text":"OK"}"#,
        r#"{"error_code":0,"error_text":1}"#,
        r#"{"error_code":0,"error_text":"OK""#,
        r#"{"error_code":0,"error_code":1,"error_text":"OK"}"#,
        r#"[0,"OK","cf2b10a8fd707c6d14f496e19503b0a1"]"#,
    ] {
        assert_error(&Service::new(200, body), "unexpected_reply", "never", "unknown");
    }
    assert_error(
        &Service::new(200, *b"{\"error_code\":0,\"error_text\":\"\xff\"}"),
        "unexpected_reply",
        "never",
        "unknown",
    );
}

#[test]
fn an_http_status_decides_before_the_body_does() {
    let done = json!({ "error_code": 0, "error_text": "OK", "hash": "cf2b10a8fd707c6d14f496e19503b0a1" }).to_string();
    for status in [300, 301, 302, 307, 400, 401, 403, 404, 418, 499, 600] {
        assert_error(&Service::new(status, done.clone()), "unexpected_reply", "never", "unknown");
    }
    for status in [408, 423, 425, 500, 502, 503, 504, 599] {
        assert_error(&Service::new(status, done.clone()), "unavailable", "later", "unknown");
    }
    assert_error(&Service::new(429, done), "throttled", "later", "none");
}

#[test]
fn no_response_is_told_by_what_may_have_happened() {
    for reason in ["not_allowed", "dns", "connect", "tls", "not_sent"] {
        assert_error(&Service::new(0, reason), "unavailable", "later", "none");
    }
    for reason in ["timeout", "reset", "", "something else"] {
        assert_error(&Service::new(0, reason), "unavailable", "later", "unknown");
    }
    assert_error(&Service::new(0, "too_large"), "unexpected_reply", "never", "unknown");
}

#[test]
fn what_came_is_shown_shortened_and_without_the_key() {
    let page = format!("<html>\r\n{KEY} {}", "x".repeat(400));
    let error = error(&Service::new(200, page));
    let shown = error["upstream"]["error_text"].as_str().unwrap();
    assert_eq!(shown.chars().count(), 300);
    assert!(shown.starts_with("<html>*** xxx"), "{shown}");
}

#[test]
fn the_services_result_is_passed_on_as_unsigned_and_without_the_key() {
    let body = format!(
        r#"{{"error_code":0,"error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1","result":{{"z":1.50,"a":["{KEY}"]}}}}"#
    );
    let service = Service::new(200, body);
    let outcome = actions::run("update_order_status", INPUT.as_bytes(), &config, &service).unwrap();
    assert!(outcome.unwrap().ends_with(r#""message":"OK","unsigned_result":{"z":1.50,"a":["***"]}}"#));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_crashes(input in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), "[{}\\[\\]\":,.\\\\a-z0-9 -]{0,80}".prop_map(String::into_bytes)]) {
        let service = Service::new(200, "");
        let error = actions::run("update_order_status", &input, &config, &service).unwrap().unwrap_err();
        prop_assert!(service.sent.borrow().is_empty(), "{}", error.to_json());
        justclick::tools::call(&input, &config, &service);
    }

    #[test]
    fn no_configuration_crashes_and_its_key_stays_hidden(
        login in prop::collection::vec(any::<u8>(), 0..20),
        key in prop::collection::vec(any::<u8>(), 0..40),
        base_url in prop_oneof![prop::collection::vec(any::<u8>(), 0..60), "(https?://)?[a-z0-9.:@/\\[\\]?#-]{0,30}".prop_map(String::into_bytes)],
    ) {
        let config = |name: &str| Some(match name {
            "login" => login.clone(),
            "api_key" => key.clone(),
            "base_url" => base_url.clone(),
            _ => return None,
        });
        let outcome = actions::run("update_order_status", INPUT.as_bytes(), &config, &Service::new(0, "reset")).unwrap();
        let json = outcome.unwrap_err().to_json();
        if let Ok(key) = String::from_utf8(key) && key.trim().chars().count() > 8 {
            prop_assert!(!json.contains(key.trim()), "{}", json);
        }
    }

    #[test]
    fn no_reply_crashes_or_passes_for_a_success(status in prop_oneof![Just(200), any::<u16>()], body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "\\{\"error_code\":(0|\"0\"|-?[0-9]{1,25}|null),\"error_text\":(\"[ -~]{0,9}\"|null),\"hash\":\"[0-9a-f]{0,33}\"(,\"result\":[\\[\\]{}\",:0-9]{0,9})?\\}".prop_map(String::into_bytes),
    ]) {
        prop_assert!(run(INPUT, &Service::new(status, body)).is_err());
    }
}
