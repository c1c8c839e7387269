//! An input, made ready for the plugin, which alone judges it.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::ActionError;
use plugin_host_core::json;

use super::key::Key;

/// The input with its subject from the key, as JSON.
///
/// # Errors
/// If it is no JSON object, or of another subject.
pub fn filled(action: &ActionDescription, key: &Key, input: &[u8]) -> Result<String, Box<ActionError>> {
    let mut input = json::object(input)?;
    key.fill(action, &mut input)?;
    Ok(input.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fill(input: &str) -> Result<String, String> {
        let action = json!({ "name": "a", "title": "t", "description": "d", "subject": "id", "inputSchema": {} });
        let action: ActionDescription = serde_json::from_value(action).unwrap();
        let key = Key::parse("berlin:100", &action).unwrap();
        filled(&action, &key, input.as_bytes()).map_err(|error| error.message)
    }

    #[test]
    fn the_subject_of_the_key_is_filled_in_and_all_else_stays_as_it_was_written() {
        let input = "\u{feff}{\"n\": 12345678901234567890.10, \"d\": 1e2}";
        assert_eq!(fill(input), Ok(r#"{"n":12345678901234567890.10,"d":1e2,"id":"100"}"#.to_owned()));
    }

    #[test]
    fn what_is_no_json_object_is_refused_without_showing_it() {
        for input in ["", "hunter2", "\"hunter2\"", "[1]", "{\"hunter2\"", r#"{"a": "hunter2", "a": "hunter2"}"#] {
            let refusal = fill(input).unwrap_err();
            assert!(!refusal.is_empty() && !refusal.contains("hunter2"), "{refusal}");
        }
    }
}
