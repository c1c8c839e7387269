//! Taking a written date apart. Nothing here knows a calendar.

use super::reason::Reason;

/// The parts of a date as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    /// Hour, minute and second; midnight where there is no time.
    pub time: (i8, i8, i8),
    /// In seconds east of UTC, if it is written.
    pub offset: Option<i32>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What is left of a text to be read.
pub struct Scan<'a>(&'a str);

impl<'a> Scan<'a> {
    /// The parts of a date; `None` if it is not written as one, the error if as one that can't be.
    pub fn of(text: &str) -> Option<Result<Shape, Reason>> {
        // JavaScript puts a narrow one before PM, spreadsheets put one between day and time.
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        if (Scan(&text)).time().is_some_and(|(_, rest)| rest.is_empty()) {
            return Some(Err(Reason::NoDay));
        }
        let mut scan = Scan(&text);
        let day = scan.weekday_first().or_else(|| scan.digits_first())?;
        let shape = scan.behind(day.unwrap_or((0, 0, 0)))?;
        Some(day.and(shape))
    }

    /// `2026-11-25`, `25.11.2026`, `11/25/2026`.
    fn digits_first(&mut self) -> Option<Result<(i16, i8, i8), Reason>> {
        let first = self.number(4)?;
        let separator = self.any(&['-', '/', '.'])?;
        let second = self.number(2)?;
        self.take(separator)?;
        let third = self.number(4)?;
        let small = |number: &str| number.parse::<i8>().ok().filter(|_| number.len() <= 2);
        if first.len() == 4 && third.len() <= 2 {
            return Some(Ok((first.parse().ok()?, small(second)?, small(third)?)));
        }
        let (a, b) = (small(first)?, small(second)?);
        match (third.len(), separator) {
            (2, _) => return Some(Err(Reason::ShortYear)),
            (4, _) => {}
            _ => return None,
        }
        let year = third.parse().ok()?;
        Some(match separator {
            '.' => Ok((year, b, a)),
            _ if a == b || (a > 12 && b <= 12) => Ok((year, b, a)),
            _ if b > 12 && a <= 12 => Ok((year, a, b)),
            _ if a > 12 => Err(Reason::NoSuchMonth),
            _ => Err(Reason::MonthOrDayFirst),
        })
    }

    /// `Wed Nov 25 2026`, `Wed, 25 Nov 2026`, `25 Nov 2026`.
    fn weekday_first(&mut self) -> Option<Result<(i16, i8, i8), Reason>> {
        let mut scan = Scan(self.0);
        if scan.word(&DAYS).is_some() {
            let _ = scan.take(',');
            scan.blanks()?;
        }
        let (month, day) = match scan.word(&MONTHS) {
            Some(month) => (month, scan.blanks().and_then(|()| scan.number(2))?),
            None => {
                let day = scan.number(2)?;
                (scan.blanks().and_then(|()| scan.word(&MONTHS))?, day)
            }
        };
        scan.blanks()?;
        let year = scan.number(4).filter(|year| year.len() == 4)?;
        let day = day.parse().ok()?;
        let read = (year.parse().ok()?, i8::try_from(month).ok()? + 1, day);
        self.0 = scan.0;
        Some(Ok(read))
    }

