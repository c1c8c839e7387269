//! Days of the calendar.

use super::date_time::{day_number, digits};
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::values::Value;

/// A day of the years 1900 to 2099, as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day;

impl Type for Day {
    fn read(&self, given: Given) -> Result<Value, String> {
        let Given::Text(text) = given else { return Err(must_be("a day such as 2026-11-25", &given)) };
        let is_day = || {
            let mut rest = text.as_ref();
            let year = digits(&mut rest, 4)?;
            rest = rest.strip_prefix('-')?;
            let month = digits(&mut rest, 2)?;
            rest = rest.strip_prefix('-')?;
            let day = digits(&mut rest, 2)?;
            (rest.is_empty() && (1900..2100).contains(&year)).then(|| day_number(year, month, day))
        };
        match is_day() {
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
