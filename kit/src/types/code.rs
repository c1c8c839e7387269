//! What is printed on a parcel, a letter or an invoice: a text that may look like a number.

use super::must_be;
use super::number::{Decimal, SHORTENED, all_digits, is_shortened};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::text::integer;
use crate::values::Value;

/// A number from here on may have been rounded by a program: 2^53.
const ROUNDED: i64 = 1 << 53;

/// A code that people copy from somewhere, such as a tracking number: one line of characters. What
/// some program has made of it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    what: &'static str,
    max: usize,
}

impl Code {
    /// `what` it is called, such as "tracking number", and how many characters it has at most.
    pub const fn new(what: &'static str, max: usize) -> Self {
        Self { what, max }
    }

    fn read_text(self, text: &str) -> Result<Value, String> {
        if is_shortened(text) {
            return Err([SHORTENED, &quoted(text)].concat());
        }
        if Decimal::read(text).is_some_and(|number| number.is_whole()) {
            return Err(
                ["has become a number with a fraction in some program: give it as a text", &quoted(text)].concat()
            );
        }
        super::text::limited(text, self.max)
    }

    /// JSON writes whole numbers as digits alone, without zeros in front.
    fn read_number(self, number: &str) -> Result<Value, String> {
        let why = match integer(number) {
            Some(1..ROUNDED) => return Ok(Value::Text(number.to_owned())),
            Some(0) => &["is 0, which is no ", self.what].concat(),
            _ if all_digits(number) => "is a number so large that programs round it: give it as a text",
            _ => "is a number that is not whole, or shortened: give it as a text",
        };
        Err([why, " (got ", number.get(..40).unwrap_or(number), ")"].concat())
    }
}

impl Type for Code {
    fn read_reply(&self, given: Given) -> Result<Value, String> {
        super::text::given_text(given)
    }

    fn read(&self, given: Given) -> Result<Value, String> {
        match given {
            Given::Text(text) => self.read_text(&text),
            Given::Number(number) => self.read_number(number),
            other => Err(must_be("a text", &other)),
        }
    }

    /// A pattern can't tell an accident.
    fn schema(&self, schema: Object, optional: bool) -> Object {
        super::text::line_schema(schema, self.max, optional)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("8.008e13", "digits as they are printed, not a fraction"),
            Refused("9007199254740993", "so large a number has been rounded by many programs"),
            Refused("true", "a text"),
            Refused(r#""1000\n0000""#, "no line break"),
            Refused(r#""1000\u00a00000""#, "no blank that is no ordinary one"),
            Refused(r#""8.008e+13""#, "a spreadsheet has lost digits"),
            Refused(r#""80080000000001.0""#, "a program's number, not what is printed"),
            Refused(r#""None""#, "what a program writes for nothing"),
            Refused(r#""[object Object]""#, "what a program writes for an object"),
            Refused(r#""{{ $json.tracking }}""#, "a template that was not filled in"),
            Refused(r##""#N/A""##, "a spreadsheet's error"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Code = Code::new("tracking number", 64);

    fn read(given: Given) -> Option<String> {
        CODE.read(given).ok().map(|number| number.as_str().to_owned())
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
            let told = CODE.read(Given::Text(text.into())).unwrap_err();
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
