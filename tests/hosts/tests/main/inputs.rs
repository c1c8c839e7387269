//! What an action refuses before anything is sent.

use serde_json::{Value, json};

use crate::support::*;

#[test]
fn every_counter_example_is_refused_for_its_field_and_nothing_is_sent() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let examples = plugin_kit::testing::counter_examples(&justclick::PLUGIN);
    assert!(examples.len() > 50);
    for example in examples {
        let error = contract_error(host.call(example.action, example.input.as_str()));
        let case = format!("{}: {} {error}", example.why, example.input);
        assert_eq!(error["kind"], "invalid_input", "{case}");
        assert_eq!((&error["retry"], &error["effect"]), (&json!("never"), &json!("none")), "{case}");
        // Within lines, the part that is wrong is told.
        let told = error["field"].as_str().unwrap();
        let part = told.strip_prefix(example.field.as_str()).unwrap_or_else(|| panic!("{case}"));
        assert!(part.is_empty() || part.starts_with('['), "{case}");
        assert!(problem_fields(&error).contains(&told), "{case}");
        assert_eq!(error.get("upstream"), None, "{case}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn every_problem_is_told_at_once() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for (input, fields) in [
        (json!({}), vec!["bill_id", "status"]),
        (json!({ "bill_id": "x", "status": "sent" }), vec!["bill_id", "date", "rpo"]),
        (json!({ "bill_id": 0, "status": "sent", "date": "soon", "rpo": "null" }), vec!["bill_id", "date", "rpo"]),
        (
            json!({ "bill_id": [], "status": "x", "date": {}, "rpo": true, "a": 1, "b": 2 }),
            vec!["a", "b", "bill_id", "date", "rpo", "status"],
        ),
    ] {
        let error = refused(&mut host, &input);
        let mut told = problem_fields(&error);
        assert_eq!(error["field"], told[0]);
        told.sort_unstable();
        assert_eq!(told, fields, "{input}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(fields.iter().all(|field| message.contains(field)), "{message}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn an_unknown_field_is_named_together_with_the_nearest_known_one() {
    let mut host = host("https://username.justclick.ru");
    for (unknown, known) in [("bill_ld", "bill_id"), ("Status", "status"), ("dat", "date"), ("rp", "rpo")] {
        let error = refused(&mut host, &with(seed(), unknown, "1".into()));
        assert_eq!(error["field"], unknown);
        let message = error["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains(unknown) && message.contains(known), "{message}");
    }
}

#[test]
fn null_and_blank_texts_count_as_absent() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for absent in [Value::Null, "".into(), "  ".into(), "\t\u{a0}".into()] {
        let input = json!({ "bill_id": "100000", "status": "cancel", "date": absent, "rpo": absent });
        let output = done(&mut host, &input);
        assert_eq!((output.get("date"), output.get("rpo")), (None, None));
        for (field, status) in [("bill_id", "cancel"), ("status", "sent"), ("date", "paid"), ("rpo", "sent")] {
            let input = with(with(seed(), "status", status.into()), field, absent.clone());
            assert_eq!(problem_fields(&refused(&mut host, &input)), [field], "{input}");
        }
    }
    assert!(sandbox.requests().iter().all(|request| request.body.starts_with("bill_id=100000&status=cancel&hash=")));
}

#[test]
fn an_input_that_is_no_object_is_refused() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let inputs: [&[u8]; 9] = [b"", b" ", b"null", b"[]", b"1", b"\"{}\"", b"{", b"{}{}", b"\xff{}"];
    for input in inputs {
        let error = contract_error(host.call(ACTION, input));
        assert_eq!(error["kind"], "invalid_input", "{}", String::from_utf8_lossy(input));
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn the_input_is_checked_before_the_connection() {
    let error = contract_error(hosts::Host::builder().build().call(ACTION, "{}"));
    assert_eq!(error["kind"], "invalid_input");
}
