//! What an action takes and gives in this host, which fills keys in and looks calls up: the plugin's
//! own schemas, but for that. Whatever shows an action to people or to programs shows these.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{ActionDescription, Idempotency};

/// The member of an output that says that it is not the plugin's: the call was looked up.
pub const VERIFIED: &str = "verified";
/// The member with the output of the read by which it was looked up.
pub const FOUND: &str = "found";

impl ActionDescription {
    /// The field by which the service knows repeats.
    pub fn key_field(&self) -> Option<&str> {
        match &self.idempotency {
            Some(Idempotency::Key(field)) => Some(field),
            _ => None,
        }
    }

    /// The schema of what a caller gives: a key for repeats may be left out.
    pub fn offered_input(&self) -> Cow<'_, Value> {
        let Some(key) = self.key_field() else {
            return Cow::Borrowed(&self.input_schema);
        };
        let mut schema = self.input_schema.clone();
        if let Some(required) = schema["required"].as_array_mut() {
            required.retain(|name| name != key);
        }
        if let Some(field) = schema["properties"].get_mut(key).and_then(Value::as_object_mut) {
            let what = field.get("description").or(field.get("title")).and_then(Value::as_str).unwrap_or_default();
            let what = format!("{what} Left out, it is made up, the same for all attempts of a call.");
            field.insert("description".to_owned(), what.trim_start().into());
        }
        Cow::Owned(schema)
    }

    /// The schema of what a caller gets: of a call that was looked up, what is known of its output.
    pub fn offered_output(&self) -> Cow<'_, Value> {
        if self.verify.is_none() || !self.output_schema["properties"].is_object() {
            return Cow::Borrowed(&self.output_schema);
        }
        let mut schema = self.output_schema.clone();
        if let Some(members) = schema.as_object_mut() {
            members.shift_remove("required");
            members.shift_remove("additionalProperties");
        }
        schema["properties"][VERIFIED] = json!({
            "type": "boolean", "title": "Verified",
            "description": "There, and true, if no answer came and the call was looked up: then only what is known of the output is there.",
        });
        schema["properties"][FOUND] =
            json!({ "type": "object", "title": "Found", "description": "What the call was looked up by." });
        Cow::Owned(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(more: Value) -> ActionDescription {
        let mut action = json!({
            "name": "a", "title": "A", "description": "d",
            "inputSchema": { "properties": { "k": { "title": "Key" }, "n": {} }, "required": ["k", "n"] },
            "outputSchema": { "type": "object", "properties": { "id": {} }, "required": ["id"], "additionalProperties": false },
        });
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(action).unwrap()
    }

    #[test]
    fn a_key_may_be_left_out_and_says_so() {
        let plain = action(json!({}));
        assert_eq!((&*plain.offered_input(), &*plain.offered_output()), (&plain.input_schema, &plain.output_schema));
        let keyed = action(json!({ "idempotency": { "key": "k" } }));
        assert_eq!(keyed.offered_input()["required"], json!(["n"]));
        let what = keyed.offered_input()["properties"]["k"]["description"].as_str().unwrap().to_owned();
        assert!(what.starts_with("Key Left out, it is made up"), "{what}");
    }

    #[test]
    fn the_output_of_a_call_that_is_looked_up_may_lack_members() {
        let verify = json!({ "action": "r", "done": [], "undone": [] });
        let offered = action(json!({ "verify": verify })).offered_output().into_owned();
        assert_eq!((offered.get("required"), offered.get("additionalProperties")), (None, None));
        let properties: Vec<_> = offered["properties"].as_object().unwrap().keys().collect();
        assert_eq!(properties, ["id", VERIFIED, FOUND]);
    }
}
