//! Days of the calendar, and the moments at which they begin.

/// Seconds in a day.
pub(crate) const DAY_S: i64 = 86_400;

/// A day as a number: those since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    /// The day of a date, if there is one.
    pub(crate) fn of(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        // Years that begin in March have their leap day at the end.
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let leap_days = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
        Some(Self(y * 365 + leap_days + (m * 153 + 2) / 5 + day - 1 - 719_468))
    }

    /// Year, month and day.
    pub(crate) fn date(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        (era * 400 + year_of_era + carry, month, day)
    }

    /// The day a month before; the month's last where it has no such day.
    pub(crate) fn month_before(self) -> Self {
        let (year, month, day) = self.date();
        let (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        Self::of(year, month, day.min(days_in(year, month))).unwrap_or(self)
    }

    /// The day of a moment, in a zone that is so many seconds ahead of UTC.
    pub(crate) fn at(moment: u64, zone_s: i64) -> Self {
        Self((i64::try_from(moment).unwrap_or(i64::MAX / 2) + zone_s).div_euclid(DAY_S))
    }

    /// `dd.mm.yyyy`.
    pub(crate) fn read_dotted(text: &str) -> Option<Self> {
        let [day, month, year] = numbers(text, '.', [2, 2, 4])?;
        Self::of(year, month, day)
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn read_dashed(text: &str) -> Option<Self> {
        let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
        Self::of(year, month, day)
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn numbers(text: &str, between: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    let parts: [&str; 3] = parts.try_into().ok()?;
    let is_number = |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().zip(lengths).all(is_number) {
        return None;
    }
    Some([parts[0].parse().ok()?, parts[1].parse().ok()?, parts[2].parse().ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_reads_back_as_its_date() {
        let mut last = None;
        for number in -40_000..110_000 {
            let (year, month, day) = Day(number).date();
            assert_eq!(Day::of(year, month, day), Some(Day(number)));
            assert!(last < Some((year, month, day)));
            last = Some((year, month, day));
        }
        assert_eq!(Day(0).date(), (1970, 1, 1));
    }

    #[test]
    fn days_are_read_in_the_two_spellings_of_the_service() {
        assert_eq!(Day::read_dotted("01.02.2017").map(Day::date), Some((2017, 2, 1)));
        assert_eq!(Day::read_dashed("2016-02-29").map(Day::date), Some((2016, 2, 29)));
        for bad in ["", "1.2.2017", "31.04.2017", "2017-02-01", "01.02.2017.", "01.13.2017", "+1.02.2017"] {
            assert_eq!(Day::read_dotted(bad), None, "{bad}");
        }
        assert_eq!(Day::read_dashed("2017-02-29"), None);
    }

    #[test]
    fn a_month_before_is_the_same_day_or_the_last() {
        let before = |text| Day::read_dotted(text).unwrap().month_before().date();
        assert_eq!(before("01.02.2017"), (2017, 1, 1));
        assert_eq!(before("31.03.2017"), (2017, 2, 28));
        assert_eq!(before("15.01.2017"), (2016, 12, 15));
    }

    /// The docs' example, midnight in Moscow when it was four hours ahead.
    #[test]
    fn a_moment_is_on_the_day_of_its_zone() {
        assert_eq!(Day::at(1_362_254_400, 4 * 3600).date(), (2013, 3, 3));
        assert_eq!(Day::at(1_362_254_400, 3 * 3600).date(), (2013, 3, 2));
    }
}
