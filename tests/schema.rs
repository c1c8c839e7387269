//! The JSON Schemas, the examples and the code say the same.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use justclick::action::Action;
use justclick::actions::update_order_status::UpdateOrderStatus;
use justclick::input::Input;
use justclick::{actions, describe};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Value, json};

fn manifest() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/manifest"))
}

fn input_schema() -> &'static Validator {
    static SCHEMA: LazyLock<Validator> =
        LazyLock::new(|| validator(&describe::generate()["actions"][0]["inputSchema"]));
    &SCHEMA
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).expect("a JSON Schema 2020-12");
    jsonschema::validator_for(schema).expect("a schema that compiles")
}

fn code_takes(input: &Value) -> bool {
    let json = input.to_string();
    Input::parse(&json, UpdateOrderStatus::FIELDS).and_then(UpdateOrderStatus::read).is_ok()
}

#[test]
fn the_files_in_manifest_are_what_the_code_says() {
    for (name, text) in describe::files() {
        let file = fs::read_to_string(manifest().join(&name)).unwrap_or_default();
        assert!(file == text, "manifest/{name} is not what the code says: run `cargo xtask manifest`");
    }
    let carried: Value = serde_json::from_str(describe::TEXT).unwrap();
    assert_eq!(carried, describe::generate(), "the module carries an old description: run `cargo xtask manifest`");
}

#[test]
fn every_schema_is_a_valid_one_without_references() {
    let describe = describe::generate();
    validator(&describe["connection"]["schema"]);
    validator(&describe["errorSchema"]);
    for action in actions::describe() {
        validator(&action["inputSchema"]);
        validator(&action["outputSchema"]);
    }
    assert!(!describe::TEXT.contains("$ref"));
}

#[test]
fn the_root_of_an_input_schema_has_nothing_that_form_renderers_reject() {
    for action in actions::describe() {
        let schema = &action["inputSchema"];
        assert!(schema.get("oneOf").is_none() && schema.get("anyOf").is_none());
        for rule in schema["allOf"].as_array().unwrap() {
            let keywords: Vec<_> = rule.as_object().unwrap().keys().collect();
            assert_eq!(keywords, ["if", "then"]);
        }
        for (name, field) in schema["properties"].as_object().unwrap() {
            for keyword in ["title", "description", "examples"] {
                assert!(field.get(keyword).is_some(), "{name} has no {keyword}");
            }
        }
    }
}

#[test]
fn the_examples_of_every_field_are_taken() {
    let action = &actions::describe()[0];
    let schema = input_schema();
    for (name, field) in action["inputSchema"]["properties"].as_object().unwrap() {
        for example in field["examples"].as_array().unwrap() {
            let mut input = json!({ "bill_id": 1, "status": "sent", "date": 1, "rpo": "1" });
            input[name] = example.clone();
            assert!(schema.is_valid(&input) && code_takes(&input), "{input}");
        }
    }
}

#[test]
fn the_examples_of_the_action_follow_both_schemas() {
    let action = &actions::describe()[0];
    let output_schema = validator(&action["outputSchema"]);
    for example in action["examples"].as_array().unwrap() {
        assert!(input_schema().is_valid(&example["input"]) && code_takes(&example["input"]), "{example}");
        assert!(output_schema.is_valid(&example["output"]), "{example}");
    }
}

#[test]
fn counter_examples_are_refused_by_schema_and_code() {
    for (action, cases) in actions::counter_examples() {
        assert!(!cases.is_empty(), "{action} has no counter-examples");
        for case in cases {
            assert!(!input_schema().is_valid(&case.input), "the schema takes {}: {}", case.input, case.why);
            assert!(!code_takes(&case.input), "the code takes {}: {}", case.input, case.why);
        }
    }
}

/// Values in and around what a field takes.
fn value() -> impl Strategy<Value = Value> {
    let white =
        "[\u{9}\u{a}\u{b}\u{c}\u{d} \u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{202f}\u{205f}\u{3000}\u{feff}\u{200b}]{0,2}";
    let around = |inner: &str| string_regex(&format!("{white}{inner}{white}")).unwrap().prop_map(Value::from);
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-5..2_000_000_000_000_i64).prop_map(Value::from),
        (-2.0..20.0_f64).prop_map(|number| json!(number.round() / 2.0)),
        select(vec!["sent", "paid", "return", "cancel", "Sent", ""]).prop_map(Value::from),
        "[0-9]{0,22}".prop_map(Value::from),
        around("[0-9]{1,3}"),
        around(""),
        around("\\PC{0,66}"),
        around("[a-c\u{0}-\u{1f}\u{7f}-\u{9f}я]{1,4}"),
        around("[a-z]{60,66}"),
        date_time().prop_map(Value::from),
        Just(json!([1])),
        Just(json!({ "a": 1 })),
    ]
}

fn date_time() -> impl Strategy<Value = String> {
    "(0000|19[67][0-9]|20[0-9]{2}|9999)-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])?"
}

/// What a schema can't say: the days of a month, and where 1970 begins in UTC.
fn is_beyond_schemas(input: &Value) -> bool {
    let Some(date) = input["date"].as_str() else { return false };
    let impossible_day = (28..=31).any(|day| date.get(8..10) == Some(day.to_string().as_str()));
    impossible_day || date.starts_with("1970-01-01")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn schema_and_code_agree_on_every_input(
        bill_id in prop_oneof![3 => Just(json!("100000")), 1 => value()],
        status in prop_oneof![4 => select(vec!["sent", "paid", "return", "cancel"]).prop_map(Value::from), 1 => value()],
        date in prop_oneof![2 => date_time().prop_map(Value::from), 2 => value()],
        rpo in prop_oneof![2 => Just(json!("RA1")), 2 => value()],
        left_out in 0..32_u8,
        unknown in prop::bool::weighted(0.05),
    ) {
        let mut input = json!({});
        for (place, (name, value)) in [("bill_id", bill_id), ("status", status), ("date", date), ("rpo", rpo)].into_iter().enumerate() {
            if left_out != 1 << place {
                input[name] = value;
            }
        }
        if unknown {
            input["orderId"] = json!(1);
        }
        let schema = input_schema().is_valid(&input);
        let code = code_takes(&input);
        if is_beyond_schemas(&input) {
            prop_assert!(schema || !code, "the schema refuses what the code takes: {}", input);
        } else {
            prop_assert_eq!(schema, code, "schema and code differ: {}", input);
        }
    }
}
