//! What the HTTP status of a reply changes, and what not.

use justclick_sandbox::SAMPLE_API_KEY;
use serde_json::{Value, json};

use crate::signed::{Signed, TEXT, made};

/// A service that answers with a status and a code, signed with a key.
const fn says(status: u16, code: i64, key: &'static str) -> Signed {
    Signed { status, code, result: r#"{"id":"7"}"#, key }
}

fn cancel(service: &Signed) -> Result<Value, Value> {
    made("update_order_status", &json!({ "bill_id": "7", "status": "cancel" }), service)
}

#[test]
fn what_is_refused_with_a_right_signature_is_refused_whatever_the_status() {
    for status in [200, 302, 307, 400, 404, 429, 500, 503] {
        let error = cancel(&says(status, 200, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!("not_found"), &json!("none")), "{status}: {error}");
        assert_eq!(error["upstream"]["verified"], true, "{status}");
        let throttled = cancel(&says(status, 8, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!((&throttled["kind"], &throttled["effect"]), (&json!("throttled"), &json!("none")), "{status}");
        let none = made("find_orders", &json!({ "email": "a@b.ru" }), &says(status, 400, SAMPLE_API_KEY));
        assert_eq!(none.unwrap(), json!({ "items": [] }), "{status}");
    }
}

#[test]
fn the_refusal_of_a_wrong_key_needs_no_signature_unless_it_comes_from_elsewhere() {
    for status in [200, 401, 403, 500] {
        let error = made("get_order", &json!({ "bill_id": "7" }), &says(status, 4, "another key")).unwrap_err();
        assert_eq!(error["kind"], "auth", "{status}: {error}");
        assert!(error["message"].as_str().unwrap().contains("as is to be expected with a wrong key"), "{error}");
    }
    let error = made("get_order", &json!({ "bill_id": "7" }), &says(302, 4, "another key")).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("sends requests elsewhere (HTTP 302)"), "{error}");
    // Every other code does.
    let error = cancel(&says(404, 200, "another key")).unwrap_err();
    assert_eq!((&error["kind"], &error["effect"]), (&json!("unexpected_reply"), &json!("unknown")), "{error}");
}

#[test]
fn a_signed_success_counts_with_any_redirect_and_not_with_a_failure() {
    for status in [200, 201, 301, 302, 303, 307, 308] {
        assert_eq!(cancel(&says(status, 0, SAMPLE_API_KEY)).unwrap()["message"], TEXT, "{status}");
    }
    for status in [400, 404, 500, 503] {
        let error = cancel(&says(status, 0, SAMPLE_API_KEY)).unwrap_err();
        assert_eq!(error["effect"], "unknown", "{status}: {error}");
    }
}
