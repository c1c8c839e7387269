//! Looking up, after a call whose effect is not known, whether it has happened.
//!
//! An action says by which read, and what holds of that read's output if it has happened, and if it
//! has not. Here is what the read is given, what its output tells, and what becomes of the call. When
//! it is looked up is the [`queue`](crate::queue)'s.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::description::{ActionDescription, Condition, Expected, FOUND, VERIFIED, Verify};
use crate::error::{ActionError, Effect};
use crate::json::{self, Object};
use crate::schema;
use crate::subject::Subject;

/// What looking a call up has told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It has happened; its output, as far as that is known.
    Done(String),
    /// It has not happened; a sentence on how that is known.
    Undone(String),
    /// It can't be told; a sentence on what was looked at.
    Unclear(String),
}

impl Finding {
    /// What becomes of a call that failed with this error, whose effect was not known.
    ///
    /// # Errors
    /// With that error, unless the call has happened.
    pub fn settle(self, mut error: Box<ActionError>) -> Result<String, Box<ActionError>> {
        let told = match self {
            Self::Done(output) => return Ok(output),
            Self::Undone(told) => {
                error.effect = Effect::None;
                told
            }
            Self::Unclear(told) => told,
        };
        error.note(&told);
        Err(error)
    }

    /// The read failed.
    pub fn of_failure(verify: &Verify, error: &ActionError) -> Self {
        // What to do about the call is said of the call.
        let mut error = error.clone();
        error.withdraw_advice();
        Self::Unclear(format!("It could not be looked up with {}: {}", verify.action, error.message))
    }

    /// What the read's output tells of a call of this action.
    pub fn of(action: &ActionDescription, verify: &Verify, input: &str, found: &str) -> Self {
        let input = json::object(input.as_bytes()).unwrap_or_default();
        let all = |conditions: &[Condition]| {
            // Nothing proves nothing.
            !conditions.is_empty() && unmet(conditions, &input, found).is_none()
        };
        let read = &verify.action;
        match (all(&verify.done), all(&verify.undone)) {
            (true, false) => Self::Done(output(action, &input, found)),
            (false, true) => Self::Undone(format!("It was looked up with {read}: it was not done.")),
            _ => {
                let mut places: Vec<_> =
                    verify.done.iter().chain(&verify.undone).map(|it| it.pointer.as_str()).collect();
                places.dedup();
                let places = places.join(", ");
                Self::Unclear(format!(
                    "It was looked up with {read}, whose answer tells neither that it was done nor that it was not (at {places})."
                ))
            }
        }
    }
}

/// The input of the read that looks a call up.
pub fn read_input(verify: &Verify, input: &str) -> String {
    arguments(&verify.arguments, &json::object(input.as_bytes()).unwrap_or_default())
}

/// The input of a read whose fields are taken from members of something known.
pub fn arguments(taken_from: &BTreeMap<String, String>, known: &Object) -> String {
    let mut read = Object::default();
    for (name, member) in taken_from {
        if let Some(value) = known.get(member) {
            read.set_raw(name, value.to_owned());
        }
    }
    read.to_string()
}

/// The first of these conditions that does not hold of a read's output; fields are members of `known`.
pub fn unmet<'a>(conditions: &'a [Condition], known: &Object, found: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| !holds(condition, known, found))
}

/// What is known of the output of a call that has happened: the members that are fields of its input
/// as well, as far as they keep their schema; that it was looked up; and by what.
fn output(action: &ActionDescription, input: &Object, found: &str) -> String {
    let mut output = Object::default();
    for member in schema::fields(&action.output_schema) {
        let Some(given) = input.get(member.name) else { continue };
        let Ok(validator) = jsonschema::validator_for(member.schema) else { continue };
        let as_given = serde_json::from_str::<Value>(given.get()).unwrap_or_default();
        let as_text = RawValue::from_string(Value::from(given.get()).to_string()).ok();
        if validator.is_valid(&as_given) {
            output.set_raw(member.name, given.to_owned());
        } else if let Some(text) = as_text.filter(|_| as_given.is_number() && validator.is_valid(&given.get().into())) {
            output.set_raw(member.name, text);
        }
    }
    output.set(VERIFIED, true);
    if let Ok(found) = RawValue::from_string(found.to_owned()) {
        output.set_raw(FOUND, found);
    }
    output.to_string()
}

fn holds(condition: &Condition, input: &Object, found: &str) -> bool {
    let Some(there) = at(found, &condition.pointer) else {
        return false;
    };
    match &condition.expected {
        Expected::Value(expected @ Value::Number(_)) => is_number(there) && canonical(there) == canonical_of(expected),
        Expected::Value(expected) => serde_json::from_str::<Value>(there.get()).is_ok_and(|there| there == *expected),
        // As subjects are: a service may write a number as a text, or without the zeros it was given.
        Expected::Field(field) => input.get(field).is_some_and(|given| {
            let (there, given) = (canonical(there), canonical(given));
            there.is_some() && there == given
        }),
    }
}

