//! Moments: UNIX seconds, or a date-time that says its offset.

use super::date_time::{DateTime, NO_OFFSET, Why, day_number};
use super::number::{Decimal, all_digits, is_shortened, whole_number};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::{integer, split};
use crate::values::Value;

/// 2000-01-01T00:00:00Z: no shop has posted or paid an order before, and what looks like it is
/// something else, such as a spreadsheet's day number.
const FIRST: i64 = 946_684_800;
/// 2050-01-01T00:00:00Z, the first moment that is too late.
const END: i64 = 2_524_608_000;

/// What to give instead.
const GIVE: &str = "give UNIX seconds or a date-time with its offset, such as 2026-11-25T14:30:00+03:00";

/// A moment of the years 2000 to 2049, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment;

impl Moment {
    /// Reads whole seconds, as a number or a text, or a date-time with its offset, whose fraction of
    /// a second is dropped.
    ///
    /// # Errors
    /// What the value is suspected of, and what to give instead.
    pub fn seconds(given: Given) -> Result<i64, String> {
        let (outcome, number) = match given {
            // JSON's 1.7956062e9 is a whole number; a text of that form has lost its last digits.
            Given::Number(number) => {
                let whole = whole_number(number);
                (from_number(whole.as_deref().unwrap_or(number)), number)
            }
            Given::Text(text) => return from_text(&text).map_err(|why| told(why, &quoted(&text))),
            other => return Err([&must_be("a moment", &other), ": ", GIVE].concat()),
        };
        outcome.map_err(|why| told(why, &got(number)))
    }
}

impl Type for Moment {
    fn read(&self, given: Given) -> Result<Value, String> {
        Self::seconds(given).map(|seconds| Value::Number(seconds.to_string()))
    }

    /// A pattern can't tell the days of a month, or where the range begins and ends to the second.
    fn schema(&self, schema: Object, optional: bool) -> Object {
        const DATE: &str = "20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
        const TIME: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?";
        const OFFSET: &str = "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""integer","string""#, optional)
            .number("minimum", FIRST)
            .number("maximum", END - 1)
            .text("pattern", &[blank, "^[0-9]{9,10}$|^", DATE, "[Tt]", TIME, OFFSET, "$"].concat())
    }

