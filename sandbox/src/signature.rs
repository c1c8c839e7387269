//! How requests and replies are signed: the service's help pages on API 1.0, "forming the hash".

use std::fmt;

use md5::{Digest, Md5};

use crate::form::Form;

/// The login of the service's own code samples.
pub const SAMPLE_LOGIN: &str = "username";

/// A made-up key for samples and tests: forty `X`, as long as a real one. It opens nothing.
pub const SAMPLE_API_KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// The account the sandbox plays: a login and the secret key that signs. `Debug` hides the key.
#[derive(Clone)]
pub struct Account {
    login: String,
    api_key: String,
}

impl Account {
    /// An account; any characters are fine in either.
    pub fn new(login: impl Into<String>, api_key: impl Into<String>) -> Self {
        Self { login: login.into(), api_key: api_key.into() }
    }

    /// The hash a request with these parameters must carry, as lower-case hex:
    /// `md5(http_build_query(parameters) + "::" + login + "::" + key)`. The form is one without
    /// `hash`.
    pub fn request_hash(&self, parameters: &Form) -> String {
        hex_md5(format!("{}::{}::{}", parameters.encode(), self.login, self.api_key).as_bytes())
    }

    /// The hash of a reply, as lower-case hex: `md5(error_code + "::" + error_text + "::" + key)`.
    /// The text is bytes so that a reply which is not UTF-8 can be signed too.
    pub fn reply_hash(&self, error_code: u32, error_text: &[u8]) -> String {
        let mut signed = format!("{error_code}::").into_bytes();
        signed.extend_from_slice(error_text);
        signed.extend_from_slice(b"::");
        signed.extend_from_slice(self.api_key.as_bytes());
        hex_md5(&signed)
    }

    /// The hash of a webhook, as lower-case hex: of what it covers, followed by the key.
    pub fn webhook_hash(&self, covered: &str) -> String {
        hex_md5(format!("{covered}{}", self.api_key).as_bytes())
    }

    /// The same account with a key that is not its own, for replies that someone else has signed.
    pub(crate) fn impostor(&self) -> Self {
        Self::new(self.login.clone(), format!("not {}", self.api_key))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("login", &self.login).field("api_key", &"(hidden)").finish()
    }
}

fn hex_md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Account {
        Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY)
    }

    #[test]
    fn the_service_docs_example_has_the_hash_php_gives_it() {
        let form = Form::parse(b"bill_id=100000&status=sent&date=1362254400&rpo=10000000000000");
        assert_eq!(sample().request_hash(&form), "92cea5ba30b463b8c3b234e3d2945e65");
    }

    #[test]
    fn a_call_without_parameters_signs_login_and_key_alone() {
        assert_eq!(sample().request_hash(&Form::default()), "53de7e1144de71c41d1cb06887f4b179");
    }

    #[test]
    fn replies_have_the_hashes_php_gives_them() {
        let hash = |code, text: &str| sample().reply_hash(code, text.as_bytes());
        assert_eq!(hash(0, "OK"), "cf2b10a8fd707c6d14f496e19503b0a1");
        assert_eq!(hash(4, "Incorrect hash"), "b65427c45515bf2ed64b2149156e103b");
        assert_eq!(hash(200, "Nonexistent order"), "e95a8dcc9368519482412470b53d392f");
    }

    /// `php -r 'echo md5("a=%2A+%7E%D0%B6::имя::u*r::ключ ~*/\"\\::k+%");'` and the like.
    #[test]
    fn login_and_key_may_hold_any_characters() {
        let account = Account::new("имя::u*r", "ключ ~*/\"\\::k+%");
        let form = Form::parse("a=* ~ж".as_bytes());
        assert_eq!(account.request_hash(&form), "15693670a2493a8da521098c0228e552");
        assert_eq!(account.reply_hash(200, b"Nonexistent order"), "8a157725b06a53c04e19bf473b958361");
    }

    #[test]
    fn debug_hides_the_key() {
        let shown = format!("{:?}", sample());
        assert!(shown.contains(SAMPLE_LOGIN) && !shown.contains("XXX"), "{shown}");
    }
}
