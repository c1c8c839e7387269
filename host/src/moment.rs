//! Dates as people and programs write them, for somebody in a time zone.
//!
//! Plugins take moments alone: UNIX seconds, or a date-time with its offset. A person's spreadsheet
//! has `25.11.2026 14:30`, a program `Wed Nov 25 2026 14:30:00 GMT+0300`. Whoever knows the person's
//! time zone makes moments of them. `tests/vectors/moments.json` says which, for all hosts; what
//! stands there as refused, and what is not recognised here, is never guessed at.

mod reason;
mod scan;

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

pub use reason::Reason;
use scan::{Scan, Shape};

/// What a shop can mean: from the year 2000 on, up to 2050. In UNIX seconds.
const MEANT: std::ops::Range<i64> = 946_684_800..2_524_608_000;

/// What a text says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A moment, in UNIX seconds.
    At {
        /// UNIX seconds.
        seconds: i64,
        /// Whether the person's time zone had to be known for that.
        local: bool,
    },
    /// It is written as a date and is none to go by.
    Refused(Reason),
    /// Nothing that is known here. It may still be what a plugin takes, or has words for.
    Unknown,
}

/// How somebody's dates are to be read.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    zone: Zone,
    formats: Vec<String>,
}

/// The zone of dates without one.
#[derive(Debug, Clone, Default)]
enum Zone {
    #[default]
    Unknown,
    System,
    Named(TimeZone),
}

/// The system's, if it is known. To find it all folders of zones are read, which takes longer than a call.
static SYSTEM: LazyLock<Option<TimeZone>> =
    LazyLock::new(|| TimeZone::try_system().ok().filter(|zone| !zone.is_unknown()));

impl Zone {
    fn get(&self) -> Option<&TimeZone> {
        match self {
            Self::Unknown => None,
            Self::System => SYSTEM.as_ref(),
            Self::Named(zone) => Some(zone),
        }
    }
}

impl Clock {
    /// In the zone of this IANA name (or offset, such as +03:00), or else in the system's; with
    /// formats, as `strftime` has them, of dates that are written in no other way.
    ///
    /// # Errors
    /// If there is no such zone, or a format does not hold a whole day.
    pub fn new(zone: Option<&str>, formats: Vec<String>) -> Result<Self, String> {
        let zone = zone.map(named).transpose()?.map_or(Zone::System, Zone::Named);
        for format in &formats {
            check_format(format)?;
        }
        Ok(Self { zone, formats })
    }

    /// The zone's name; `None` if it is not known or has none.
    pub fn zone_name(&self) -> Option<String> {
        let zone = self.zone.get()?;
        let fixed = || zone.to_fixed_offset().ok().map(|offset| offset.to_string());
        zone.iana_name().map(str::to_owned).or_else(fixed)
    }

    /// All that decides what a text says, as text; the zone only if something was local.
    pub fn fingerprint(&self, local: bool) -> String {
        format!("{:?}{:?}", local.then(|| self.zone_name()).flatten(), self.formats)
    }

    /// What a text says of a moment.
    pub fn read(&self, text: &str) -> Moment {
        let text = text.trim();
        for format in &self.formats {
            if let Ok(time) = strtime::parse(format, text) {
                return self.parsed(&time);
            }
        }
        // With its year first, a date can be read in one way only.
        let year_first = text.len() > 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
        match self.written(text) {
            // Whoever says how dates are written means all that could be read in another way.
            Moment::At { local: true, .. } | Moment::Refused(_) if !self.formats.is_empty() && !year_first => {
                Moment::Refused(Reason::OtherFormat)
            }
            moment => moment,
        }
    }

    fn written(&self, text: &str) -> Moment {
        if let Some(moment) = whole_number(text) {
            return moment;
        }
        let shape = match Scan::of(text) {
            Some(Ok(shape)) => shape,
            Some(Err(why)) => return Moment::Refused(why),
            None => return Moment::Unknown,
        };
        let Shape { year, month, day, time: (hour, minute, second), offset } = shape;
        if !(1..=12).contains(&month) {
            return Moment::Refused(Reason::NoSuchMonth);
        }
        let Ok(date) = Date::new(year, month, day) else {
            return Moment::Refused(Reason::NoSuchDay);
        };
        let Ok(time) = Time::new(hour, minute, second, 0) else {
            return Moment::Refused(Reason::NoSuchTime);
        };
        self.at(DateTime::from_parts(date, time), offset)
    }

