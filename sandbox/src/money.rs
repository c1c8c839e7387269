//! Sums of money, in hundredths.

/// A sum as a form has it: digits, and perhaps a dot and one or two more. A comma is no dot.
pub(crate) fn read(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: u64 = part.parse().ok().map(|number: u64| if part.len() == 1 { number * 10 } else { number })?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)
}

/// A sum as the service prints it: `3900.00`.
pub(crate) fn print(sum: u64) -> String {
    format!("{}.{:02}", sum / 100, sum % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_printed_with_two_places_however_it_was_given() {
        for (given, printed) in [("3900", "3900.00"), ("1500.5", "1500.50"), ("0.01", "0.01"), ("0", "0.00")] {
            assert_eq!(read(given).map(print).as_deref(), Some(printed));
        }
        for bad in ["", "-1", "1,5", "1.", ".5", "1.234", "1e3", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
