//! By what is noticed that a connection is no longer what it was.

use plugin_host_core::account::Account;
use plugin_host_core::connection::Connection;
use plugin_host_core::description::Description;
use sha2::{Digest, Sha256};

/// What tells a connection from what it was before, or will be, for what is kept of its calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConnectionFingerprint {
    /// A hash of the account. It is the same with another secret.
    pub account: [u8; 32],
    /// The beginning of a hash of all of it. It is kept on the disk: two bytes tell nearly every
    /// change, and are of no use to who would guess a secret by them.
    pub connection: [u8; 2],
}

impl ConnectionFingerprint {
    /// The fingerprint of a connection.
    pub fn of(description: &Description, connection: &Connection) -> Self {
        let mut hash = Sha256::new_with_prefix(&description.name);
        for key in description.config_keys() {
            for part in connection.get(key).map(|value| [key, value]).into_iter().flatten() {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        let [first, second, ..]: [u8; 32] = hash.finalize().into();
        let account = Sha256::digest(Account::of(description, connection).to_string()).into();
        Self { account, connection: [first, second] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(login: &str, key: &str) -> ConnectionFingerprint {
        let text = r#"{"contract":1,"name":"n","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":
            {"properties":{"login":{},"api_key":{"writeOnly":true}}}}}"#;
        let description = Description::parse(text.to_owned()).unwrap();
        ConnectionFingerprint::of(&description, &Connection::new([("login", login), ("api_key", key)]))
    }

    #[test]
    fn another_secret_is_the_same_account_by_another_connection() {
        let (one, rotated, other) = (fingerprint("l", "k"), fingerprint("l", "another"), fingerprint("m", "k"));
        assert_eq!(one, fingerprint("l", "k"));
        assert_eq!(one.account, rotated.account);
        assert_ne!(one.connection, rotated.connection);
        assert_ne!(one.account, other.account);
    }
}
