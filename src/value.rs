//! The kinds of values that fields hold: each reads what was given and says the same as a schema.
//!
//! A rule's message continues "`field` …". Schemas that are optional also take `null` and blank
//! texts, which count as absent.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::input::{Given, quoted};
use crate::text::{has_control, split, trim};

/// The largest number of digits of an order number.
const ORDER_NUMBER_DIGITS: usize = 20;
/// The largest number of digits of a UNIX time: until the year 33658 in seconds. More are
/// milliseconds.
const UNIX_SECONDS_DIGITS: usize = 12;
/// The largest number of characters of a tracking number.
const TRACKING_NUMBER_CHARS: usize = 64;

/// An order number: decimal digits, greater than 0, at most 20. It stays text, so that neither
/// precision nor leading zeros are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// Reads digits from a text or a whole number.
    ///
    /// # Errors
    /// Why it is not an order number.
    pub fn read(given: Given) -> Result<Self, String> {
        let digits = match &given {
            Given::Text(text) => text.as_ref().to_owned(),
            Given::Number(number) => {
                whole_number(number).ok_or_else(|| format!("must be a whole number, not {number}"))?
            }
            Given::Other(what) => {
                return Err(format!("must be a text of digits or a whole number, not {what}"));
            }
        };
        if !all_digits(&digits) {
            let got = match given {
                Given::Number(number) => format!(" (got {number})"),
                _ => quoted(&digits),
            };
            return Err(format!("must be made of the digits 0 to 9 alone{got}"));
        }
        if digits.len() > ORDER_NUMBER_DIGITS {
            return Err(format!("must have at most {ORDER_NUMBER_DIGITS} digits, not {}", digits.len()));
        }
        if digits.bytes().all(|b| b == b'0') {
            return Err("must be greater than 0".to_owned());
        }
        Ok(Self(digits))
    }

    /// The digits as they were given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`OrderNumber::read`] takes.
    pub fn schema() -> Value {
        json!({
            "type": ["string", "integer"],
            "pattern": "^0*[1-9][0-9]*$",
            "maxLength": ORDER_NUMBER_DIGITS,
            "minimum": 1,
            "exclusiveMaximum": 1e20
        })
    }
}

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    /// Reads seconds from a whole number or a text of digits, or an RFC 3339 date-time with offset,
    /// whose fraction of a second is dropped.
    ///
    /// # Errors
    /// Why it is not a moment since 1970.
    pub fn read(given: Given) -> Result<Self, String> {
        match given {
            Given::Number(number) => {
                let digits = whole_number(number).ok_or_else(|| format!("must be in whole seconds, not {number}"))?;
                if digits.starts_with('-') {
                    return Err("must not be before 1970".to_owned());
                }
                Self::from_digits(&digits)
            }
            Given::Text(text) if all_digits(&text) => Self::from_digits(&text),
            Given::Text(text) => Self::from_rfc3339(&text),
            Given::Other(what) => {
                Err(format!("must be UNIX seconds or a date-time such as 2013-03-03T00:00:00+04:00, not {what}"))
            }
        }
    }

    fn from_digits(digits: &str) -> Result<Self, String> {
        if digits.len() > UNIX_SECONDS_DIGITS {
            return Err("must be in seconds, and this looks like milliseconds: divide it by 1000".to_owned());
        }
        digits.parse().map(Self).map_err(|_| "must be in whole seconds".to_owned())
    }

    fn from_rfc3339(text: &str) -> Result<Self, String> {
        let seconds = rfc3339_seconds(text).ok_or_else(|| {
            format!(
                "must be UNIX seconds or an RFC 3339 date-time with its offset, such as 2013-03-03T00:00:00+04:00 or 2013-03-02T20:00:00Z{}",
                quoted(text)
            )
        })?;
        if seconds < 0 { Err("must not be before 1970".to_owned()) } else { Ok(Self(seconds)) }
    }

    /// Seconds since 1970.
    pub fn get(self) -> i64 {
        self.0
    }

    /// What [`UnixSeconds::read`] takes, or absent. A pattern can't tell the days of a month, or
    /// that the first hours of 1970 are still 1969 in UTC.
    pub fn optional_schema() -> Value {
        const DATE: &str = "(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
        const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?";
        const OFFSET: &str = "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
        json!({
            "type": ["integer", "string", "null"],
            "minimum": 0,
            "maximum": 999_999_999_999_u64,
            "pattern": format!("^\\s*$|^[0-9]{{1,{UNIX_SECONDS_DIGITS}}}$|^{DATE}[Tt]{TIME}{OFFSET}$")
        })
    }
}

/// The number of a postal item: 1 to 64 characters after the blanks around it are taken off, none
/// of them a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingNumber(String);

