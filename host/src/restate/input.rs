//! An input, made ready and checked before anything of the call is done.

use std::fmt;

use jsonschema::Validator;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::key::Key;
use crate::description::ActionDescription;
use crate::error::{ActionError, LoadError, Problem};
use crate::runner::Connected;

/// An action and what its inputs are checked with.
pub struct Checked {
    /// The action.
    pub action: ActionDescription,
    schema: Validator,
}

impl Checked {
    /// Makes ready to check an action's inputs.
    ///
    /// # Errors
    /// If the plugin's schema is none.
    pub fn new(action: &ActionDescription) -> Result<Self, LoadError> {
        let schema = jsonschema::validator_for(&action.input_schema).map_err(|error| {
            LoadError(format!("the plugin's input schema of {} is not a JSON Schema: {error}", action.name))
        })?;
        Ok(Self { action: action.clone(), schema })
    }

    /// The input with its subject from the key.
    ///
    /// # Errors
    /// If it is no JSON object, or of another subject.
    pub fn fill(&self, key: &Key, input: &[u8]) -> Result<Value, Box<ActionError>> {
        let mut input = serde_json::from_slice::<Fields>(input)
            .map_err(|error| Box::new(ActionError::invalid_input(refusal(&error))))?
            .0;
        key.fill(&self.action, &mut input)?;
        Ok(Value::Object(input))
    }

    /// Whether the plugin and its published schema take the input. Nothing is sent.
    ///
    /// # Errors
    /// With all that is wrong: in the plugin's words, if it has any.
    pub fn check(&self, connected: &Connected, input: &Value) -> Result<(), Box<ActionError>> {
        if let Err(error) = connected.dry_run(&self.action.name, &input.to_string())
            && matches!(error.kind.as_str(), "invalid_input" | "invalid_connection")
        {
            return Err(error);
        }
        self.check_schema(input)
    }

    fn check_schema(&self, input: &Value) -> Result<(), Box<ActionError>> {
        let problems: Vec<_> = self.schema.iter_errors(input).map(|error| problem(&error)).collect();
        let Some(first) = problems.first() else {
            return Ok(());
        };
        let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ");
        let field = Some(first.field.clone()).filter(|field| !field.is_empty());
        Err(Box::new(ActionError { field, problems, ..ActionError::invalid_input(message) }))
    }
}

/// A problem by its place and rule, without the value: it may be a secret in the wrong field.
fn problem(error: &jsonschema::ValidationError<'_>) -> Problem {
    let place = error.instance_path().to_string();
    let field = place.trim_start_matches('/').to_owned();
    let shown = if field.is_empty() { "The input" } else { field.as_str() };
    let message = format!("{shown} breaks the schema's rule {}.", error.schema_path());
    Problem { field, message }
}

/// Without serde_json's own words for data, which repeat it.
fn refusal(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => "The input must be a JSON object that has no field twice.".to_owned(),
        _ => format!("The input is not JSON: line {}, column {}.", error.line(), error.column()),
    }
}

/// A JSON object that has no field twice: of two values, none is the right one.
struct Fields(Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.insert(name, value).is_some() {
                        return Err(A::Error::custom("a field is given twice"));
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked() -> Checked {
        let schema = json!({ "properties": { "id": { "type": "string" }, "n": { "type": "integer" } }, "additionalProperties": false });
        let action = json!({ "name": "a", "title": "t", "description": "d", "subject": "id", "inputSchema": schema });
        Checked::new(&serde_json::from_value(action).unwrap()).unwrap()
    }

    fn fill(input: &str) -> Result<Value, String> {
        let checked = checked();
        let key = Key::parse("berlin:100", &checked.action).unwrap();
        checked.fill(&key, input.as_bytes()).map_err(|error| error.message)
    }

    #[test]
    fn the_subject_of_the_key_is_filled_in() {
        assert_eq!(fill(r#"{"status": "paid"}"#), Ok(json!({ "status": "paid", "id": "100" })));
    }

    #[test]
    fn what_is_no_json_object_is_refused_without_showing_it() {
        for input in ["", "hunter2", "\"hunter2\"", "[1]", "{\"hunter2\"", r#"{"a": "hunter2", "a": "hunter2"}"#] {
            let refusal = fill(input).unwrap_err();
            assert!(refusal.starts_with("The input") && !refusal.contains("hunter2"), "{refusal}");
        }
    }

    #[test]
    fn what_breaks_the_published_schema_is_told_by_field_and_rule_without_showing_it() {
        let check = |input: Value| checked().check_schema(&input);
        assert_eq!(check(json!({ "id": "100", "n": 1 })), Ok(()));
        let error = check(json!({ "id": 1, "n": "hunter2", "hunter2": 1 })).unwrap_err();
        assert_eq!(error.problems.len(), 3);
        assert!(error.message.contains("n breaks the schema's rule /properties/n/type."), "{}", error.message);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
