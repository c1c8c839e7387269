//! Tracking numbers.

use serde_json::{Value, json};

use super::number::{Decimal, SHORTENED, all_digits, is_shortened};
use crate::input::{Given, quoted};

/// The largest number of characters of a tracking number.
const CHARS: usize = 64;

/// A number from here on may have been rounded by a program: 2^53.
const ROUNDED: u64 = 1 << 53;

/// The number of a postal item: 1 to 64 characters, none of them hidden. Customers see it, so what
/// only an accident can have written is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingNumber(String);

impl TrackingNumber {
    /// Reads a text, or a whole number that no program rounds.
    ///
    /// # Errors
    /// Why it is not a tracking number.
    pub fn read(given: Given) -> Result<Self, String> {
        match given {
            Given::Text(text) => Self::from_text(&text),
            Given::Number(number) => Self::from_number(number),
            Given::Other(what) => Err(format!("must be a text, not {what}")),
        }
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if is_shortened(text) {
            return Err(format!("{SHORTENED}{}", quoted(text)));
        }
        if Decimal::read(text).is_some_and(|number| number.is_whole()) {
            return Err(format!(
                "has become a number with a fraction in some program: give it as a text{}",
                quoted(text)
            ));
        }
        let chars = text.chars().count();
        if chars > CHARS {
            return Err(format!("must have at most {CHARS} characters, not {chars}"));
        }
        Ok(Self(text.to_owned()))
    }

    /// JSON writes whole numbers as digits alone, without zeros in front.
    fn from_number(number: &str) -> Result<Self, String> {
        let why = match number.parse() {
            Ok(1_u64..ROUNDED) => return Ok(Self(number.to_owned())),
            Ok(0) => "is 0, which is no tracking number",
            _ if all_digits(number) => "is a number so large that programs round it: give it as a text",
            _ => "is a number that is not whole, or shortened: give it as a text",
        };
        Err(format!("{why} (got {})", &number.get(..40).unwrap_or(number)))
    }

    /// The number without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The canonical forms of what [`TrackingNumber::read`] takes, or absent. A pattern can't tell
    /// an accident.
    pub fn optional_schema() -> Value {
        const INNER: &str = "[^\\u0000-\\u001f\\u007f-\\u009f]";
        const OUTER: &str = "[^\\s\\u0000-\\u001f\\u007f-\\u009f]";
        json!({
            "type": ["string", "null"],
            "pattern": format!("^\\s*({OUTER}({INNER}{{0,{}}}{OUTER})?)?\\s*$", CHARS - 2)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: Given) -> Option<String> {
        TrackingNumber::read(given).ok().map(|number| number.as_str().to_owned())
    }

    #[test]
    fn a_text_stays_as_it_is() {
        for text in ["RA 123", "0080080000000001", "80E13", "12.5", "1.23.0", &"я".repeat(64)] {
            assert_eq!(read(Given::Text(text.into())).as_deref(), Some(text));
        }
        assert_eq!(read(Given::Text("я".repeat(65).into())), None);
    }

    #[test]
    fn what_a_program_has_made_of_a_number_is_refused_by_name() {
        for (text, word) in [
            ("8.008e+13", "shortened"),
            ("8,008E+13", "shortened"),
            ("1.0E13", "shortened"),
            ("80080000000001.0", "fraction"),
            ("80080000000001,00", "fraction"),
        ] {
            let told = TrackingNumber::read(Given::Text(text.into())).unwrap_err();
            assert!(told.contains(word) && told.contains(text), "{told}");
        }
    }

    #[test]
    fn a_whole_number_is_taken_as_it_is_written_as_far_as_programs_keep_it() {
        for number in ["1", "80080000000001", "9007199254740991"] {
            assert_eq!(read(Given::Number(number)).as_deref(), Some(number));
        }
        for number in ["0", "-1", "9007199254740992", "80080000000001.0", "8.008e13", "8008e10", "1.5", &"9".repeat(99)]
        {
            assert_eq!(read(Given::Number(number)), None, "{number}");
        }
    }
}
