//! Whole numbers that count something.

use super::number::{Decimal, whole_number};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::integer;
use crate::values::Value;

/// A whole number within bounds. It never becomes a float, so that no digit is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    min: i64,
    max: i64,
}

impl Whole {
    /// From `min` to `max`, both taken.
    pub const fn new(min: i64, max: i64) -> Self {
        Self { min, max }
    }
}

impl Type for Whole {
    fn read(&self, given: Given) -> Result<Value, String> {
        let (digits, shown) = match &given {
            Given::Number(number) => {
                (whole_number(number), [" (got ", number.get(..40).unwrap_or(number), ")"].concat())
            }
            Given::Text(text) => {
                let digits = match Decimal::read(text) {
                    Some(decimal) => decimal.whole_digits().map(str::to_owned),
                    None => Some(text.to_string()),
                };
                (digits, quoted(text))
            }
            other => return Err(must_be("a whole number", other)),
        };
        let number = digits.and_then(|digits| {
            let signed = digits.strip_prefix('-').unwrap_or(&digits);
            let is_number = !signed.is_empty() && signed.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| integer(&digits).unwrap_or(if digits.starts_with('-') { i64::MIN } else { i64::MAX }))
        });
        match number {
            Some(number) if (self.min..=self.max).contains(&number) => Ok(Value::Number(number.to_string())),
            Some(_) => Err(format!("must be a whole number from {} to {}{shown}", self.min, self.max)),
            None => Err(["must be a whole number", &shown].concat()),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        typed(schema, r#""integer""#, optional).number("minimum", self.min).number("maximum", self.max)
    }

    fn plain(&self) -> &'static str {
        "integer"
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("1.5", "whole"),
            Refused(r#""many""#, "digits"),
            Refused("true", "a number"),
            Refused(r#""1,000""#, "thousands are not grouped"),
            Refused("-9223372036854775808", "none is so small"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_within_bounds_is_taken_however_it_is_written() {
        let kind = Whole::new(-5, 1000);
        for (json, digits) in [
            ("7", "7"),
            ("-5", "-5"),
            ("1e3", "1000"),
            ("7.0", "7"),
            (r#""007""#, "7"),
            (r#""1000.0""#, "1000"),
            (r#""-3""#, "-3"),
        ] {
            assert_eq!(kind.read(Given::of(json).unwrap()), Ok(Value::Number(digits.to_owned())), "{json}");
        }
        for json in
            ["-6", "1001", "1.5", "99999999999999999999", r#""1 000""#, r#""1.000""#, r#""1e3""#, r#""-""#, "true"]
        {
            assert!(kind.read(Given::of(json).unwrap()).is_err(), "{json}");
        }
    }
}
