//! Whose account a connection reaches.

use std::fmt;

use sha2::{Digest, Sha256};
use url::Url;

use crate::connection::Connection;
use crate::description::Description;
use crate::{schema, text};

/// An account at a plugin's service. Two connections that reach the same one are the same here,
/// whatever they are called: they share its order, its rate and its part of the process.
///
/// It is the SHA-256 of what names the account and is no secret: a new key does not make a new
/// account, and this may be written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(String);

impl Account {
    /// The account that a connection of this plugin reaches: the connection's values that are neither
    /// secrets nor switches (how it is reached, and not which one it is) nor what the
    /// schema takes them for anyway.
    pub fn of(description: &Description, connection: &Connection) -> Self {
        let mut digest = Sha256::new().chain_update(&description.name);
        for key in schema::fields(&description.connection.schema) {
            let Some(value) = connection.get(key.name).map(text::trim) else {
                continue;
            };
            if value.is_empty() || key.is_secret() || key.is_switch() || key.is_default(value) {
                continue;
            }
            let is_origin = description.connection.origins.iter().any(|origin| origin == key.name);
            let value = if key.has_format("uri") || is_origin { address(value) } else { value.to_owned() };
            for part in [key.name, &value] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        Self(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address in one way of writing it: without capitals in scheme and host, without the port that
/// goes without saying, and without a slash at its end.
fn address(text: &str) -> String {
    let url = Url::parse(text).map(String::from).unwrap_or_else(|_| text.to_owned());
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(values: &[(&str, &str)]) -> Account {
        let schema = json!({ "properties": {
            "login": {}, "key": { "writeOnly": true }, "pin": { "format": "password" }, "url": { "format": "uri" },
            "host": {}, "plain": { "enum": ["true", "false"] }, "zone": { "default": "eu" } } });
        let connection = json!({ "schema": schema, "check": "c", "origins": ["host"] });
        let description = json!({ "contract": 1, "name": "p", "title": "t", "version": "1", "actions": [],
            "connection": connection });
        Account::of(&serde_json::from_value(description).unwrap(), &Connection::new(values.to_vec()))
    }

    #[test]
    fn two_spellings_of_a_connection_are_one_account() {
        let shop = account(&[("login", "a"), ("key", "old"), ("url", "https://shop.example")]);
        for values in [
            [("login", " a\u{a0}"), ("key", "new"), ("url", "https://shop.example/")],
            [("login", "a"), ("pin", "1"), ("url", "\u{feff}HTTPS://Shop.EXAMPLE:443//")],
            [("login", "a"), ("plain", "true"), ("url", "https://shop.example")],
            [("login", "a"), ("zone", "eu"), ("url", "https://shop.example")],
            [("login", "a"), ("host", " "), ("url", "https://shop.example")],
        ] {
            assert_eq!(account(&values), shop, "{values:?}");
        }
        assert_eq!(account(&[("host", "HTTPS://a.b/")]), account(&[("host", "https://a.b")]));
    }

    #[test]
    fn accounts_differ_by_what_is_not_secret() {
        let shop = account(&[("login", "a"), ("url", "https://shop.example")]);
        for values in [
            [("login", "b"), ("url", "https://shop.example")],
            [("login", "a"), ("url", "https://shop.example:8443")],
            [("login", "a"), ("url", "https://shop.example/other")],
            [("login", "A"), ("url", "https://shop.example")],
            [("login", "ahttps://shop.example"), ("url", "")],
        ] {
            assert_ne!(account(&values), shop, "{values:?}");
        }
    }
}
