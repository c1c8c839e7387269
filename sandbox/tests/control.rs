//! Looking into the sandbox, and altering it, over HTTP.

mod common;

use common::*;
use justclick_sandbox::{Order, Sandbox};

fn sandbox() -> Sandbox {
    Sandbox::builder().order(Order::new("100000")).start().unwrap()
}

#[test]
fn an_order_can_be_looked_at_created_and_altered_over_http() {
    let sandbox = sandbox();
    assert_eq!(request(&sandbox, "GET", "/orders/7", "").status, 404);
    assert!(request(&sandbox, "GET", "/orders/7", "").json()["error"].as_str().unwrap().contains("\"7\""));

    assert_eq!(request(&sandbox, "PUT", "/orders/7", "{}").json()["status"], "new");
    assert_eq!(post(&sandbox, UPDATE, &cancel("7")).code(), 0);
    let altered = request(&sandbox, "PUT", "/orders/7", r#"{"misbehaviour": "code-8"}"#).json();
    assert_eq!((&altered["misbehaviour"], &altered["status"]), (&"code-8".into(), &"cancel".into()));
    assert_eq!(post(&sandbox, UPDATE, &cancel("7")).code(), 8);
    request(&sandbox, "PUT", "/orders/7", r#"{"bill_id": "7", "misbehaviour": null}"#);
    assert_eq!(post(&sandbox, UPDATE, &cancel("7")).code(), 0);

    let shown: Order = serde_json::from_value(request(&sandbox, "GET", "/orders/7", "").json()).unwrap();
    assert_eq!(Some(&shown), sandbox.order("7").as_ref());
    assert_eq!(shown.changes.len(), 2);
}

#[test]
fn a_bad_alteration_says_why_and_alters_nothing() {
    let sandbox = sandbox();
    for (path, body, named) in [
        ("/orders/100000", "", "EOF"),
        ("/orders/100000", r#"{"state": "sent"}"#, "`state`"),
        ("/orders/100000", r#"{"bill_id": "7"}"#, "bill_id"),
        ("/orders/100000", r#"{"misbehaviour": "bad"}"#, "forged-hash"),
        ("/misbehaviour", "{}", "`misbehaviour`"),
        ("/misbehaviour", r#"{"misbehaviour": "bad"}"#, "forged-hash"),
    ] {
        let answer = request(&sandbox, "PUT", path, body);
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.json()["error"].as_str().unwrap().contains(named), "{body}: {}", answer.text());
    }
    assert_eq!(sandbox.order("100000").unwrap(), Order::new("100000"));
    assert_eq!(sandbox.order("7"), None);
}
