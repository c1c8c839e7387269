//! Days as numbers, so that some can be added, and as the service writes them.

/// The days since 1970-01-01 of `YYYY-MM-DD`; `None` if it is none.
pub fn number(day: &str) -> Option<i64> {
    let mut parts =
        day.split('-').map(|part| part.parse::<i64>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit())));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_day = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_day || parts.next().is_some() {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// `dd.mm.yyyy`, as lists of orders have it.
pub fn dotted(number: i64) -> String {
    let (year, month, day) = date(number);
    [digits(day, 2), digits(month, 2), digits(year, 4)].join(".")
}

/// `YYYY-MM-DD`.
pub fn dashed(number: i64) -> String {
    let (year, month, day) = date(number);
    [digits(year, 4), digits(month, 2), digits(day, 2)].join("-")
}

/// Year, month and day: what [`number`] is made of, backwards.
fn date(number: i64) -> (i64, i64, i64) {
    let days = number + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + carry, month, day)
}

/// A number with zeros in front.
fn digits(number: i64, length: usize) -> String {
    let digits = number.to_string();
    [&"000"[..length.saturating_sub(digits.len()).min(3)], &digits].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_two_centuries_reads_back_as_it_is_written() {
        for day in -25_567..47_482 {
            assert_eq!(number(&dashed(day)), Some(day));
        }
        assert_eq!((number("1970-01-01"), dotted(0)), (Some(0), "01.01.1970".to_owned()));
        assert_eq!(dotted(17_198), "01.02.2017");
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["", "2017", "2017-01", "2017-13-01", "2017-01-32", "2017-01-01-01", "+2017-01-01", "2017-1x-01"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
