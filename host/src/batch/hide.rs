//! Keeping a connection's secrets out of what a batch writes.

use plugin_host_core::connection::Connection;
use plugin_host_core::error::ActionError;
use plugin_host_core::redact::Redactor;
use serde_json::Value;

/// What finds the connection's secrets, in cells and rows where someone put them by mistake. What
/// comes from the plugin holds none any more.
#[derive(Clone, Default)]
pub struct Hide(Redactor);

impl Hide {
    /// Of a connection: the values that its schema calls passwords or write-only.
    pub fn new(schema: &Value, connection: &Connection) -> Self {
        Self(Redactor::new(schema, connection))
    }

    /// Whether a text holds one.
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.0.is_in(text)
    }

    /// The text, or a word in its place.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        if self.is_in(text) { HIDDEN.as_bytes() } else { text }
    }

    /// The text, or a word in its place.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        if self.is_in(text.as_bytes()) { HIDDEN } else { text }
    }

    /// Takes from an error what would tell one.
    pub fn error(&self, error: &mut ActionError) {
        self.0.error(error);
    }
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
