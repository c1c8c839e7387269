//! Numbers that name something, such as an order's: digits that must all be kept.

use super::number::{Decimal, SHORTENED, all_digits, is_shortened, whole_number};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::any_byte;
use crate::values::Value;

/// A number that names something: decimal digits, greater than 0. It stays text, so that neither
/// precision nor leading zeros are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    max: usize,
}

impl Digits {
    /// At most so many digits.
    pub const fn new(max: usize) -> Self {
        Self { max }
    }
}

impl Type for Digits {
    /// Reads digits from a text, which may have a fraction of zeros, or from a whole number.
    fn read(&self, given: Given) -> Result<Value, String> {
        let digits = match given {
            Given::Text(text) if all_digits(&text) => text.into_owned(),
            Given::Text(text) => match Decimal::read(&text).and_then(|number| number.whole_digits()) {
                Some(digits) => digits.to_owned(),
                None if is_shortened(&text) => return Err([SHORTENED, &quoted(&text)].concat()),
                None => return Err(["must be made of the digits 0 to 9 alone", &quoted(&text)].concat()),
            },
            Given::Number(number) => {
                whole_number(number).ok_or_else(|| ["must be a whole number, not ", number].concat())?
            }
            other => return Err(must_be("a text of digits or a whole number", &other)),
        };
        if digits.starts_with('-') || !any_byte(&digits, |byte| byte != b'0') {
            return Err("must be greater than 0".to_owned());
        }
        if digits.len() > self.max {
            return Err(format!("must have at most {} digits, not {}", self.max, digits.len()));
        }
        Ok(Value::Text(digits))
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let pattern = if optional { r"^\s*$|^0*[1-9][0-9]*$" } else { "^0*[1-9][0-9]*$" };
        typed(schema, r#""string","integer""#, optional)
            .text("pattern", pattern)
            .json("maxLength", &self.max.to_string())
            .json("minimum", "1")
            .json("exclusiveMaximum", &["1e+", &self.max.to_string()].concat())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused(r#""0""#, "numbers begin at 1"),
            Refused(r#""000""#, "numbers begin at 1"),
            Refused("-5", "numbers begin at 1"),
            Refused("1.5", "the number is whole"),
            Refused(r#""№100000""#, "only digits"),
            Refused(r#""100 000""#, "only digits, no blanks"),
            Refused(r#""100.000""#, "thousands are not grouped"),
            Refused(r#""1.0001E+5""#, "a spreadsheet has lost digits"),
            Refused(r#""100\u200b000""#, "no invisible character"),
            Refused(r#""+1""#, "only digits, no sign"),
            Refused(r#""١٢٣""#, "only the digits 0 to 9"),
            Refused(r#""9999999999999999999999999999999999999999999999999999999999999999""#, "too many digits"),
            Refused(r#"["100000"]"#, "one at a time"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: Given) -> Option<String> {
        Digits::new(20).read(given).ok().map(|number| number.as_str().to_owned())
    }

    #[test]
    fn a_number_that_names_something_keeps_all_its_digits() {
        for digits in ["1", "100000", "000123", "18446744073709551616", "99999999999999999999"] {
            assert_eq!(read(Given::Text(digits.into())).as_deref(), Some(digits));
            let with_fraction = format!("{digits}.0");
            assert_eq!(read(Given::Text(with_fraction.into())).as_deref(), Some(digits));
        }
        for (number, digits) in
            [("99999999999999999999", "99999999999999999999"), ("1e2", "100"), ("100.00", "100"), ("1.5E1", "15")]
        {
            assert_eq!(read(Given::Number(number)).as_deref(), Some(digits));
        }
    }

    #[test]
    fn what_is_no_such_number_is_refused() {
        for text in
            ["0", "00", "0.0", "-1", "1.5", "100.000", "0x1", "1 0", "١", "1e2", "1.0001e5", "123456789012345678901"]
        {
            assert_eq!(read(Given::Text(text.into())), None, "{text}");
        }
        for number in ["0", "-0", "-1", "1.5", "1e-1", "1e20", "1e999999999999999999999", "123456789012345678901"] {
            assert_eq!(read(Given::Number(number)), None, "{number}");
        }
    }

    #[test]
    fn a_shortened_number_is_told_as_such() {
        let told = Digits::new(20).read(Given::Text("1.0001E+5".into())).unwrap_err();
        assert!(told.contains("shortened") && told.contains("1.0001E+5"), "{told}");
    }
}
