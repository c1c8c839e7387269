//! Amounts of money.

use super::number::{Decimal, all_digits};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::{integer, split};
use crate::values::Value;

/// The digits before the point that an amount may have.
const DIGITS: usize = 15;

/// An amount of money, not negative, as decimal text with two digits after the point: `1234.50`. It
/// never becomes a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money;

impl Money {
    /// An amount in cents, which may be less than 0, as text.
    pub fn of_cents(cents: i64) -> String {
        let sign = if cents < 0 { "-" } else { "" };
        let digits = ["00", &cents.unsigned_abs().to_string()].concat();
        let (whole, cents) = split(&digits, digits.len() - 2);
        let whole = whole.trim_start_matches('0');
        [sign, if whole.is_empty() { "0" } else { whole }, ".", cents].concat()
    }
}

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

    /// What a service owes may be less than nothing, and what it has reckoned in floating point is the cent
    /// that it is next to: `0.30000000000000004` is 0.30.
    fn read_reply(&self, given: Given) -> Result<Value, String> {
        let text = match &given {
            Given::Text(text) => text.as_ref(),
            Given::Number(number) => number,
            _ => return self.read(given),
        };
        let (sign, amount) = text.strip_prefix('-').map_or(("", text), |amount| ("-", amount));
        let rounded = rounded(amount);
        match self.read(Given::Text(rounded.as_deref().unwrap_or(amount).into())) {
            Ok(Value::Text(amount)) if amount != "0.00" => Ok(Value::Text([sign, &amount].concat())),
            Ok(nothing) => Ok(nothing),
            // With what came, and not with what was made of it.
            Err(_) => self.read(given),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""string","number""#, optional)
            .text("pattern", &[blank, r"^[0-9]{1,15}(\.[0-9]{1,2})?$"].concat())
            .number("minimum", 0)
            .json("exclusiveMaximum", "1e+15")
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

/// The cents that are next to a number of a program that reckons in floating point; `None` if that is not
/// what it looks like.
fn rounded(amount: &str) -> Option<String> {
    let decimal = Decimal::read(amount).filter(|decimal| decimal.point == '.' && decimal.fraction.len() > 6)?;
    let (cents, rest) = split(decimal.fraction, 2);
    if rest.starts_with("0000") {
        return Some([decimal.whole, ".", cents].concat());
    }
    let cents = integer(&[decimal.whole, cents].concat()).filter(|_| rest.starts_with("9999"))?;
    Some(Money::of_cents(cents.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_an_amount() {
        for (cents, amount) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (100, "1.00"), (-123_450, "-1234.50")] {
            assert_eq!(Money::of_cents(cents), amount);
        }
    }

    #[test]
    fn what_a_service_has_reckoned_in_floating_point_is_the_cent_that_it_is_next_to() {
        for (json, amount) in [
            ("0.30000000000000004", "0.30"),
            ("1799.1000000000001", "1799.10"),
            ("1500.4999999999998", "1500.50"),
            (r#""1999.9999999999998""#, "2000.00"),
            ("0.009999999999999787", "0.01"),
            ("1234567890.3000002", "1234567890.30"),
            ("-5", "-5.00"),
            (r#""-0.30000000000000004""#, "-0.30"),
            ("-0.0", "0.00"),
            ("-0.00000000000000001", "0.00"),
            ("5.0000", "5.00"),
        ] {
            assert_eq!(Money.read_reply(Given::of(json).unwrap()), Ok(Value::Text(amount.to_owned())), "{json}");
        }
        for json in
            ["1.505", "1.2345678", r#""1,30""#, r#""--1""#, r#""-""#, "1e3", "99999999999999999999.9999999", "true"]
        {
            let told = Money.read_reply(Given::of(json).unwrap()).unwrap_err();
            assert!(json == "true" || told.contains(json.trim_matches('"')), "{json}: {told}");
        }
    }

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
