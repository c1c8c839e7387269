//! What control requests give, and how they are told that it is bad.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// The members of a body.
pub(super) fn members(body: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// A thing with the members that are given in the place of its own; the others stay.
pub(super) fn merged<T: Serialize + DeserializeOwned>(thing: &T, given: Map<String, Value>) -> Result<T, String> {
    let mut fields = serde_json::to_value(thing).map_err(|error| error.to_string())?;
    for (name, value) in given {
        fields[name] = value;
    }
    serde_json::from_value(fields).map_err(|error| error.to_string())
}

pub(super) fn error(status: u16, message: String) -> Answer {
    Answer::own_json(status, &json!({ "error": message }))
}