    fn plain_output(&self) -> Option<&'static str> {
        Some("integer")
    }

    fn is_moment(&self) -> bool {
        true
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("-1", "not before 2000"),
            Refused("0", "not before 2000"),
            Refused(r#""1999-12-31T23:59:59Z""#, "not before 2000"),
            Refused("2524608000", "not after 2049"),
            Refused("45986", "a spreadsheet's day number"),
            Refused(r#""45986""#, "a spreadsheet's day number"),
            Refused(r#""20261125""#, "a day without separators"),
            Refused("1.5", "whole seconds"),
            Refused("1362254400000", "seconds, not milliseconds"),
            Refused(r#""1362254400000""#, "seconds, not milliseconds"),
            Refused(r#""2013-03-03""#, "a date alone is not a moment"),
            Refused(r#""2013-03-03T00:00:00""#, "without offset it is not clear which moment it is"),
            Refused(r#""2013-13-01T00:00:00Z""#, "there is no 13th month"),
            Refused(r#""2013-03-03T24:00:00Z""#, "hours end at 23"),
            Refused(r#""03.03.2013""#, "not a moment"),
            Refused(r#""March 3, 2013""#, "not RFC 3339"),
            Refused("true", "not a boolean"),
        ]
    }
}

#[cold]
#[inline(never)]
fn told(why: Why, got: &str) -> String {
    [why, got, ": ", GIVE].concat()
}

/// A number for a message; a long one is cut.
#[cold]
#[inline(never)]
fn got(number: &str) -> String {
    [" (got ", split(number, 40).0, ")"].concat()
}

fn from_text(text: &str) -> Result<i64, Why> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if all_digits(unsigned) || Decimal::read(unsigned).is_some() {
        from_number(text)
    } else if is_shortened(text) {
        Err("has been shortened by a spreadsheet or a program")
    } else {
        DateTime::read(text).map_or_else(|| Err(suspicion(text)), |date_time| date_time.seconds().and_then(in_range))
    }
}

fn in_range(seconds: i64) -> Result<i64, Why> {
    match seconds {
        _ if seconds < FIRST => Err("is before 2000"),
        _ if seconds >= END => Err("is after 2049"),
        _ => Ok(seconds),
    }
}

/// Seconds in decimal digits, with a sign or a fraction.
fn from_number(number: &str) -> Result<i64, Why> {
    if number.starts_with('-') {
        return Err("is before 2000");
    }
    let Some(decimal) = Decimal::read(number) else { return from_digits(number) };
    match (decimal.whole_digits(), from_digits(decimal.whole)) {
        (Some(digits), _) => from_digits(digits),
        (None, Ok(_)) => Err("is not whole seconds"),
        (None, Err(DAY_NUMBER)) => Err(DAY_NUMBER),
        (None, Err(_)) => Err(NO_DATE_TIME),
    }
}

const NO_DATE_TIME: Why = "is not a date-time";
const DAY_NUMBER: Why = "looks like a spreadsheet's day number";

#[inline(never)]
fn from_digits(digits: &str) -> Result<i64, Why> {
    let number = integer(digits).ok_or(if all_digits(digits) { "is after 2049" } else { NO_DATE_TIME })?;
    let day = |number: i64| day_number(number / 10_000, number / 100 % 100, number % 100).is_ok();
    let clock = |number: i64| number / 100 < 24 && number % 100 < 60;
    let within = |unit: i64| (FIRST * unit..END * unit).contains(&number);
    Err(match digits.len() {
        _ if within(1) => return Ok(number),
        4 if (1900..2100).contains(&number) => "is a year, not a date-time",
        5 if number >= 10_000 => DAY_NUMBER,
        8 if day(number) => "looks like a day without separators",
        12 if day(number / 10_000) && clock(number % 10_000) => "looks like a moment without separators",
        14 if day(number / 1_000_000) && clock(number / 100 % 10_000) => "looks like a moment without separators",
        _ if within(1_000) => "is in milliseconds",
        _ if within(1_000_000) => "is in microseconds",
        _ if within(1_000_000_000) => "is in nanoseconds",
        _ if number < FIRST => "is before 2000",
        _ => "is after 2049",
    })
}

/// What a text may be that is no date-time: a day as people write it, a time of day.
#[cold]
#[inline(never)]
fn suspicion(text: &str) -> Why {
    let (day, rest) = split(text, text.find([' ', ',', 'T', 't']).unwrap_or(text.len()));
    let parts: Vec<&str> = day.split(['.', '/', '-']).collect();
    let [first, second, third] = parts[..] else {
        let (hours, minutes) = day.split_once(':').unwrap_or_default();
        let is_time =
            all_digits(hours) && hours.len() < 3 && minutes.bytes().next().is_some_and(|b| b.is_ascii_digit());
        return if is_time && rest.is_empty() { "is a time without a day" } else { NO_DATE_TIME };
    };
    if ![first, second, third].into_iter().all(|part| all_digits(part) && part.len() <= 4) {
        return NO_DATE_TIME;
    }
    let number = |digits: &str| integer(digits).unwrap_or_default();
    let possible = |year, month, day| day_number(number(year), number(month), number(day)).is_ok();
    match (first.len(), third.len()) {
        (4, 1 | 2) if possible(first, second, third) => NO_OFFSET,
        (1 | 2, 1 | 2) => "has a year of two digits",
        (1 | 2, 4) => match (possible(third, second, first), possible(third, first, second)) {
            (true, true) if first != second && !day.contains('.') => "does not say which it is, month or day first",
            (true, _) | (false, true) => NO_OFFSET,
            (false, false) => "is not possible, there is no such day",
        },
        (4, _) => "is not possible, there is no such day",
        _ => NO_DATE_TIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        Moment::seconds(Given::Text(text.into())).ok()
    }

    fn told(given: Given) -> String {
        Moment::seconds(given).unwrap_err()
    }

    #[test]
    fn a_date_time_becomes_the_seconds_of_its_moment() {
        for (text, expected) in [
            ("1362254400", 1_362_254_400),
            ("1362254400.0", 1_362_254_400),
            ("946684800", 946_684_800),
            ("2524607999", 2_524_607_999),
            ("2013-03-03T00:00:00+04:00", 1_362_254_400),
            ("2013-03-03 00:00+04", 1_362_254_400),
            ("2013-03-03 00:00:00.5 +0400", 1_362_254_400),
            ("2013-03-02 20:00:00 UTC", 1_362_254_400),
            ("2013-03-02T20:00 GMT", 1_362_254_400),
            ("2013-03-02t20:00:00.999z", 1_362_254_400),
            ("2013-03-02T12:30:00.0-07:30", 1_362_254_400),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2016-12-31T23:59:60Z", 1_483_228_799),
            ("2050-01-01T00:30:00+03:00", 2_524_599_000),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        let number = |number| Moment::seconds(Given::Number(number)).ok();
        assert_eq!(number("1.3622544e9"), Some(1_362_254_400));
        assert_eq!(number("1362254400.0"), Some(1_362_254_400));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "2013-03-03",
            "2013-03-03T00:00:00",
            "2013-03-03  00:00:00Z",
            "2013-02-29T00:00:00Z",
            "2013-3-3T00:00:00Z",
            "2013-03-03T00:00:00.Z",
            "2013-03-03T00:00:00,5Z",
            "2013-03-03T00:00:00+4:00",
            "2013-03-03T00:00:00+",
            "2013-03-03T00:00:00+04:",
            "2013-03-03T00:00:00+04:0",
            "2013-03-03T00:00:00+24:00",
            "2013-03-03T00:00:00+04:60",
            "2013-03-03T00:00:00  Z",
            "2013-03-03T00:00:00Zx",
            "2013-03-03T00:00:00 MSK",
            "2013-03-03T24:00:00Z",
            "2013-03-03T00:00:61Z",
            "1999-12-31T23:59:59Z",
            "2000-01-01T00:00:00+01:00",
            "946684799",
            "2524608000",
            "-1",
            "+1362254400",
            "1e9",
            "1362254400000",
            "2013-03-0я",
            "99999999999999999999",
            "0000-00-00 00:00:00",
            "tomorrow",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_value_looks_like_and_what_to_give() {
        for (text, words) in [
            ("1795606200000", "is in milliseconds"),
            ("1795606200000000", "is in microseconds"),
            ("2026-11-25", "a day without a time"),
            ("25.11.2026 14:30", "has no time zone"),
            ("2026/11/25", "has no time zone"),
            ("2026-11-25T14:30:00", "has no time zone"),
            ("2026-11-25T14:30:00 MSK", "not written as an offset"),
        ] {
            let told = told(Given::Text(text.into()));
            assert!(told.contains(words) && told.contains(text) && told.ends_with(GIVE), "{told}");
        }
        assert!(told(Given::Number("45986.5")).contains("day number (got 45986.5)"));
        assert!(told(Given::Switch(true)).contains("not a boolean"));
    }
}
