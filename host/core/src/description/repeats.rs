//! What an action says of repeats: what one does, and how a call is looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What a repeat of a call does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// It leaves things as one call does.
    Natural,
    /// It does the same thing once more.
    None,
    /// The service knows repeats by the value of this field.
    Key(String),
}

impl<'de> Deserialize<'de> for Idempotency {
    /// A word that is not known counts as the worst.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(match (value.as_str(), value["key"].as_str()) {
            (Some("natural"), _) => Self::Natural,
            (_, Some(field)) => Self::Key(field.to_owned()),
            _ => Self::None,
        })
    }
}

/// The read that tells, after a call whose effect is not known, whether it has happened.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Verify {
    /// The read.
    pub action: String,
    /// Its fields, each with the field of the call's input that it is taken from.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// What all holds of its output if the call has happened.
    pub done: Vec<Condition>,
    /// What all holds of its output if it has not.
    pub undone: Vec<Condition>,
}

/// A condition on an output: what has to be at a place in it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Condition {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// What has to be there.
    #[serde(flatten)]
    pub expected: Expected,
}

/// What a condition expects.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Expected {
    /// This value.
    Value(Value),
    /// The value that this field of the call's input has.
    Field(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_repeat_does_is_said_in_a_word_or_by_a_field_and_what_is_not_known_is_the_worst() {
        for (said, is) in [
            (json!("natural"), Idempotency::Natural),
            (json!("none"), Idempotency::None),
            (json!({ "key": "request_id" }), Idempotency::Key("request_id".to_owned())),
            (json!("always"), Idempotency::None),
            (json!({ "keys": [] }), Idempotency::None),
            (json!(null), Idempotency::None),
        ] {
            assert_eq!(serde_json::from_value::<Idempotency>(said.clone()).unwrap(), is, "{said}");
        }
    }

    #[test]
    fn a_condition_expects_a_constant_which_may_be_null_or_what_a_field_has() {
        let read = |condition| serde_json::from_value::<Condition>(condition).map(|it| it.expected);
        assert_eq!(read(json!({ "pointer": "/a", "value": null })).unwrap(), Expected::Value(Value::Null));
        assert_eq!(read(json!({ "pointer": "/a", "field": "id" })).unwrap(), Expected::Field("id".to_owned()));
        assert!(read(json!({ "pointer": "/a" })).is_err());
    }
}
