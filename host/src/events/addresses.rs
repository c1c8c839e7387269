//! The addresses at which webhooks are received: each holds 160 bits that nobody guesses.
//!
//! They are derived from one key, which is kept with the events: so an address stays what it is after a
//! restart, for a connection by another name and with another secret of its own. Whoever has one address
//! can't make another of it.

use std::fmt;

use hmac::{Hmac, Mac};
use plugin_host_core::account::Account;
use plugin_host_core::cloud_event::segment;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The path of an address, for a router.
pub const PATH: &str = "/v1/connections/{connection}/triggers/{trigger}/{secret}";

/// How many bytes of an address are its secret.
const BYTES: usize = 20;

/// The key of all addresses.
#[derive(Clone)]
pub struct AddressKey([u8; 32]);

/// The secret of an address.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressSecret(String);

impl AddressKey {
    /// This key, made by chance.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The secret of the address of an account's trigger.
    pub fn secret(&self, account: &Account, trigger: &str) -> AddressSecret {
        AddressSecret(self.derived("webhook", account, trigger)[..2 * BYTES].to_owned())
    }

    /// By what the service is to sign the webhooks that it sends there: the same each time, so that it may be told
    /// again by whoever does not know whether it was told.
    pub fn signing_secret(&self, account: &Account, trigger: &str) -> String {
        self.derived("signature", account, trigger)
    }

    fn derived(&self, what: &str, account: &Account, trigger: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        // No account has a NUL in its name.
        mac.update(format!("{what}\0{account}\0{trigger}").as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl AddressSecret {
    /// Whether this is it. How long that takes tells nothing of it.
    pub fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The address, below that of the server.
    pub fn address(&self, server: &str, connection: &str, trigger: &str) -> String {
        let (server, connection) = (server.trim_end_matches('/'), segment(connection));
        format!("{server}/v1/connections/{connection}/triggers/{trigger}/{}", self.0)
    }
}

impl fmt::Debug for AddressSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::connection::Connection;
    use plugin_host_core::description::Description;

    use super::*;

    fn account(login: &str) -> Account {
        let text = r#"{"contract":1,"name":"n","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":
            {"properties":{"login":{},"api_key":{"writeOnly":true}}}}}"#;
        let description = Description::parse(text.to_owned()).unwrap();
        Account::of(&description, &Connection::new([("login", login), ("api_key", login)]))
    }

    #[test]
    fn an_address_is_of_its_account_its_trigger_and_its_key() {
        let one = AddressKey::new([1; 32]).secret(&account("a"), "t");
        assert_eq!(one, AddressKey::new([1; 32]).secret(&account("a"), "t"));
        for other in [
            AddressKey::new([2; 32]).secret(&account("a"), "t"),
            AddressKey::new([1; 32]).secret(&account("b"), "t"),
            AddressKey::new([1; 32]).secret(&account("a"), "u"),
        ] {
            assert_ne!(one, other);
            assert!(one.is(&one.0) && !one.is(&other.0) && !one.is("") && !one.is(&one.0[1..]));
        }
        assert!(one.0.len() == 2 * BYTES && !format!("{one:?}").contains(&one.0));
        let signing = AddressKey::new([1; 32]).signing_secret(&account("a"), "t");
        assert!(signing.len() == 64 && !signing.starts_with(&one.0));
    }

    #[test]
    fn an_address_is_below_that_of_the_server() {
        let secret = AddressSecret("5e".to_owned());
        for server in ["https://hooks.example/base", "https://hooks.example/base/"] {
            let address = secret.address(server, "Berlin 2/Ж?", "order_paid");
            let expected = "https://hooks.example/base/v1/connections/Berlin%202%2F%D0%96%3F/triggers/order_paid/5e";
            assert_eq!(address, expected);
        }
    }
}
