//! The plugin, natively: what it says of itself, and what it does with an answer.

use {{crate}}::PLUGIN;
use plugin_kit::{Request, Response, Transport};

/// A service that always says the same.
struct Service(u16, &'static str);

impl Transport for Service {
    fn send(&self, _: &Request) -> Response {
        Response { status: self.0, body: self.1.into() }
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    match key {
        "base_url" => Some(b"https://api.example.com".to_vec()),
        "api_key" => Some(b"made-up-key".to_vec()),
        _ => None,
    }
}

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(plugin_kit::testing::faults(&PLUGIN), [""; 0]);
}

#[test]
fn a_message_that_was_sent_is_told_with_its_number() {
    let service = Service(201, r#"{"id":"7"}"#);
    let output = PLUGIN.run("send_message", br#"{"text":"Hello"}"#, &config, &service).expect("the action");
    assert_eq!(output.expect("an output"), r#"{"id":"7"}"#);
}

#[test]
fn a_wrong_key_is_told_as_one() {
    let outcome = PLUGIN.run("send_message", br#"{"text":"Hello"}"#, &config, &Service(401, "{}"));
    let error = outcome.expect("the action").expect_err("an error").to_json();
    assert!(error.contains(r#""kind":"auth""#), "{error}");
}
