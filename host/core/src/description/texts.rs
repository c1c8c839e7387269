//! The texts of a description that are for people, and so may be in other languages.

use serde_json::Value;

/// The text for people at a JSON pointer into a description.
///
/// # Errors
/// If there is none; why.
pub fn text_at<'a>(description: &'a mut Value, pointer: &str) -> Result<&'a mut String, &'static str> {
    /// What texts for people are called.
    const TEXTS: [&str; 5] = ["title", "description", "reason", "docs", "message"];
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match description.pointer_mut(pointer) {
        Some(Value::String(text)) if TEXTS.contains(&name) && !is_data(pointer) => Ok(text),
        Some(_) => Err("is no text for people"),
        None => Err("leads nowhere"),
    }
}

/// Whether a pointer leads into what an action or a trigger has beside its texts: values, names, and
/// pointers into outputs.
fn is_data(pointer: &str) -> bool {
    const DATA: [&str; 5] = ["form", "verify", "confirm", "sample", "limits"];
    let parts: Vec<_> = pointer.split('/').collect();
    match parts.as_slice() {
        ["", "actions" | "triggers", _, member, ..] if DATA.contains(member) => true,
        ["", "actions", _, "examples", _, value, ..] => matches!(*value, "input" | "output"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_to_nothing_or_to_no_text_for_people_says_so() {
        let mut value = json!({ "name": "a", "actions": [{ "title": "Sell" }], "connection": { "schema": {} } });
        assert_eq!(text_at(&mut value, "/actions/0/title"), Ok(&mut "Sell".to_owned()));
        for nowhere in ["/actions/7/title", "title", "/actions/0/description"] {
            assert_eq!(text_at(&mut value, nowhere), Err("leads nowhere"), "{nowhere}");
        }
        value["actions"][0]["form"] = json!({ "options": { "sku": { "title": "/name" } } });
        value["actions"][0]["examples"] = json!([{ "title": "One", "input": { "title": "x" } }]);
        assert!(text_at(&mut value, "/actions/0/examples/0/title").is_ok());
        let data = ["/actions/0/form/options/sku/title", "/actions/0/examples/0/input/title"];
        for other in ["/name", "/connection/schema", ""].into_iter().chain(data) {
            assert_eq!(text_at(&mut value, other), Err("is no text for people"), "{other}");
        }
    }
}
