//! An account of the shop: who calls, and how requests say so.

use plugin_kit::call::Draft;
use plugin_kit::json::Members;
use plugin_kit::types::{Token, Url};
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

pub fn check(call: &Call) -> Result<Object, Error> {
    output(call, &get(call, "/me").send()?, &["name"])
}

pub fn get<'c>(call: &'c Call, path: &str) -> Draft<'c> {
    call.get(path).header("authorization", call.secret("token").expose())
}

pub fn post<'c>(call: &'c Call, path: &str) -> Draft<'c> {
    call.post(path).header("authorization", call.secret("token").expose())
}

/// These members of the service's answer, which has to have them.
pub fn output(call: &Call, answer: &Response, names: &[&str]) -> Result<Object, Error> {
    picked(&call.members(answer)?, names).ok_or_else(|| lacking(call, answer))
}

/// The error of an answer that is not as the shop promises.
pub fn lacking(call: &Call, answer: &Response) -> Error {
    call.unexpected(answer, "The answer lacks what was asked for")
}

/// These members, if all are there.
pub fn picked(members: &Members, names: &[&str]) -> Option<Object> {
    names.iter().try_fold(Object::new(), |object, name| Some(object.json(name, members.get(name)?)))
}
