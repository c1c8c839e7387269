//! The JSON Schemas and the examples say what the code does: a schema shows the canonical forms, and
//! the code takes those and more.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use justclick::PLUGIN;
use plugin_kit::flaw::Flaw;
use plugin_kit::{Action, describe, manifest, testing, text};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Value, json};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/manifest"))
}

fn description() -> Value {
    serde_json::from_str(&describe::description(&PLUGIN)).unwrap()
}

fn actions() -> Vec<Value> {
    description()["actions"].as_array().unwrap().clone()
}

fn action() -> &'static Action {
    PLUGIN.action("update_order_status").unwrap()
}

fn input_schema() -> &'static Validator {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| validator(&actions()[0]["inputSchema"]));
    &SCHEMA
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).expect("a JSON Schema 2020-12");
    jsonschema::validator_for(schema).expect("a schema that compiles")
}

/// What the code makes of an input, if it takes it.
fn read(input: &Value) -> Option<Value> {
    let values = testing::read(action(), &input.to_string()).ok()?;
    Some(serde_json::from_str(&values.object().finish()).unwrap())
}

fn code_takes(input: &Value) -> bool {
    read(input).is_some()
}

#[test]
fn the_files_in_manifest_are_what_the_code_says() {
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/ru.json")).unwrap();
    // Fails with every text that lacks a translation, and every translation that is left over.
    for (name, text) in manifest::files(&PLUGIN, &[("ru".to_owned(), source)]).unwrap() {
        let file = fs::read_to_string(folder().join(&name)).unwrap_or_default();
        assert!(file == text, "manifest/{name} is not what the code says: run `cargo xtask manifest`");
    }
}

#[test]
fn kit_and_host_have_the_same_error_document() {
    let hosts = folder().join("../host/core/src/description/error.schema.json");
    assert!(fs::read_to_string(hosts).unwrap() == manifest::ERROR_SCHEMA, "copy kit/src/error.schema.json there");
}

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(testing::faults(&PLUGIN), [""; 0]);
}

#[test]
fn what_only_adds_does_not_count_as_destructive() {
    let hinted = |action: &&Value| action["annotations"]["destructiveHint"] == false;
    let adding = actions().into_iter().filter(|action| action["annotations"]["readOnlyHint"] == false);
    let adding: Vec<_> = adding.filter(|action| hinted(&action)).map(|action| action["name"].clone()).collect();
    assert_eq!(adding, ["create_order", "add_contact", "create_product"]);
}

#[test]
fn every_field_shows_what_it_takes_and_what_not() {
    assert_eq!(testing::without_examples(&PLUGIN), [""; 0]);
    // Within lines too, by the path that an error has.
    let cases = testing::counter_examples(&PLUGIN);
    assert!(cases.iter().any(|case| case.field == "goods[0].price" && case.why == "not negative"));
}

#[test]
fn every_schema_is_a_valid_one_without_references() {
    let describe = description();
    validator(&describe["connection"]["schema"]);
    validator(&serde_json::from_str(manifest::ERROR_SCHEMA).unwrap());
    for action in actions() {
        validator(&action["inputSchema"]);
        validator(&action["outputSchema"]);
    }
    assert!(!describe.to_string().contains("$ref"));
}

