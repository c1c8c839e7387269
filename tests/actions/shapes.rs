//! The shapes that the service's pages leave open, and answers that are none.

use justclick_sandbox::Misbehaviour;
use serde_json::{Value, json};

use crate::signed::{self, done};
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

/// What an action makes of data.
fn made(action: &str, input: &Value, data: &'static str) -> Result<Value, Value> {
    signed::made(action, input, &done(data))
}

#[test]
fn one_thing_without_a_title_or_a_price_does_not_keep_the_others_back() {
    for (action, input, data, items) in [
        (
            "list_groups",
            json!({}),
            r#"[{"rass_name":"a","rass_title":""},{"rass_name":7,"rass_title":"Seven","id":"9"}]"#,
            json!([{ "group_id": "a" }, { "group_id": "7", "title": "Seven" }]),
        ),
        (
            "list_products",
            json!({}),
            r#"[{"good_id":"1","good_name":"donation","good_title":null,"good_sum":"","good_type":""}]"#,
            json!([{ "product_id": "donation", "product_number": "1" }]),
        ),
        (
            "get_contact_groups",
            json!({ "email": "a@b.ru" }),
            r#"{"3":{"rass_name":"a","rass_title":null,"rass_status":"STATUS_NEW"}}"#,
            json!([{ "group_id": "a", "status": "STATUS_NEW", "subscribed": false }]),
        ),
        (
            "find_orders",
            json!({ "email": "a@b.ru" }),
            r#"{"258367":[],"258368":{"13011":{"good_name":222,"good_title":null}}}"#,
            json!([
                { "bill_id": "258367", "goods": [] },
                { "bill_id": "258368", "goods": [{ "product_number": "13011", "product_id": "222" }] },
            ]),
        ),
    ] {
        assert_eq!(made(action, &input, data).unwrap()["items"], items, "{action}");
    }
    let stats = r#"{"earned_total":null,"topay_total":"-5","clicks_total":42.0,"leads_total":""}"#;
    assert_eq!(
        made("get_partner_stats", &json!({ "partner": "p" }), stats).unwrap(),
        json!({ "to_pay": "-5.00", "clicks": 42 })
    );
}

#[test]
fn sums_that_php_has_reckoned_in_floating_point_are_cents() {
    let data = r#"{"id":7,"price":1799.1000000000001,"bill_sum_topay":0.30000000000000004,"items":[{"id":"a","sum":1799.1000000000001},{"id":"b","sum":"-0.10"}]}"#;
    let order = made("get_order", &json!({ "bill_id": 7 }), data).unwrap();
    assert_eq!(
        (&order["price"], &order["to_pay"], &order["total"]),
        (&json!("1799.10"), &json!("0.30"), &json!("1799.00"))
    );
}

#[test]
fn data_of_any_other_shape_is_told_with_what_came() {
    for (action, input, data, told) in [
        ("count_contacts", json!({ "of": "all" }), r#"{"count":7}"#, "a result that is no number"),
        ("count_contacts", json!({ "of": "all" }), "[]", "a result that is no number"),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-01-01" }), r#""none""#, "a result that is no list"),
        (
            "list_orders",
            json!({ "from": "2017-01-01", "to": "2017-01-01" }),
            r#"{"id":7,"price":"much"}"#,
            "a result that is not an object",
        ),
        ("find_orders", json!({ "email": "a@b.ru" }), r#"{"none":{}}"#, "a result that is no map of orders"),
        ("find_orders", json!({ "email": "a@b.ru" }), r#"{"7":"invoice"}"#, "an order that is no map of products"),
        ("get_order", json!({ "bill_id": 7 }), "[]", "no id"),
        ("get_order", json!({ "bill_id": 7 }), "[7]", "a result that is not an object"),
        ("get_order", json!({ "bill_id": 7 }), r#"{"number":7}"#, "no id"),
        ("get_partner_stats", json!({ "partner": "p" }), r#"{"clicks":1}"#, "no figures"),
        (
            "create_order",
            json!({ "goods": [{ "product_id": "p" }], "email": "a@b.ru" }),
            r#"[{"bill_id":7}]"#,
            "a result",
        ),
    ] {
        let error = made(action, &input, data).unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("The answer has {told}")), "{action}: {message}");
        let upstream = &error["upstream"];
        let shown = upstream["error_text"].as_str().unwrap();
        assert!(data.contains(shown), "{action}: {upstream}");
        assert_eq!((&upstream["http_status"], &upstream["error_code"]), (&json!(200), &json!(0)), "{action}");
        assert_eq!(error["kind"], "unexpected_reply", "{action}");
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

#[test]
fn the_data_of_another_order_is_not_that_of_the_one_that_was_asked_for() {
    let outcome = |number: &str| made("get_order", &json!({ "bill_id": number }), r#"{"id":"0070"}"#);
    assert!(outcome("70").is_ok());
    let error = outcome("7").unwrap_err();
    assert!(error["message"].as_str().unwrap().starts_with("The answer has another order"), "{error}");
}
