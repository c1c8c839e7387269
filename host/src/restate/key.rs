//! The key of a virtual object: `berlin:100000` is order 100000 of the connection `berlin`.
//!
//! A key has to be the only one of its subject: under two keys, two calls on one subject would run
//! at once. So it is compared with the input, and written in one way alone.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::{ActionError, Problem};
use plugin_host_core::json::Object;
use plugin_host_core::schema;
use plugin_host_core::subject::Subject;
use serde_json::value::RawValue;

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
            Some((_, subject)) if Subject::canonical(subject) != subject => {
                let written = Subject::canonical(subject);
                refusal(&format!(
                    "has a {field} that is one with {written}, and such a number has one key: write {written} there, and the other spelling in the input if it matters"
                ))
            }
            Some((connection, subject)) => Ok(Self { connection, subject: Some(subject) }),
        }
    }

    /// Writes the subject into an input that leaves it out.
    ///
    /// # Errors
    /// If the input has another.
    pub fn fill(&self, action: &ActionDescription, input: &mut Object) -> Result<(), Box<ActionError>> {
        let (Some(field), Some(subject)) = (&action.subject, self.subject) else {
            return Ok(());
        };
        let given = input.get(field).and_then(|value| Subject::of_field(field, value));
        match given {
            Some(given) if given.value() != subject => {
                // Neither is shown: anything may have been put there by mistake, also a secret.
                let message =
                    format!("{field} is not the one in the object's key: make them the same, or leave {field} out.");
                let problem = Problem { field: field.clone(), message: message.clone() };
                let error = ActionError::invalid_input(message);
                return Err(Box::new(ActionError { field: Some(field.clone()), problems: vec![problem], ..error }));
            }
            // In its own spelling.
            Some(_) => {}
            None => match number(action, field, subject) {
                Some(number) => input.set_raw(field, number),
                None => input.set(field, subject),
            },
        }
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

/// The subject as a number, where the schema takes nothing else.
fn number(action: &ActionDescription, field: &str, subject: &str) -> Option<Box<RawValue>> {
    let number = subject.bytes().all(|byte| byte.is_ascii_digit() || b"-.e".contains(&byte));
    (number && !accepts(action, field, "string")).then(|| RawValue::from_string(subject.to_owned()).ok()).flatten()
}

/// Whether a field's schema takes values of a type.
fn accepts(action: &ActionDescription, field: &str, kind: &str) -> bool {
    match schema::field(&action.input_schema, field) {
        Some(field) if !field.schema["type"].is_null() => field.is_of(kind),
        // A schema that names no type takes all of them; that it means a number is not to be guessed.
        _ => kind == "string",
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::json;
    use serde_json::{Value, json};

    use super::*;

    fn action(subject: Option<&str>, kind: Value) -> ActionDescription {
        let schema = json!({ "properties": { "id": { "type": kind } } });
        let action =
            json!({ "name": "a", "title": "t", "description": "d", "subject": subject, "inputSchema": schema });
        serde_json::from_value(action).unwrap()
    }

    fn order() -> ActionDescription {
        action(Some("id"), json!(["string", "integer"]))
    }

    fn filled_of(action: &ActionDescription, key: &str, input: &str) -> Result<String, String> {
        let mut input = json::object(input.as_bytes()).unwrap();
        Key::parse(key, action).unwrap().fill(action, &mut input).map_err(|error| error.message)?;
        Ok(input.to_string())
    }

    fn filled(key: &str, input: Value) -> Result<String, String> {
        filled_of(&order(), key, &input.to_string())
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
        let mut input = Object::default();
        key.fill(&action, &mut input).unwrap();
        assert_eq!((key.connection, input.to_string().as_str()), ("berlin", "{}"));
        assert!(Key::parse("berlin:100", &action).is_err());
    }

    #[test]
    fn a_number_has_one_key_alone() {
        for key in ["berlin:0100", "berlin:100.0", "berlin:1e2", "berlin:+100"] {
            let refusal = Key::parse(key, &order()).unwrap_err().message;
            assert!(refusal.contains("write 100 there"), "{refusal}");
        }
    }

    #[test]
    fn the_subject_comes_from_the_key_where_the_input_leaves_it_out() {
        for input in [json!({}), json!({ "id": null }), json!({ "id": "" }), json!({ "id": " " })] {
            assert_eq!(filled("berlin:100", input), Ok(r#"{"id":"100"}"#.to_owned()));
        }
    }

    #[test]
    fn the_same_subject_in_the_input_keeps_its_spelling() {
        for given in [r#""100""#, r#"" 100""#, r#""0100""#, "100", "100.0", "1e2"] {
            let input = format!(r#"{{"id":{given}}}"#);
            assert_eq!(filled_of(&order(), "berlin:100", &input), Ok(input.clone()), "{given}");
        }
    }

    #[test]
    fn another_subject_in_the_input_is_refused_without_showing_it() {
        for given in [json!(101), json!(100.5), json!(true), json!("hunter2")] {
            let refusal = filled("berlin:100", json!({ "id": given })).unwrap_err();
            assert!(refusal.starts_with("id is not the one in the object's key") && !refusal.contains("hunter2"));
        }
    }

    #[test]
    fn a_subject_that_can_only_be_a_number_is_one() {
        let action = action(Some("id"), json!("integer"));
        let long = "123456789012345678901234567890";
        for number in ["100", long] {
            let filled = filled_of(&action, &format!("berlin:{number}"), "{}");
            assert_eq!(filled, Ok(format!(r#"{{"id":{number}}}"#)));
        }
        let other = filled_of(&action, &format!("berlin:{long}"), r#"{"id":123456789012345678901234567891}"#);
        assert!(other.is_err(), "{other:?}");
    }
}
