//! Moments: UNIX seconds, or a date-time that says its offset.

use super::number::{Decimal, all_digits, is_shortened, whole_number};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::split;
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

/// Why a value is no moment, continuing "`field` …".
type Why = &'static str;

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
        DateTime::read(text).map_or_else(|| Err(suspicion(text)), |date_time| date_time.seconds())
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
const NO_OFFSET: Why = "has no time zone";

#[inline(never)]
fn from_digits(digits: &str) -> Result<i64, Why> {
    let number = digits.parse::<i64>().map_err(|_| if all_digits(digits) { "is after 2049" } else { NO_DATE_TIME })?;
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

/// A date-time as it is written: `YYYY-MM-DD`, `T` or a blank, `HH:MM[:SS[.fraction]]`, a blank or
/// none, and the offset. Or less of it.
struct DateTime<'a> {
    year: i64,
    month: i64,
    day: i64,
    time: Option<Time<'a>>,
}

struct Time<'a> {
    hour: i64,
    minute: i64,
    second: i64,
    /// What is left for the offset.
    offset: &'a str,
}

impl<'a> DateTime<'a> {
    /// `None` if it does not begin with a day, or goes on in another way.
    fn read(text: &'a str) -> Option<Self> {
        let mut rest = text;
        let year = digits(&mut rest, 4)?;
        let month = rest.strip_prefix('-').and_then(|after| digits(step(&mut rest, after), 2))?;
        let day = rest.strip_prefix('-').and_then(|after| digits(step(&mut rest, after), 2))?;
        let time = if rest.is_empty() { None } else { Some(Time::read(rest.strip_prefix(['T', 't', ' '])?)?) };
        Some(Self { year, month, day, time })
    }

    fn seconds(&self) -> Result<i64, Why> {
        let days = day_number(self.year, self.month, self.day)?;
        let Some(time) = &self.time else { return Err("is a day without a time and a time zone") };
        if time.hour > 23 || time.minute > 59 || time.second > 60 {
            return Err("is not possible, there is no such time");
        }
        // A leap second counts as the one before it.
        let local = days * 86_400 + time.hour * 3600 + time.minute * 60 + time.second.min(59);
        let seconds = local - offset_seconds(time.offset)?;
        match seconds {
            _ if seconds < FIRST => Err("is before 2000"),
            _ if seconds >= END => Err("is after 2049"),
            _ => Ok(seconds),
        }
    }
}

impl<'a> Time<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut rest = text;
        let hour = digits(&mut rest, 2)?;
        let minute = rest.strip_prefix(':').and_then(|after| digits(step(&mut rest, after), 2))?;
        let second = match rest.strip_prefix(':') {
            Some(after) => digits(step(&mut rest, after), 2)?,
            None => return Some(Self { hour, minute, second: 0, offset: rest }),
        };
        let offset = match rest.strip_prefix('.') {
            None => rest,
            Some(fraction) => {
                let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
                (offset.len() < fraction.len()).then_some(offset)?
            }
        };
        Some(Self { hour, minute, second, offset })
    }
}

/// Moves on to what is left of a text.
fn step<'s, 'a>(rest: &'s mut &'a str, after: &'a str) -> &'s mut &'a str {
    *rest = after;
    rest
}

/// Reads exactly so many digits, at most a dozen.
#[inline(never)]
pub(super) fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (number, after) = split(rest, count);
    let number = (number.len() == count && all_digits(number)).then(|| number.parse().ok())??;
    *rest = after;
    Some(number)
}

/// The seconds by which an offset is ahead of UTC: `Z`, `UTC`, `GMT`, `±HH`, `±HHMM`, `±HH:MM`.
#[inline(never)]
fn offset_seconds(text: &str) -> Result<i64, Why> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Ok(0);
    }
    if text.is_empty() {
        return Err(NO_OFFSET);
    }
    let read = || {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let mut rest = text.strip_prefix(['+', '-'])?;
        let hours = digits(&mut rest, 2)?;
        rest = rest.strip_prefix(':').filter(|minutes| !minutes.is_empty()).unwrap_or(rest);
        let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2)? };
        rest.is_empty().then_some((sign, hours, minutes))
    };
    match read() {
        Some((sign, hours @ 0..24, minutes @ 0..60)) => Ok(sign * (hours * 3600 + minutes * 60)),
        Some(_) => Err("is not possible, there is no such offset"),
        None => Err("has a time zone that is not written as an offset"),
    }
}

/// The days since 1970-01-01 of a day in the calendar of today.
#[inline(never)]
pub(super) fn day_number(year: i64, month: i64, day: i64) -> Result<i64, Why> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return Err("is not possible, there is no such month"),
    };
    if !(1..=length).contains(&day) {
        return Err("is not possible, there is no such day");
    }
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Ok(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
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
    let number = |digits: &str| digits.parse::<i64>().unwrap_or_default();
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
