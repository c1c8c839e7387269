//! An account of the shop: who calls, and how requests say so.

use plugin_kit::call::Draft;
use plugin_kit::types::{Text, Token, Url};
use plugin_kit::{Call, Connection, Error, Field, Object, Response};

pub const CONNECTION: Connection = Connection::new(
    "Shop account",
    "An account of the made-up shop.",
    &[
        Field::required("address", &Url::new("https://my.shop.example.com"))
            .title("Address")
            .about("The shop's address, with https.")
            .examples(r#"["https://my.shop.example.com"]"#),
        Field::required("token", &Token::secret())
            .title("Token")
            .about("The account's token, from the shop's settings."),
    ],
);

const NAME: &[Field] = &[Field::required("name", &Text::new(100))];

pub fn check(call: &Call) -> Result<Object, Error> {
    output(call, &get(call, "/me").send()?, NAME)
}

pub fn get<'c>(call: &'c Call, path: &str) -> Draft<'c> {
    call.get(path).header("authorization", call.secret("token").expose())
}

pub fn post<'c>(call: &'c Call, path: &str) -> Draft<'c> {
    call.post(path).header("authorization", call.secret("token").expose())
}

/// The service's answer, read by the fields of an output.
pub fn output(call: &Call, answer: &Response, fields: &'static [Field]) -> Result<Object, Error> {
    Ok(call.read(answer, "", fields)?.object())
}

/// The error of an answer that is not as the shop promises.
pub fn lacking(call: &Call, answer: &Response) -> Error {
    call.unexpected(answer, "The answer lacks what was asked for")
}
