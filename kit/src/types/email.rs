//! Addresses of e-mail.

use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::any_byte;
use crate::values::Value;

/// The longest address that mail servers take.
const MAX: usize = 254;

/// An e-mail address: something on both sides of one `@`, without blanks. More is not known before a
/// letter arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Email;

impl Type for Email {
    fn read(&self, given: Given) -> Result<Value, String> {
        let Given::Text(text) = given else { return Err(must_be("an e-mail address", &given)) };
        if is_address(&text) {
            Ok(Value::Text(text.into_owned()))
        } else {
            Err(["must be an e-mail address such as name@example.com", &quoted(&text)].concat())
        }
    }

    fn read_reply(&self, given: Given) -> Result<Value, String> {
        super::text::given_text(given)
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""string""#, optional)
            .text("pattern", &[blank, r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+$"].concat())
            .json("maxLength", &MAX.to_string())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("7", "no address"),
            Refused(r#""name""#, "no address"),
            Refused(r#""name@example""#, "no host"),
            Refused(r#""@example.com""#, "no name"),
            Refused(r#""a@b@example.com""#, "two signs"),
            Refused(r#""a@example.com, b@example.com""#, "one at a time"),
            Refused(r#""Name <name@example.com>""#, "the address alone"),
        ]
    }
}

fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let is_other = |byte: u8| matches!(byte, b'@' | b',' | b';' | b'<' | b'>') || byte <= b' ';
    let is_host = host.rsplit_once('.').is_some_and(|(before, top)| !before.is_empty() && !top.is_empty());
    !name.is_empty() && is_host && text.len() <= MAX && !any_byte(name, is_other) && !any_byte(host, is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_it_is() {
        for text in ["name@example.com", "first.last+tag@mail.example.com", "имя@пример.рф"] {
            assert_eq!(Email.read(Given::Text(text.into())), Ok(Value::Text(text.to_owned())));
        }
        for Refused(json, why) in Email.refuses() {
            assert!(Given::of(json).is_some_and(|given| Email.read(given).is_err()), "{json}: {why}");
        }
    }
}
