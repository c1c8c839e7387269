//! Numbers as JSON, people and programs write them, digit by digit: none ever becomes a float.

use crate::text::{any_byte, find_byte, integer, split};

/// Whether there are digits and nothing else.
#[inline(never)]
pub(super) fn all_digits(text: &str) -> bool {
    !text.is_empty() && !any_byte(text, |byte| !byte.is_ascii_digit())
}

/// The decimal digits of a JSON number that is whole, with a minus sign if it is less than 0:
/// `1e2` and `100.0` are 100, as in a JSON Schema. Exact, whatever the number of digits; from 40
/// on only their presence counts.
#[inline(never)]
pub(super) fn whole_number(number: &str) -> Option<String> {
    if all_digits(number) {
        return Some(number.to_owned());
    }
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    // An exponent beyond i64 is as good as endless.
    let endless = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    let exponent = integer(exponent).unwrap_or(endless);
    let shift = exponent.saturating_sub(i64::try_from(fraction.len()).ok()?);
    if shift >= 0 {
        let zeros = usize::try_from(shift).unwrap_or(usize::MAX).min(40);
        return Some(format!("{sign}{digits}{}", "0".repeat(zeros)));
    }
    let cut = usize::try_from(shift.unsigned_abs()).ok()?;
    let kept = digits.len().checked_sub(cut).filter(|kept| *kept > 0)?;
    let (kept, cut) = split(digits, kept);
    cut.bytes().all(|b| b == b'0').then(|| [sign, kept].concat())
}

/// A number as text: its digits, and what follows a decimal point or comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal<'a> {
    pub whole: &'a str,
    pub point: char,
    pub fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads `45986,5`: digits on both sides, no sign.
    #[inline(never)]
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (whole, rest) = split(text, find_byte(text, |byte| matches!(byte, b'.' | b','))?);
        let (point, fraction) = split(rest, 1);
        (all_digits(whole) && all_digits(fraction)).then_some(Self { whole, point: point.chars().next()?, fraction })
    }

    /// Whether nothing follows but zeros: what a program makes of a whole number that it takes for
    /// one with a fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.fraction.bytes().all(|b| b == b'0')
    }

    /// The digits of a whole number that some program wrote as `100010.0`. None of `100.000`, which
    /// is a hundred thousand in half of the world, and of a comma, which is that in the other half.
    pub(super) fn whole_digits(&self) -> Option<&'a str> {
        let grouped = self.fraction.len() == 3 && self.whole.len() <= 3;
        (self.point == '.' && self.is_whole() && !grouped).then_some(self.whole)
    }
}

/// Whether a program has shortened a number, so that its last digits are lost: `8,008E+13`,
/// `8.008e+13`, `1.0E13`. Not `80E13`, which no program writes and which may be somebody's number.
#[inline(never)]
pub(super) fn is_shortened(text: &str) -> bool {
    let Some(place) = find_byte(text, |byte| matches!(byte, b'e' | b'E')) else { return false };
    let (mantissa, exponent) = split(text, place);
    let (_, exponent) = split(exponent, 1);
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let is_signed = digits.len() < exponent.len();
    all_digits(digits) && (Decimal::read(mantissa).is_some() || is_signed && all_digits(mantissa))
}

/// How [`is_shortened`] is told.
pub(super) const SHORTENED: &str =
    "has been shortened, and its last digits are lost: format its column as text and put the number in again";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_exactly_however_they_are_written() {
        for (number, digits) in [
            ("0", Some("0")),
            ("-0.0e5", Some("0")),
            ("0e99999999999999999999", Some("0")),
            ("12", Some("12")),
            ("-12", Some("-12")),
            ("1.20e1", Some("12")),
            ("1200e-2", Some("12")),
            ("0.012e3", Some("12")),
            ("1201e-2", None),
            ("1e-99999999999999999999", None),
            ("0.5", None),
        ] {
            assert_eq!(whole_number(number).as_deref(), digits, "{number}");
        }
    }

    #[test]
    fn zeros_after_a_point_are_no_part_of_a_whole_number_unless_they_may_be_thousands() {
        let digits = |text| Decimal::read(text).and_then(|number| number.whole_digits());
        for (text, expected) in
            [("100010.0", "100010"), ("7.00", "7"), ("1795606200.000", "1795606200"), ("007.0", "007")]
        {
            assert_eq!(digits(text), Some(expected), "{text}");
        }
        for text in ["100.000", "7.000", "100,000", "100010,0", "1.5", "1.", ".0", "-1.0", "1.0.0", "1"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }

    #[test]
    fn a_shortened_number_is_known_in_every_spelling() {
        for text in
            ["8,008E+13", "8.008e+13", "1.0E13", "8,0080E13", "1e+16", "8E+13", "1.5e-7", "-1.0E13", "8.008e+013"]
        {
            assert!(is_shortened(text), "{text}");
        }
        for text in ["80E13", "1e5", "E+13", "RE+1", "8.e+1", "8.0", "80080000000001", "1E+", "1E+1A", "RA1E+13RU"] {
            assert!(!is_shortened(text), "{text}");
        }
    }
}
