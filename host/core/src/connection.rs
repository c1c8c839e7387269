//! A connection: the config values with which a plugin runs.

use std::collections::BTreeMap;
use std::fmt;

/// The key that names a connection's plugin in a file of connections. It is the host's, and no plugin
/// gets it.
pub const PLUGIN: &str = "plugin";

/// Config values by key. `Debug` shows the keys alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Connection(BTreeMap<String, String>);

impl Connection {
    /// A connection of these values.
    pub fn new<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(values.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", Connection::new([("api_key", "hunter2")]));
        assert!(shown.contains("api_key") && !shown.contains("hunter2"), "{shown}");
    }
}
