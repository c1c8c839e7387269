//! The key by which a service knows the repeats of a call.
//!
//! An action that says so has a field for it. A caller may fill it; if it is left out, the host does,
//! with the same key for all attempts of a call. A face whose callers can come back for the same call
//! (a batch that is gone on with, a request with an `Idempotency-Key`, a durable invocation) derives
//! the key from what the call is known by there. Everywhere else it is fresh, and then nobody but this
//! host's own loop can repeat the call with it: an error tells it.

use crate::description::ActionDescription;
use crate::error::{ActionError, Effect, Retry};
use crate::json;
pub use crate::key::Key;
use crate::schema;
use crate::subject::Subject;

/// An input whose key was left out, and has been filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The input, as JSON.
    pub input: String,
    /// The field.
    pub field: String,
    /// Its value.
    pub key: String,
}

impl Filled {
    /// Fills in the key of an input that leaves it out. None if there is nothing to be filled in, or
    /// no key fits the field: then the plugin says what is wrong.
    pub fn of(action: &ActionDescription, input: &str, key: impl FnOnce() -> Key) -> Option<Self> {
        let field = action.key_field()?;
        let mut object = json::object(input.as_bytes()).ok()?;
        if object.get(field).is_some_and(|given| Subject::of_field(field, given).is_some()) {
            return None;
        }
        let key = key().text_for(schema::field(&action.input_schema, field)?.schema)?;
        object.set(field, key.as_str());
        Some(Self { input: object.to_string(), field: field.to_owned(), key })
    }

    /// An error of the call for someone who does not know the key: only with it the call may be made
    /// again as long as nobody knows what became of it.
    #[must_use]
    pub fn told(&self, mut error: ActionError) -> ActionError {
        if error.effect == Effect::Unknown {
            (error.retry, error.retry_after_s) = (Retry::Never, None);
            let Self { field, key, .. } = self;
            error.withdraw_advice();
            error.note(&format!("To make it again, give {field} the value {key}: then it is not done twice."));
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(field: serde_json::Value) -> ActionDescription {
        let action = json!({
            "name": "a", "title": "t", "description": "d", "idempotency": { "key": "k" },
            "inputSchema": { "properties": { "k": field } },
        });
        serde_json::from_value(action).unwrap()
    }

    #[test]
    fn a_key_that_is_given_is_kept_and_one_that_is_left_out_is_filled_in() {
        let action = action(json!({ "type": "string" }));
        let filled = |input: &str| Filled::of(&action, input, || Key::derived(["a"]));
        for input in [r#"{"k":"mine"}"#, r#"{"k":7}"#, "[]", "{"] {
            assert_eq!(filled(input), None, "{input}");
        }
        for input in ["{\"n\":1.50}", r#"{"k":null,"n":1.50}"#, r#"{"k":" ","n":1.50}"#] {
            let filled = filled(input).unwrap();
            let read: serde_json::Value = serde_json::from_str(&filled.input).unwrap();
            assert_eq!((&read["k"], filled.field.as_str()), (&json!(filled.key), "k"));
            assert!(filled.input.contains("1.50"), "{}", filled.input);
        }
    }

    #[test]
    fn who_does_not_know_the_key_is_told_it_before_making_the_call_again() {
        let filled = Filled { input: String::new(), field: "k".to_owned(), key: "x-1".to_owned() };
        let error =
            |effect| ActionError { retry: Retry::Later, retry_after_s: Some(7), ..ActionError::internal("M.", effect) };
        let told = filled.told(error(Effect::Unknown));
        assert_eq!((told.retry, told.retry_after_s), (Retry::Never, None));
        assert_eq!(told.message, "M. To make it again, give k the value x-1: then it is not done twice.");
        assert_eq!(filled.told(error(Effect::None)), error(Effect::None));
    }
}
