//! Order numbers.

use serde_json::{Value, json};

use super::number::{Decimal, SHORTENED, all_digits, is_shortened, whole_number};
use crate::input::{Given, quoted};

/// The largest number of digits of an order number.
const DIGITS: usize = 20;

/// An order number: decimal digits, greater than 0, at most 20. It stays text, so that neither
/// precision nor leading zeros are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// Reads digits from a text, which may have a fraction of zeros, or from a whole number.
    ///
    /// # Errors
    /// Why it is not an order number.
    pub fn read(given: Given) -> Result<Self, String> {
        let digits = match given {
            Given::Text(text) if all_digits(&text) => text.into_owned(),
            Given::Text(text) => match Decimal::read(&text).and_then(|number| number.whole_digits()) {
                Some(digits) => digits.to_owned(),
                None if is_shortened(&text) => return Err(format!("{SHORTENED}{}", quoted(&text))),
                None => return Err(format!("must be made of the digits 0 to 9 alone{}", quoted(&text))),
            },
            Given::Number(number) => {
                whole_number(number).ok_or_else(|| format!("must be a whole number, not {number}"))?
            }
            Given::Other(what) => {
                return Err(format!("must be a text of digits or a whole number, not {what}"));
            }
        };
        if digits.starts_with('-') || digits.bytes().all(|b| b == b'0') {
            return Err("must be greater than 0".to_owned());
        }
        if digits.len() > DIGITS {
            return Err(format!("must have at most {DIGITS} digits, not {}", digits.len()));
        }
        Ok(Self(digits))
    }

    /// The digits as they were given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The canonical forms of what [`OrderNumber::read`] takes.
    pub fn schema() -> Value {
        json!({
            "type": ["string", "integer"],
            "pattern": "^0*[1-9][0-9]*$",
            "maxLength": DIGITS,
            "minimum": 1,
            "exclusiveMaximum": 1e20
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_number(given: Given) -> Option<String> {
        OrderNumber::read(given).ok().map(|number| number.as_str().to_owned())
    }

    #[test]
    fn an_order_number_keeps_all_its_digits() {
        for digits in ["1", "100000", "000123", "18446744073709551616", "99999999999999999999"] {
            assert_eq!(order_number(Given::Text(digits.into())).as_deref(), Some(digits));
            let with_fraction = format!("{digits}.0");
            assert_eq!(order_number(Given::Text(with_fraction.into())).as_deref(), Some(digits));
        }
        for (number, digits) in
            [("99999999999999999999", "99999999999999999999"), ("1e2", "100"), ("100.00", "100"), ("1.5E1", "15")]
        {
            assert_eq!(order_number(Given::Number(number)).as_deref(), Some(digits));
        }
    }

    #[test]
    fn what_is_no_order_number_is_refused() {
        for text in
            ["0", "00", "0.0", "-1", "1.5", "100.000", "0x1", "1 0", "١", "1e2", "1.0001e5", "123456789012345678901"]
        {
            assert_eq!(order_number(Given::Text(text.into())), None, "{text}");
        }
        for number in ["0", "-0", "-1", "1.5", "1e-1", "1e20", "1e999999999999999999999", "123456789012345678901"] {
            assert_eq!(order_number(Given::Number(number)), None, "{number}");
        }
    }

    #[test]
    fn a_shortened_number_is_told_as_such() {
        let told = OrderNumber::read(Given::Text("1.0001E+5".into())).unwrap_err();
        assert!(told.contains("shortened") && told.contains("1.0001E+5"), "{told}");
    }
}
