//! Which account a connection is of, and whether it is still as it was.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connection::Connection;
use crate::description::Description;

/// What tells one connection from another, for what is kept of its calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// A hash of what is no secret of it: the same account has the same.
    pub identity: [u8; 32],
    /// The beginning of a hash of all of it. It is kept on the disk: two bytes tell nearly every
    /// change, and are of no use to who would guess a secret by them.
    pub mark: [u8; 2],
}

impl Account {
    /// The account of a connection.
    pub fn of(description: &Description, connection: &Connection) -> Self {
        let mut identity = Sha256::new_with_prefix(&description.name);
        let mut mark = Sha256::new_with_prefix(&description.name);
        for key in description.config_keys() {
            let Some(value) = connection.get(key) else { continue };
            for part in [key, value] {
                mark.update((part.len() as u64).to_be_bytes());
                mark.update(part);
            }
            if !is_secret(&description.connection.schema["properties"][key]) {
                let value = normal(value);
                for part in [key, &value] {
                    identity.update((part.len() as u64).to_be_bytes());
                    identity.update(part);
                }
            }
        }
        let [first, second, ..]: [u8; 32] = mark.finalize().into();
        Self { identity: identity.finalize().into(), mark: [first, second] }
    }
}

fn is_secret(schema: &Value) -> bool {
    schema["writeOnly"] == true || schema["format"] == "password"
}

/// Blanks around a value, a slash at an address's end and the case of its host make no difference.
fn normal(value: &str) -> String {
    let value = value.trim();
    match value.parse::<url::Url>() {
        Ok(address) if address.has_host() => address.as_str().trim_end_matches('/').to_owned(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(login: &str, key: &str, address: &str) -> Account {
        let text = r#"{"contract":1,"name":"n","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":
            {"properties":{"login":{},"api_key":{"writeOnly":true},"base_url":{}}}}}"#;
        let description = Description::parse(text.to_owned()).unwrap();
        Account::of(&description, &Connection::new([("login", login), ("api_key", key), ("base_url", address)]))
    }

    #[test]
    fn an_account_is_the_same_with_another_secret_or_spelling_and_another_with_another_address() {
        let one = account("l", "k", "https://a.example");
        let rotated = account("l", "another", "https://a.example");
        assert_eq!(one.identity, rotated.identity);
        assert_ne!(one.mark, rotated.mark);
        assert_eq!(one.identity, account(" l", "k", "HTTPS://A.example/").identity);
        for other in [account("m", "k", "https://a.example"), account("l", "k", "https://b.example")] {
            assert_ne!(one.identity, other.identity);
        }
    }
}
