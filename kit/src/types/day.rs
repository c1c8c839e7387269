//! Days of the calendar.

use super::date_time::{Why, day_number, digits, rfc3339};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::split;
use crate::values::Value;

/// A day of the years 1900 to 2099, as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day;

impl Day {
    /// The days since 1970-01-01 of a day that is written so; `None` if it is none.
    pub fn number(text: &str) -> Option<i64> {
        read(text)?.ok()
    }

    /// Such a number as a day is written; empty beyond the years 0000 to 9999.
    pub fn text(number: i64) -> String {
        let written = rfc3339(number.saturating_mul(86_400)).unwrap_or_default();
        split(&written, 10).0.to_owned()
    }
}

/// The number of a day, or why there is no such day; `None` if it is not written as one.
#[inline(never)]
fn read(text: &str) -> Option<Result<i64, Why>> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    rest = rest.strip_prefix('-')?;
    let month = digits(&mut rest, 2)?;
    rest = rest.strip_prefix('-')?;
    let day = digits(&mut rest, 2)?;
    (rest.is_empty() && (1900..2100).contains(&year)).then(|| day_number(year, month, day))
}

impl Type for Day {
    fn read(&self, given: Given) -> Result<Value, String> {
        let Given::Text(text) = given else { return Err(must_be("a day such as 2026-11-25", &given)) };
        match read(&text) {
            Some(Ok(_)) => Ok(Value::Text(text.into_owned())),
            Some(Err(why)) => Err([why, &quoted(&text)].concat()),
            None => Err(["must be a day such as 2026-11-25", &quoted(&text)].concat()),
        }
    }

    /// A pattern can't tell the days of a month.
    fn schema(&self, schema: Object, optional: bool) -> Object {
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""string""#, optional)
            .text("pattern", &[blank, "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"].concat())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused(r#""25.11.2026""#, "a day is written year, month, day"),
            Refused(r#""2026-13-01""#, "there is no 13th month"),
            Refused(r#""2026-02-29""#, "2026 is no leap year"),
            Refused(r#""2026-11-25T10:00:00Z""#, "a day has no time"),
            Refused("20261125", "a day without separators"),
            Refused("46351", "a spreadsheet's day number"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_two_centuries_reads_back_as_it_is_written() {
        for day in -25_567..47_482 {
            assert_eq!(Day::number(&Day::text(day)), Some(day));
        }
        assert_eq!((Day::number("1970-01-01"), Day::text(17_198).as_str()), (Some(0), "2017-02-01"));
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["", "2017", "2017-01", "2017-13-01", "2017-01-32", "2017-01-01-01", "+2017-01-01", "2017-1x-01"] {
            assert_eq!(Day::number(text), None, "{text}");
        }
    }
}