    /// What may stand behind a day: a time, and then an offset.
    fn behind(&mut self, (year, month, day): (i16, i8, i8)) -> Option<Result<Shape, Reason>> {
        let shape = |time, offset| Shape { year, month, day, time, offset };
        if self.0.is_empty() {
            return Some(Ok(shape((0, 0, 0), None)));
        }
        if self.any(&['T', 't']).is_none() {
            let _ = self.take(',');
            self.blanks()?;
        }
        let (time, rest) = self.time()?;
        let rest = rest.trim_start();
        // Temporal's zone, and the name that JavaScript and Go put behind the offset.
        let zoned = rest.split_once('[').filter(|(_, zone)| zone.ends_with(']'));
        // A zone alone is somebody's, and not known here.
        if zoned.is_some_and(|(offset, _)| offset.trim().is_empty()) {
            return None;
        }
        let rest = zoned.map_or(rest, |(before, _)| before);
        let rest = rest.split_once(" (").filter(|(_, zone)| zone.ends_with(')')).map_or(rest, |(before, _)| before);
        let named = rest.split_once(' ').filter(|(_, name)| name.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let rest = named.map_or(rest, |(before, _)| before);
        let offset = match rest {
            "" => None,
            rest => match offset(rest)? {
                Ok(seconds) => Some(seconds),
                Err(why) => return Some(Err(why)),
            },
        };
        Some(time.map(|time| shape(time, offset)))
    }

    /// `14:30`, `9:05:07.25`, `2:30 PM`, and what stands behind it.
    #[expect(clippy::type_complexity, reason = "three numbers or what is wrong with them, and the rest")]
    fn time(&self) -> Option<(Result<(i8, i8, i8), Reason>, &'a str)> {
        let mut scan = Scan(self.0);
        let hour: i8 = scan.number(2)?.parse().ok()?;
        scan.take(':')?;
        let minute: i8 = scan.number(2).filter(|minute| minute.len() == 2)?.parse().ok()?;
        let mut second = 0;
        if scan.take(':').is_some() {
            second = scan.number(2).filter(|second| second.len() == 2)?.parse().ok()?;
            if scan.take('.').is_some() {
                scan.number(9)?;
            }
        }
        let half = scan.0.trim_start();
        let after = half.get(2..).filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let hour = match (half.get(..2).map(str::to_ascii_lowercase).as_deref(), after) {
            (Some(word @ ("am" | "pm")), Some(rest)) => {
                scan.0 = rest;
                // Twelve comes before one.
                if (1..=12).contains(&hour) { hour % 12 + if word == "pm" { 12 } else { 0 } } else { i8::MAX }
            }
            _ => hour,
        };
        let there = hour < 24 && minute < 60 && second < 60;
        Some((if there { Ok((hour, minute, second)) } else { Err(Reason::NoSuchTime) }, scan.0))
    }

    /// So many digits at most.
    fn number(&mut self, most: usize) -> Option<&'a str> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        (1..=most).contains(&digits).then_some(number)
    }

    /// One of these words, or a longer one that begins so: `Nov`, `November`.
    fn word(&mut self, words: &[&str]) -> Option<usize> {
        let letters = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.0.split_at(letters);
        let place = words.iter().position(|it| word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case(it)))?;
        self.0 = rest.strip_prefix('.').unwrap_or(rest);
        Some(place)
    }

    fn any(&mut self, of: &[char]) -> Option<char> {
        let found = self.0.chars().next().filter(|next| of.contains(next))?;
        self.take(found).map(|()| found)
    }

    fn take(&mut self, what: char) -> Option<()> {
        self.0 = self.0.strip_prefix(what)?;
        Some(())
    }

    fn blanks(&mut self) -> Option<()> {
        let rest = self.0.trim_start();
        (rest.len() < self.0.len()).then(|| self.0 = rest)
    }
}

/// An offset in seconds: `Z`, `UTC`, `GMT+0300`, `+03`, `-05:30`; the error if there is none such.
pub fn offset(text: &str) -> Option<Result<i32, Reason>> {
    let utc = ["UTC", "GMT"].iter().find_map(|name| text.strip_prefix(name));
    let text = match (text, utc) {
        ("Z" | "z", _) | (_, Some("")) => return Some(Ok(0)),
        (text, utc) => utc.unwrap_or(text),
    };
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "\u{2212}", digits) => (-1, digits),
        _ => return None,
    };
    let digits = match digits.as_bytes() {
        [_, _, b':', _, _] => digits.replace(':', ""),
        _ => digits.to_owned(),
    };
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().unwrap_or(0));
    Some(if hours < 24 && minutes < 60 { Ok(sign * (hours * 3600 + minutes * 60)) } else { Err(Reason::NoSuchOffset) })
}
