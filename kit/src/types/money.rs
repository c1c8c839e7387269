//! Amounts of money.

use super::number::{Decimal, all_digits};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::split;
use crate::values::Value;

/// The digits before the point that an amount may have.
const DIGITS: usize = 15;

/// An amount of money, not negative, as decimal text with two digits after the point: `1234.50`. It
/// never becomes a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money;

impl Type for Money {
    fn read(&self, given: Given) -> Result<Value, String> {
        const WHAT: &str = "must be an amount such as 1234.50";
        let (text, shown) = match &given {
            Given::Text(text) => (text.as_ref(), quoted(text)),
            Given::Number(number) => (*number, [" (got ", number.get(..40).unwrap_or(number), ")"].concat()),
            other => return Err(must_be("an amount such as 1234.50", other)),
        };
        let (whole, fraction) = match Decimal::read(text) {
            _ if all_digits(text) => (text, ""),
            Some(decimal) if decimal.point == '.' => (decimal.whole, decimal.fraction),
            Some(_) => return Err([WHAT, ", with a point before the cents", &shown].concat()),
            None => return Err([WHAT, &shown].concat()),
        };
        // What programs add in floating point: 12.300000. And 1.234 may be a thousand.
        let cents = fraction.trim_end_matches('0');
        if cents.len() > 2 || fraction.len() == 3 {
            return Err([WHAT, ", with at most two digits after the point", &shown].concat());
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > DIGITS {
            return Err([WHAT, ", and is too large", &shown].concat());
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        let zeros = split("00", cents.len()).1;
        Ok(Value::Text([whole, ".", cents, zeros].concat()))
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""string","number""#, optional)
            .text("pattern", &[blank, r"^[0-9]{1,15}(\.[0-9]{1,2})?$"].concat())
            .number("minimum", 0)
            .json("exclusiveMaximum", "1e+15")
            .json("multipleOf", "0.01")
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("-1", "not negative"),
            Refused(r#""1 234.50""#, "thousands are not grouped"),
            Refused(r#""1,234.50""#, "thousands are not grouped"),
            Refused(r#""12,50""#, "a point before the cents"),
            Refused(r#""1.234""#, "may be a thousand"),
            Refused(r#""12.505""#, "two digits after the point"),
            Refused(r#""1e3""#, "digits"),
            Refused(r#""$5""#, "the amount alone"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_two_digits_after_the_point_and_loses_none_before_it() {
        for (json, amount) in [
            ("5", "5.00"),
            ("12.5", "12.50"),
            (r#""0012.50""#, "12.50"),
            (r#""0""#, "0.00"),
            ("12.300000", "12.30"),
            (r#""999999999999999.99""#, "999999999999999.99"),
        ] {
            assert_eq!(Money.read(Given::of(json).unwrap()), Ok(Value::Text(amount.to_owned())), "{json}");
        }
        for Refused(json, why) in Money.refuses() {
            assert!(Money.read(Given::of(json).unwrap()).is_err(), "{json}: {why}");
        }
        assert!(Money.read(Given::Number("12.30000000004")).is_err());
    }
}
