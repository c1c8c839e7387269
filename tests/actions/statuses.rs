//! What the HTTP status of a reply changes, and what not.

use justclick::{PLUGIN, signature};
use justclick_sandbox::SAMPLE_API_KEY;
use plugin_kit::{Request, Response, Transport};
use serde_json::{Value, json};

use crate::support::config_of;

/// A service that answers with a status and a code, signed with a key.
struct Says(u16, i64, &'static str);

impl Transport for Says {
    fn send(&self, _: &Request) -> Response {
        let Self(status, code, key) = *self;
        let hash = signature::md5_hex(&[&code.to_string(), "::it says::", key]);
        let body = format!(r#"{{"error_code":{code},"error_text":"it says","result":{{"id":"7"}},"hash":"{hash}"}}"#);
        Response { status, body: body.into_bytes() }
    }
}

fn outcome(action: &str, input: &Value, service: &Says) -> Result<Value, Value> {
    let config = config_of("https://username.justclick.ru".to_owned());
    let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config, service).unwrap();
    let read = |json: String| serde_json::from_str::<Value>(&json).unwrap();
    outcome.map(read).map_err(|error| read(error.to_json()))
}

fn cancel(service: &Says) -> Result<Value, Value> {
    outcome("update_order_status", &json!({ "bill_id": "7", "status": "cancel" }), service)
}

#[test]
fn what_is_refused_with_a_right_signature_is_refused_whatever_the_status() {
    for status in [200, 302, 307, 400, 404, 429, 500, 503] {
        let error = cancel(&Says(status, 200, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!("not_found"), &json!("none")), "{status}: {error}");
        assert_eq!(error["upstream"]["verified"], true, "{status}");
        let throttled = cancel(&Says(status, 8, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!((&throttled["kind"], &throttled["effect"]), (&json!("throttled"), &json!("none")), "{status}");
        let none = outcome("find_orders", &json!({ "email": "a@b.ru" }), &Says(status, 400, SAMPLE_API_KEY));
        assert_eq!(none.unwrap(), json!({ "items": [] }), "{status}");
    }
}

#[test]
fn the_refusal_of_a_wrong_key_needs_no_signature_unless_it_comes_from_elsewhere() {
    for status in [200, 401, 403, 500] {
        let error = outcome("get_order", &json!({ "bill_id": "7" }), &Says(status, 4, "another key")).unwrap_err();
        assert_eq!(error["kind"], "auth", "{status}: {error}");
        assert!(error["message"].as_str().unwrap().contains("as is to be expected with a wrong key"), "{error}");
    }
    let error = outcome("get_order", &json!({ "bill_id": "7" }), &Says(302, 4, "another key")).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("sends requests elsewhere (HTTP 302)"), "{error}");
    // Every other code does.
    let error = cancel(&Says(404, 200, "another key")).unwrap_err();
    assert_eq!((&error["kind"], &error["effect"]), (&json!("unexpected_reply"), &json!("unknown")), "{error}");
}

#[test]
fn a_signed_success_counts_with_any_redirect_and_not_with_a_failure() {
    for status in [200, 201, 301, 302, 303, 307, 308] {
        assert_eq!(cancel(&Says(status, 0, SAMPLE_API_KEY)).unwrap()["message"], "it says", "{status}");
    }
    for status in [400, 404, 500, 503] {
        let error = cancel(&Says(status, 0, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!(error["effect"], "unknown", "{status}: {error}");
    }
}
