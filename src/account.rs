//! A JustClick account, as a connection.

use plugin_kit::types::{Token, Url};
use plugin_kit::{Call, Connection, Error, Field, Object};

use crate::form::Form;
use crate::service;

const LOGIN: Field = Field::required("login", &Token::name())
    .title("Login")
    .about("The account's login: the first part of the account's address.")
    .examples(r#"["username"]"#)
    .hint("your JustClick login");

const API_KEY: Field = Field::required("api_key", &Token::secret())
    .title("API key")
    .about("The key for forming a hash, from the API section of the account.")
    .hint("the key from the API section of your JustClick account");

const BASE_URL: Field = Field::required("base_url", &Url::new("https://LOGIN.justclick.ru").without("api"))
    .title("Base URL")
    .about("The account's address with https, without anything after the host name.")
    .examples(
        r#"["https://username.justclick.ru", "https://username.justclick.io", "https://username.influencersoft.com", "https://username.expertam.ru"]"#,
    )
    .hint("your account's address, such as https://LOGIN.justclick.ru");

/// How to reach and sign for one account.
pub const CONNECTION: Connection = Connection::new(
    "JustClick account",
    "How to reach and sign for one JustClick account.",
    &[LOGIN, API_KEY, BASE_URL, Field::ALLOW_HTTP],
);

/// Proves that an account can be called, by a call that changes nothing.
///
/// # Errors
/// As [`service::call`].
pub fn check(call: &Call) -> Result<Object, Error> {
    service::call(call, "GetAllGroups", &Form::new())?;
    Ok(Object::new().text("login", call.config("login")).text("base_url", call.config("base_url")))
}
