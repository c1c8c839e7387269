//! The shapes that the service's pages leave open, and answers that are none.

use justclick_sandbox::Misbehaviour;
use serde_json::{Value, json};

use crate::support::*;

/// Reads with an input that each has an answer for.
fn reads() -> Vec<(&'static str, Value)> {
    vec![
        ("get_order", json!({ "bill_id": "7" })),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-01-01" })),
        ("find_orders", json!({ "email": "user4@email.com" })),
        ("find_orders", json!({ "email": "nobody@email.com" })),
        ("get_contact_groups", json!({ "email": "lead@email.com" })),
        ("list_groups", json!({})),
        ("count_contacts", json!({ "of": "all" })),
        ("list_products", json!({})),
        ("get_partner_stats", json!({ "partner": "my_partner_login" })),
    ]
}

#[test]
fn every_shape_of_an_answer_is_the_same_output() {
    let sandbox = sandbox();
    sandbox.put_order(order("7", NEW_YEAR));
    let plain: Vec<_> = reads().iter().map(|(action, input)| output(&sandbox, action, input)).collect();
    for shapes in [
        r#"{"numbers_as_texts": true}"#,
        r#"{"empty_objects_as_lists": false}"#,
        r#"{"absent_if_empty": true}"#,
        r#"{"coupon": "kupon"}"#,
        r#"{"http_status": 302}"#,
        r#"{"nothing_is_a_list": true}"#,
    ] {
        control(&sandbox, "shapes", shapes);
        for ((action, input), plain) in reads().iter().zip(&plain) {
            assert_eq!(output(&sandbox, action, input), *plain, "{action} with {shapes}");
        }
    }
}

#[test]
fn a_read_that_fails_has_no_effect_whatever_came() {
    let sandbox = sandbox();
    sandbox.put_order(order("7", NEW_YEAR));
    for misbehaviour in Misbehaviour::NAMED {
        if matches!(misbehaviour, Misbehaviour::Slow | Misbehaviour::Huge) {
            continue;
        }
        sandbox.set_misbehaviour(Some(misbehaviour));
        for (action, input) in reads() {
            if let Err(error) = run(&sandbox, action, &input) {
                assert_eq!(error["effect"], "none", "{action} {misbehaviour}: {error}");
            }
        }
    }
}

#[test]
fn a_code_of_the_account_is_told_by_every_action() {
    let sandbox = sandbox();
    for (code, kind) in [(5, "auth"), (6, "auth"), (7, "auth"), (8, "throttled")] {
        control(&sandbox, "refuse", &format!("{{\"refuse\": {code}}}"));
        for (action, input) in reads() {
            let error = run(&sandbox, action, &input).unwrap_err();
            assert_eq!((&error["kind"], &error["upstream"]["error_code"]), (&json!(kind), &json!(code)), "{action}");
        }
    }
}