fn is_number(value: &RawValue) -> bool {
    value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn canonical(value: &RawValue) -> Option<String> {
    Subject::of_field("", value).map(|subject| subject.value().to_owned())
}

fn canonical_of(value: &Value) -> Option<String> {
    Some(Subject::canonical(&value.to_string()).into_owned())
}

/// The value at a JSON pointer, as it is written: a float would take two long numbers for one.
fn at<'a>(json: &'a str, pointer: &str) -> Option<&'a RawValue> {
    let mut value: &RawValue = serde_json::from_str(json).ok()?;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        value = if value.get().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            items.get(name.parse::<usize>().ok()?).copied()?
        } else {
            let members: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
            members.get(&name).copied()?
        };
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(done: Value, undone: Value) -> ActionDescription {
        let action = json!({
            "name": "create_order", "title": "t", "description": "d", "inputSchema": {},
            "outputSchema": { "properties": {
                "id": { "type": "string" }, "customer": { "type": "string" }, "total": { "type": "number" },
            }, "required": ["id"] },
            "verify": { "action": "find_orders", "arguments": { "owner": "customer" }, "done": done, "undone": undone },
        });
        serde_json::from_value(action).unwrap()
    }

    const INPUT: &str = r#"{"request_id":"r-1","customer":7,"total":5.50,"note":"x"}"#;

    fn finding(done: Value, undone: Value, found: Value) -> Finding {
        let action = action(done, undone);
        Finding::of(&action, action.verify.as_ref().unwrap(), INPUT, &found.to_string())
    }

    fn of_list(found: Value) -> Finding {
        let done = json!([{ "pointer": "/items/0/request_id", "field": "request_id" }]);
        finding(done, json!([{ "pointer": "/items", "value": [] }]), found)
    }

    #[test]
    fn the_read_is_given_what_the_call_was_given() {
        let action = action(json!([]), json!([]));
        let verify = action.verify.unwrap();
        assert_eq!(read_input(&verify, INPUT), r#"{"owner":7}"#);
        assert_eq!(read_input(&verify, "{}"), "{}");
    }

    #[test]
    fn its_output_tells_that_the_call_has_happened_or_not_or_neither() {
        let Finding::Done(output) = of_list(json!({ "items": [{ "request_id": "r-1" }] })) else { panic!() };
        assert_eq!(output, r#"{"customer":"7","total":5.50,"verified":true,"found":{"items":[{"request_id":"r-1"}]}}"#);
        let Finding::Undone(told) = of_list(json!({ "items": [] })) else { panic!() };
        assert_eq!(told, "It was looked up with find_orders: it was not done.");
        for found in [json!({ "items": [{ "request_id": "r-2" }] }), json!({}), json!([])] {
            let Finding::Unclear(told) = of_list(found) else { panic!() };
            assert!(told.contains("find_orders") && told.contains("/items/0/request_id, /items"), "{told}");
        }
    }

    #[test]
    fn nothing_is_proven_by_no_condition_and_none_by_both_lists_at_once() {
        let (yes, no) = (json!([{ "pointer": "/a", "value": 1 }]), json!([{ "pointer": "/a", "value": 2 }]));
        let is_unclear = |finding| matches!(finding, Finding::Unclear(_));
        assert!(is_unclear(finding(json!([]), json!([]), json!({ "a": 1 }))));
        assert!(is_unclear(finding(yes.clone(), yes.clone(), json!({ "a": 1 }))));
        assert!(matches!(finding(yes, no, json!({ "a": 1.0 })), Finding::Done(_)));
        let both = json!([{ "pointer": "/a", "value": 1 }, { "pointer": "/b", "value": null }]);
        assert!(is_unclear(finding(both.clone(), json!([]), json!({ "a": 1 }))));
        assert!(matches!(finding(both, json!([]), json!({ "a": 1, "b": null })), Finding::Done(_)));
    }

    #[test]
    fn what_a_field_has_is_found_however_it_is_written_and_no_digit_is_lost() {
        let holds = |given: &str, found: &str| {
            let condition = json!({ "pointer": "/a~1b/1", "field": "f" });
            let input = json::object(format!(r#"{{"f":{given}}}"#).as_bytes()).unwrap();
            holds(&serde_json::from_value(condition).unwrap(), &input, &format!(r#"{{"a/b":[0,{found}]}}"#))
        };
        for (given, found) in [("7", "\"7\""), ("\" 7.50\"", "7.5"), ("\"paid\"", "\"paid\""), ("true", "true")] {
            assert!(holds(given, found), "{given} {found}");
        }
        for (given, found) in [
            ("100000000000000000000", "99999999999999999999"),
            ("\"paid\"", "\"sent\""),
            ("null", "null"),
            ("\"\"", "\"\""),
        ] {
            assert!(!holds(given, found), "{given} {found}");
        }
    }

    #[test]
    fn what_was_not_done_has_no_effect_and_what_can_not_be_told_says_what_was_looked_at() {
        let error = || ActionError::internal("No answer.", Effect::Unknown);
        assert_eq!(Finding::Done("{}".to_owned()).settle(Box::new(error())), Ok("{}".to_owned()));
        let undone = Finding::Undone("Not done.".to_owned()).settle(Box::new(error())).unwrap_err();
        assert_eq!((undone.effect, undone.message.as_str()), (Effect::None, "No answer. Not done."));
        let unclear = Finding::Unclear("Who knows.".to_owned()).settle(Box::new(error())).unwrap_err();
        assert_eq!((unclear.effect, unclear.message.as_str()), (Effect::Unknown, "No answer. Who knows."));
        let verify = action(json!([]), json!([])).verify.unwrap();
        let Finding::Unclear(told) = Finding::of_failure(&verify, &error()) else { panic!() };
        assert_eq!(told, "It could not be looked up with find_orders: No answer.");
    }
}
