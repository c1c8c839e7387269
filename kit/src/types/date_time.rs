//! Days and times as they are written, and the seconds that they stand for.

use super::number::all_digits;
use crate::text::{integer, split};

/// Why a text stands for none, continuing "`field` …".
pub type Why = &'static str;

/// A moment of which only its writer knows which it is.
pub const NO_OFFSET: Why = "has no time zone";

/// A date-time as it is written: `YYYY-MM-DD`, `T` or a blank, `HH:MM[:SS[.fraction]]`, a blank or
/// none, and the offset. Or less of it.
pub struct DateTime<'a> {
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
    pub fn read(text: &'a str) -> Option<Self> {
        let mut rest = text;
        let year = digits(&mut rest, 4)?;
        let month = rest.strip_prefix('-').and_then(|after| digits(step(&mut rest, after), 2))?;
        let day = rest.strip_prefix('-').and_then(|after| digits(step(&mut rest, after), 2))?;
        let time = if rest.is_empty() { None } else { Some(Time::read(rest.strip_prefix(['T', 't', ' '])?)?) };
        Some(Self { year, month, day, time })
    }

    /// The seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(&self) -> Result<i64, Why> {
        let days = day_number(self.year, self.month, self.day)?;
        let Some(time) = &self.time else { return Err("is a day without a time and a time zone") };
        if time.hour > 23 || time.minute > 59 || time.second > 60 {
            return Err("is not possible, there is no such time");
        }
        // A leap second counts as the one before it.
        let local = days * 86_400 + time.hour * 3600 + time.minute * 60 + time.second.min(59);
        Ok(local - offset_seconds(time.offset)?)
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
pub fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (number, after) = split(rest, count);
    let number = (number.len() == count && all_digits(number)).then(|| integer(number))??;
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
pub fn day_number(year: i64, month: i64, day: i64) -> Result<i64, Why> {
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

/// Seconds since 1970-01-01T00:00:00Z as RFC 3339 writes them; `None` beyond the years 0000 to 9999.
pub fn rfc3339(seconds: i64) -> Option<String> {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    if !(-719_528..2_932_897).contains(&days) {
        return None;
    }
    // Days since 0000-03-01, within their era of 400 years, and the year that begins in March.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (era * 400 + year, month + 3);
    let (year, month) = if month > 12 { (year + 1, month - 12) } else { (year, month) };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_are_written_as_others_write_them() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_362_340_800, "2013-03-03T20:00:00Z"),
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds).as_deref(), Some(text));
        }
        for seconds in [-62_167_219_201, 253_402_300_800, i64::MIN, i64::MAX] {
            assert_eq!(rfc3339(seconds), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in -62_167_219_200_i64..253_402_300_800) {
            let text = rfc3339(seconds).unwrap();
            prop_assert_eq!(DateTime::read(&text).unwrap().seconds(), Ok(seconds));
        }
    }
}