#[test]
fn the_root_of_an_input_schema_has_nothing_that_form_renderers_reject() {
    for action in actions() {
        let schema = &action["inputSchema"];
        assert!(schema.get("oneOf").is_none() && schema.get("anyOf").is_none());
        for rule in schema["allOf"].as_array().into_iter().flatten() {
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
    for described in actions() {
        let action = PLUGIN.action(described["name"].as_str().unwrap()).unwrap();
        let schema = validator(&described["inputSchema"]);
        let inputs: Vec<_> =
            described["examples"].as_array().unwrap().iter().map(|example| &example["input"]).collect();
        for (name, field) in described["inputSchema"]["properties"].as_object().unwrap() {
            for example in field["examples"].as_array().unwrap() {
                // In an input that has what goes with it.
                let is_taken = inputs.iter().any(|input| {
                    let mut input = (*input).clone();
                    input[name] = example.clone();
                    let read = testing::read(action, &input.to_string());
                    schema.is_valid(&input) && read.is_ok_and(|values| values.get(name).is_some())
                });
                assert!(is_taken, "{}: {name} refuses {example}", action.name());
            }
        }
    }
}

#[test]
fn the_examples_of_every_action_follow_both_schemas() {
    for action in actions() {
        let (input, output) = (validator(&action["inputSchema"]), validator(&action["outputSchema"]));
        for example in action["examples"].as_array().unwrap() {
            assert!(input.is_valid(&example["input"]), "{example}");
            assert!(output.is_valid(&example["output"]), "{example}");
        }
    }
}

#[test]
fn counter_examples_are_refused_by_schema_and_code() {
    let cases = testing::counter_examples(&PLUGIN);
    assert!(cases.len() > 50);
    // Those of the other actions are held against the code by `testing::faults`.
    for case in cases.into_iter().filter(|case| case.action == "update_order_status") {
        let input: Value = serde_json::from_str(&case.input).unwrap();
        let schema = input_schema().is_valid(&input);
        assert!(!schema || is_beyond_schemas(&input), "the schema takes {input}: {}", case.why);
        assert!(!code_takes(&input), "the code takes {input}: {}", case.why);
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
        select(vec!["sent", "paid", "return", "cancel", "Sent", "PAID", ""]).prop_map(Value::from),
        (-1_000_000_000..3_000_000_000_i64).prop_map(Value::from),
        around("(sent|Paid|RETURN|cancel)"),
        around("[0-9]{1,3}\\.0{1,4}"),
        around("[0-9]{1,3}[.,][0-9]{1,3}[eE][+-]?[0-9]{1,2}"),
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

/// What a schema can't say: the days of a month, the range of moments to the second, and what only an
/// accident can have written.
fn is_beyond_schemas(input: &Value) -> bool {
    let date = input["date"].as_str().unwrap_or_default();
    let impossible_day = (28..=31).any(|day| date.get(8..10) == Some(day.to_string().as_str()));
    let edge = date.starts_with("2000-01-01") || !date.contains('-');
    let rpo = text::trim(input["rpo"].as_str().unwrap_or_default());
    let is_number = rpo.parse::<f64>().is_ok() || rpo.replace(',', ".").parse::<f64>().is_ok();
    // A text of characters without a width is blank to people.
    let is_blank = rpo.is_empty() && input["rpo"].is_string();
    (!date.is_empty() && (impossible_day || edge)) || Flaw::of(rpo).is_some() || is_number || is_blank
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_code_takes_what_the_schema_takes_and_sends_what_both_take(
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
        let read = read(&input);
        if input_schema().is_valid(&input) && !is_beyond_schemas(&input) {
            prop_assert!(read.is_some(), "the code refuses what the schema takes: {}", input);
        }
        // However an input was spelt, what is sent is canonical, and so is the same again.
        if let Some(sent) = read {
            prop_assert!(input_schema().is_valid(&sent), "{} became {}", input, sent);
            prop_assert_eq!(self::read(&sent), Some(sent));
        }
    }
}

#[test]
fn a_field_that_the_form_hides_is_no_part_of_the_input() {
    let action = &actions()[0];
    let visible = action["form"]["visible"].as_object().unwrap();
    assert!(!visible.is_empty());
    for (field, when) in visible {
        let (on, shown) = when.as_object().unwrap().iter().next().unwrap();
        for value in action["inputSchema"]["properties"][on]["enum"].as_array().unwrap() {
            let mut input = json!({ "bill_id": 1, "status": "sent", "date": 1_362_254_400, "rpo": "1" });
            input[on] = value.clone();
            for nonsense in [json!("None"), json!({}), json!(-1.5), json!("a\u{0}")] {
                input[field] = nonsense;
                let is_shown = shown.as_array().unwrap().contains(value);
                assert_eq!(code_takes(&input), !is_shown, "{input}");
                assert!(is_shown || read(&input).unwrap().get(field).is_none(), "{input}");
            }
        }
    }
}

#[test]
fn the_moments_of_the_form_are_fields() {
    for action in actions() {
        for moment in action["form"]["moments"].as_array().into_iter().flatten() {
            assert!(action["inputSchema"]["properties"].get(moment.as_str().unwrap()).is_some(), "{moment}");
        }
    }
}
