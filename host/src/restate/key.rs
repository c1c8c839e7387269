//! The key of a virtual object: `berlin:100000` is order 100000 of the connection `berlin`.
//!
//! A key has to be the only one of its subject: under two keys, two calls on one subject would run
//! at once. So it is compared with the input, and written in one way alone.

use serde_json::{Map, Number, Value};

use crate::description::ActionDescription;
use crate::error::{ActionError, Problem};

/// Between the connection and the subject. Unlike a slash it can stand in a URL as it is.
pub const SEPARATOR: char = ':';

/// A key, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// What the action changes; none if the action has no subject.
    subject: Option<&'a str>,
}

impl<'a> Key<'a> {
    /// Takes a key apart.
    ///
    /// # Errors
    /// If it is not one of this action.
    pub fn parse(key: &'a str, action: &ActionDescription) -> Result<Self, Box<ActionError>> {
        let refusal = |why: &str| {
            let message = format!("The object's key {why}: it is {}.", form(action));
            Err(Box::new(ActionError::invalid_input(message)))
        };
        let Some(field) = &action.subject else {
            return match key.contains(SEPARATOR) {
                true => refusal("names more than a connection"),
                false => Ok(Self { connection: key, subject: None }),
            };
        };
        match key.split_once(SEPARATOR) {
            None => refusal(&format!("has no {field}")),
            Some((_, subject)) if subject.trim() != subject || subject.is_empty() => {
                refusal(&format!("has no {field}, or blanks around it"))
            }
            Some((_, subject)) if accepts(action, field, "integer") && has_leading_zeros(subject) => {
                refusal(&format!("has a {field} with leading zeros, and none is needed"))
            }
            Some((connection, subject)) => Ok(Self { connection, subject: Some(subject) }),
        }
    }

    /// Writes the subject into an input that leaves it out.
    ///
    /// # Errors
    /// If the input has another.
    pub fn fill(&self, action: &ActionDescription, input: &mut Map<String, Value>) -> Result<(), Box<ActionError>> {
        let (Some(field), Some(subject)) = (&action.subject, self.subject) else {
            return Ok(());
        };
        let given = input.get(field).and_then(text);
        if given.is_some_and(|given| given != subject) {
            // Neither is shown: anything may have been put there by mistake, also a secret.
            let message =
                format!("{field} is not the one in the object's key: make them the same, or leave {field} out.");
            let problem = Problem { field: field.clone(), message: message.clone() };
            let error = ActionError::invalid_input(message);
            return Err(Box::new(ActionError { field: Some(field.clone()), problems: vec![problem], ..error }));
        }
        input.insert(field.clone(), value(action, field, subject));
        Ok(())
    }
}

/// How the keys of an action look, for people.
pub fn form(action: &ActionDescription) -> String {
    match &action.subject {
        Some(field) => format!("the connection's name, a colon and {field}"),
        None => "the connection's name".to_owned(),
    }
}

/// A value as it stands in a key; none if it counts as absent.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(whole(number).unwrap_or_else(|| number.to_string())),
        other => Some(other.to_string()),
    }
}

/// `100.0` and `1e2` are the whole number 100, as in JSON Schema.
fn whole(number: &Number) -> Option<String> {
    let float = number.as_f64().filter(|_| number.is_f64())?;
    // Above 2^53 a float no longer tells one whole number from the next.
    (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0).then(|| format!("{float:.0}"))
}

/// The subject as a text, or as a number where the schema takes nothing else.
fn value(action: &ActionDescription, field: &str, subject: &str) -> Value {
    let number = || serde_json::from_str::<Number>(subject).ok().map(Value::Number);
    let text = || Value::String(subject.to_owned());
    if accepts(action, field, "string") { text() } else { number().unwrap_or_else(text) }
}

/// Whether a field's schema takes values of a type.
fn accepts(action: &ActionDescription, field: &str, kind: &str) -> bool {
    match &action.input_schema["properties"][field]["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        // A schema that names no type takes all of them; that it means a number is not to be guessed.
        _ => kind == "string",
    }
}

fn has_leading_zeros(subject: &str) -> bool {
    subject.len() > 1 && subject.starts_with('0') && subject.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn action(subject: Option<&str>, kind: Value) -> ActionDescription {
        let schema = json!({ "properties": { "id": { "type": kind } } });
        let action =
            json!({ "name": "a", "title": "t", "description": "d", "subject": subject, "inputSchema": schema });
        serde_json::from_value(action).unwrap()
    }

    fn order() -> ActionDescription {
        action(Some("id"), json!(["string", "integer"]))
    }

    fn filled(key: &str, input: Value) -> Result<Value, String> {
        let action = order();
        let mut input = input.as_object().unwrap().clone();
        Key::parse(key, &action).unwrap().fill(&action, &mut input).map_err(|error| error.message)?;
        Ok(Value::Object(input))
    }

    #[test]
    fn a_key_is_a_connection_and_a_subject() {
        let action = order();
        assert_eq!(Key::parse("berlin:100", &action).unwrap(), Key { connection: "berlin", subject: Some("100") });
        // Only the first colon counts, so that a subject may have some.
        assert_eq!(Key::parse("berlin:a:b", &action).unwrap(), Key { connection: "berlin", subject: Some("a:b") });
        for wrong in ["berlin", "100", "", "berlin:", "berlin: 100", "berlin:100 "] {
            let error = Key::parse(wrong, &action).unwrap_err();
            assert_eq!(error.kind, "invalid_input");
            assert!(error.message.contains("the connection's name, a colon and id"), "{}", error.message);
        }
    }

    #[test]
    fn an_action_without_subject_is_keyed_by_its_connection() {
        let action = action(None, json!("string"));
        let key = Key::parse("berlin", &action).unwrap();
        let mut input = Map::new();
        key.fill(&action, &mut input).unwrap();
        assert_eq!((key.connection, input.len()), ("berlin", 0));
        assert!(Key::parse("berlin:100", &action).is_err());
    }

    #[test]
    fn a_number_has_one_key_alone() {
        assert!(Key::parse("berlin:0100", &order()).unwrap_err().message.contains("leading zeros"));
        assert!(Key::parse("berlin:0100", &action(Some("id"), json!("string"))).is_ok());
    }

    #[test]
    fn the_subject_comes_from_the_key_where_the_input_leaves_it_out() {
        for input in [json!({}), json!({ "id": null }), json!({ "id": "" }), json!({ "id": " " })] {
            assert_eq!(filled("berlin:100", input), Ok(json!({ "id": "100" })));
        }
    }

    #[test]
    fn the_same_subject_in_the_input_is_written_as_in_the_key() {
        for given in [json!("100"), json!(" 100"), json!(100), json!(100.0), json!(1e2)] {
            assert_eq!(filled("berlin:100", json!({ "id": given })), Ok(json!({ "id": "100" })));
        }
    }

    #[test]
    fn another_subject_in_the_input_is_refused_without_showing_it() {
        for given in [json!("0100"), json!(101), json!(100.5), json!(true), json!("hunter2")] {
            let refusal = filled("berlin:100", json!({ "id": given })).unwrap_err();
            assert!(refusal.starts_with("id is not the one in the object's key") && !refusal.contains("hunter2"));
        }
    }

    #[test]
    fn a_subject_that_can_only_be_a_number_is_one() {
        let action = action(Some("id"), json!("integer"));
        let mut input = Map::new();
        Key::parse("berlin:100", &action).unwrap().fill(&action, &mut input).unwrap();
        assert_eq!(input["id"], json!(100));
    }
}
