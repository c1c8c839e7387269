//! Fields that an action has only for some values of another one.

use serde_json::{Map, Value, json};

/// A field that is required for some values of another field, and no part of the input for all
/// others. Reading, schema and form all follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: &'static str,
    /// The field that decides.
    pub on: &'static str,
    /// Its values for which the field is required.
    pub values: &'static [&'static str],
}

impl Condition {
    /// When the field is required, as people say it: "for the status sent or paid".
    pub fn told(&self) -> String {
        format!("for the {} {}", self.on, self.values.join(" or "))
    }

    /// The rule in a schema; `given` is what the field then has to be.
    pub fn schema(&self, given: &Value) -> Value {
        json!({
            "if": { "properties": { self.on: { "enum": self.values } }, "required": [self.on] },
            "then": { "properties": { self.field: given }, "required": [self.field] }
        })
    }

    /// What a form has to know: for which values each field is visible.
    pub fn visible(conditions: &[Self]) -> Value {
        let one = |condition: &Self| (condition.field.to_owned(), json!({ condition.on: condition.values }));
        Value::Object(conditions.iter().map(one).collect::<Map<_, _>>())
    }
}
