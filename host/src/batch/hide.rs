//! Keeping a connection's secrets out of what a batch writes.

use serde_json::Value;

use crate::connection::Connection;
use crate::error::ActionError;

/// The connection's secrets, to be found where someone put them by mistake.
#[derive(Clone, Default)]
pub struct Hide(Vec<String>);

impl Hide {
    /// Of a connection: the values that its schema calls passwords or write-only.
    pub fn new(schema: &Value, connection: &Connection) -> Self {
        let values = secrets(schema, connection);
        Self(values.map(str::trim).filter(|value| value.len() >= 8).map(str::to_owned).collect())
    }

    /// Whether a text holds one.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let held = |secret: &String| text.windows(secret.len()).any(|window| window == secret.as_bytes());
        self.0.iter().any(held)
    }

    /// The text, or a word in its place.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        if self.is_in(text) { HIDDEN.as_bytes() } else { text }
    }

    /// The text, or a word in its place.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        if self.is_in(text.as_bytes()) { HIDDEN } else { text }
    }

    /// Takes from an error what would tell one. The plugin should have done so already.
    pub fn error(&self, error: &mut ActionError) {
        let is_in = |text: &str| self.is_in(text.as_bytes());
        error.message = self.text(&error.message).to_owned();
        error.problems.retain(|problem| !is_in(&problem.message) && !is_in(&problem.field));
        error.field.take_if(|field| is_in(field));
        error.upstream.take_if(|upstream| upstream.error_text.as_deref().is_some_and(is_in));
    }
}

/// The connection's values that are secrets by its schema.
fn secrets<'a>(schema: &'a Value, connection: &'a Connection) -> impl Iterator<Item = &'a str> {
    let is_secret = |field: &Value| field["writeOnly"] == true || field["format"] == "password";
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields.filter(move |(_, field)| is_secret(field)).filter_map(|(key, _)| connection.get(key))
}

/// What stands in the place of a text that holds a secret.
pub const HIDDEN: &str = "(hidden: it holds the connection's secret)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_secrets_are_hidden() {
        let schema = serde_json::json!({ "properties": { "login": {}, "key": { "writeOnly": true }, "short": { "format": "password" } } });
        let hide = Hide::new(
            &schema,
            &Connection::new([("login", "username"), ("key", " hunter2hunter2\n"), ("short", "abc")]),
        );
        assert_eq!(hide.bytes(b"username abc"), b"username abc");
        assert_eq!(hide.bytes(b"x hunter2hunter2 y"), HIDDEN.as_bytes());
        assert_eq!(hide.bytes(b"hunter2"), b"hunter2");
    }
}