    fn parsed(&self, time: &strtime::BrokenDownTime) -> Moment {
        let Ok(date) = time.to_date() else {
            return Moment::Refused(Reason::NoSuchDay);
        };
        let clock = if time.hour().is_some() { time.to_time().ok() } else { Some(Time::midnight()) };
        let Some(clock) = clock else {
            return Moment::Refused(Reason::NoSuchTime);
        };
        self.at(DateTime::from_parts(date, clock), time.offset().map(Offset::seconds))
    }

    fn at(&self, local: DateTime, offset: Option<i32>) -> Moment {
        let zone = match offset {
            Some(seconds) => Offset::from_seconds(seconds).map(TimeZone::fixed).ok(),
            None => self.zone.get().cloned(),
        };
        let Some(zone) = zone else {
            return Moment::Refused(if offset.is_some() { Reason::NoSuchOffset } else { Reason::NoZone });
        };
        let written = zone.to_ambiguous_timestamp(local);
        // A day begins at midnight, or, where clocks skip that or show it twice, when it first has begun.
        // Of any other time it is not known which moment is meant.
        match written.offset() {
            _ if local.time() == Time::midnight() => {}
            AmbiguousOffset::Unambiguous { .. } => {}
            AmbiguousOffset::Gap { .. } => return Moment::Refused(Reason::SkippedTime),
            AmbiguousOffset::Fold { .. } => return Moment::Refused(Reason::RepeatedTime),
        }
        let seconds = written.compatible().map(jiff::Timestamp::as_second);
        match seconds {
            Ok(seconds) if MEANT.contains(&seconds) => Moment::At { seconds, local: offset.is_none() },
            // What is a moment already is for the plugin to judge.
            _ if offset.is_some() => Moment::Unknown,
            Ok(seconds) if seconds < MEANT.start => Moment::Refused(Reason::TooEarly),
            _ => Moment::Refused(Reason::TooLate),
        }
    }
}

/// UNIX seconds, or JavaScript's milliseconds; with a zero fraction, as pandas writes them. Other
/// numbers are for the plugin to judge, but for what spreadsheets and programs make of a date.
fn whole_number(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    // The days of 1982 to 2064; their fraction is the time.
    if (30_000..60_000).contains(&number) && whole.len() == 5 {
        return Some(Moment::Refused(Reason::DayNumber));
    }
    if fraction.bytes().any(|byte| byte != b'0') {
        return None;
    }
    match whole.len() {
        8 if whole.starts_with("20") => return Some(Moment::Refused(Reason::CompactDay)),
        12 | 14 if whole.starts_with("20") => return Some(Moment::Refused(Reason::CompactMoment)),
        _ => {}
    }
    let seconds = [number, number / 1000].into_iter().find(|seconds| MEANT.contains(seconds));
    Some(seconds.map_or(Moment::Unknown, |seconds| Moment::At { seconds, local: false }))
}

fn named(name: &str) -> Result<TimeZone, String> {
    let name = name.trim();
    if let Some(seconds) = scan::offset(name) {
        let offset = seconds.ok().and_then(|seconds| Offset::from_seconds(seconds).ok());
        return offset.map(TimeZone::fixed).ok_or(format!("{name} is no offset from UTC: +03:00 is one"));
    }
    TimeZone::get(name).map_err(|_| {
        format!("{name} is no time zone's name: Europe/Moscow and Europe/Berlin are some, of the IANA's list")
    })
}

/// Checks that a day is the same when it was written and read in this format.
fn check_format(format: &str) -> Result<(), String> {
    let day = Date::constant(2026, 11, 25);
    let sample = TimeZone::UTC.to_zoned_datetime(DateTime::from_parts(day, Time::constant(14, 30, 5, 0)));
    let there_and_back = || {
        let text = strtime::format(format, &sample.ok()?).ok()?;
        strtime::parse(format, text).ok()?.to_date().ok()
    };
    if there_and_back() == Some(day) {
        return Ok(());
    }
    Err(format!(
        "{format} does not say where day, month and year stand: %d/%m/%Y is for 25/11/2026, %m/%d/%y %H:%M for 11/25/26 14:30"
    ))
}

#[cfg(test)]
mod tests;