impl TrackingNumber {
    /// Reads a text.
    ///
    /// # Errors
    /// Why it is not a tracking number.
    pub fn read(given: Given) -> Result<Self, String> {
        let text = match given {
            Given::Text(text) => text,
            Given::Number(_) => {
                return Err("must be a text: put the number in quotation marks".to_owned());
            }
            Given::Other(what) => return Err(format!("must be a text, not {what}")),
        };
        let text = trim(&text);
        if has_control(text) {
            return Err("must not have a line break or another control character in it".to_owned());
        }
        let chars = text.chars().count();
        if chars > TRACKING_NUMBER_CHARS {
            return Err(format!("must have at most {TRACKING_NUMBER_CHARS} characters, not {chars}"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The number without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`TrackingNumber::read`] takes, or absent.
    pub fn optional_schema() -> Value {
        const INNER: &str = "[^\\u0000-\\u001f\\u007f-\\u009f]";
        const OUTER: &str = "[^\\s\\u0000-\\u001f\\u007f-\\u009f]";
        json!({
            "type": ["string", "null"],
            "pattern": format!("^\\s*({OUTER}({INNER}{{0,{}}}{OUTER})?)?\\s*$", TRACKING_NUMBER_CHARS - 2)
        })
    }
}

/// The seconds since 1970 of an RFC 3339 date-time in or after 1970, local to its offset. A leap
/// second counts as the one before it.
fn rfc3339_seconds(text: &str) -> Option<i64> {
    const LOCAL: usize = "2013-03-03T00:00:00".len();
    let (local, rest) = text.split_at_checked(LOCAL)?;
    // The library also takes a space for the T.
    if !matches!(local.as_bytes()[10], b'T' | b't') {
        return None;
    }
    let local = humantime::parse_rfc3339_weak(&local.to_ascii_uppercase()).ok()?;
    let local = i64::try_from(local.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()?;
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if offset.len() == fraction.len() {
                return None;
            }
            offset
        }
    };
    Some(local - offset_seconds(offset)?)
}

/// The seconds by which an RFC 3339 offset is ahead of UTC.
fn offset_seconds(offset: &str) -> Option<i64> {
    let (sign, hours, minutes) = match *offset.as_bytes() {
        [b'Z' | b'z'] => return Some(0),
        [b'+', ref digits @ ..] => (1, digits.get(..2)?, digits.get(2..)?),
        [b'-', ref digits @ ..] => (-1, digits.get(..2)?, digits.get(2..)?),
        _ => return None,
    };
    let number = |digits: &[u8], below: i64| match *digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0')).filter(|number| *number < below)
        }
        _ => None,
    };
    Some(sign * (number(hours, 24)? * 3600 + number(minutes.strip_prefix(b":")?, 60)? * 60))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The decimal digits of a JSON number that is whole, with a minus sign if it is less than 0:
/// `1e2` and `100.0` are 100, as in a JSON Schema. Exact, whatever the number of digits; from 40
/// on only their presence counts.
fn whole_number(number: &str) -> Option<String> {
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
    let exponent = exponent.parse::<i64>().unwrap_or(endless);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn order_number(given: Given) -> Option<String> {
        OrderNumber::read(given).ok().map(|number| number.as_str().to_owned())
    }

    fn seconds(text: &str) -> Option<i64> {
        UnixSeconds::read(Given::Text(text.into())).ok().map(UnixSeconds::get)
    }

    #[test]
    fn an_order_number_keeps_all_its_digits() {
        for digits in ["1", "100000", "000123", "18446744073709551616", "99999999999999999999"] {
            assert_eq!(order_number(Given::Text(digits.into())).as_deref(), Some(digits));
        }
        for (number, digits) in
            [("99999999999999999999", "99999999999999999999"), ("1e2", "100"), ("100.00", "100"), ("1.5E1", "15")]
        {
            assert_eq!(order_number(Given::Number(number)).as_deref(), Some(digits));
        }
    }

    #[test]
    fn what_is_no_order_number_is_refused() {
        for text in ["0", "00", "-1", "1.0", "0x1", "1 0", " 1", "١", "123456789012345678901"] {
            assert_eq!(order_number(Given::Text(text.into())), None, "{text}");
        }
        for number in ["0", "-0", "-1", "1.5", "1e-1", "1e20", "1e999999999999999999999", "123456789012345678901"] {
            assert_eq!(order_number(Given::Number(number)), None, "{number}");
        }
    }

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
    fn a_date_time_becomes_the_seconds_of_its_moment() {
        for (text, expected) in [
            ("1362254400", 1_362_254_400),
            ("000", 0),
            ("2013-03-03T00:00:00+04:00", 1_362_254_400),
            ("2013-03-02t20:00:00.999z", 1_362_254_400),
            ("2013-03-02T12:30:00.0-07:30", 1_362_254_400),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2016-12-31T23:59:60Z", 1_483_228_799),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "2013-03-03",
            "2013-03-03T00:00:00",
            "2013-03-03 00:00:00Z",
            "2013-02-29T00:00:00Z",
            "2013-3-3T00:00:00Z",
            "2013-03-03T00:00:00.Z",
            "2013-03-03T00:00:00+4:00",
            "2013-03-03T00:00:00+0400",
            "2013-03-03T00:00:00+24:00",
            "2013-03-03T00:00:00+04:60",
            "2013-03-03T00:00:00Zx",
            "2013-03-03T24:00:00Z",
            "2013-03-03T00:00:61Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            " 1362254400",
            "-1",
            "1e9",
            "1362254400000",
            "2013-03-0я",
            "tomorrow",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_tracking_number_loses_the_blanks_around_it_and_nothing_else() {
        let read =
            |text: &str| TrackingNumber::read(Given::Text(text.into())).ok().map(|number| number.as_str().to_owned());
        assert_eq!(read("\t RA 123 \u{feff}\n").as_deref(), Some("RA 123"));
        assert_eq!(read(&"я".repeat(64)), Some("я".repeat(64)));
        for text in ["a\tb", "a\u{85}", "\u{7f}", &"я".repeat(65)] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
