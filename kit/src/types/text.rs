//! Texts for people.

use super::number::all_digits;
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::flaw::Flaw;
use crate::given::Given;
use crate::json::Object;
use crate::values::Value;

/// A text that people write and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    max: usize,
    lines: bool,
    words: bool,
    name: bool,
}

impl Text {
    /// One line of prose, of at most so many characters: a message, a title, a remark. It is refused only
    /// if all of it is what a program writes by accident, such as `None`, `[object Object]`, `#REF!` or a
    /// template that nothing filled in.
    pub const fn new(max: usize) -> Self {
        Self { max, lines: false, words: false, name: false }
    }

    /// What somebody or something is called, of at most so many characters: quotation marks around it,
    /// characters that nobody sees, and all words for no value are accidents as well.
    pub const fn name(max: usize) -> Self {
        Self { max, lines: false, words: false, name: true }
    }

    /// Prose with line breaks.
    #[must_use]
    pub const fn with_lines(mut self) -> Self {
        self.lines = true;
        self
    }

    /// The same, where also words such as "None" and "null" may be meant.
    #[must_use]
    pub const fn with_any_word(mut self) -> Self {
        self.words = true;
        self
    }
}

impl Type for Text {
    fn read_reply(&self, given: Given) -> Result<Value, String> {
        given_text(given)
    }

    fn read(&self, given: Given) -> Result<Value, String> {
        match given {
            Given::Text(text) => limited(&text, self.max),
            // A whole number is the text of its digits, as far as no program rounds it.
            Given::Number(number) if all_digits(number) && number.len() < 16 => limited(number, self.max),
            other => Err(must_be("a text", &other)),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        if self.lines {
            let schema = typed(schema, r#""string""#, optional);
            let schema = if optional { schema } else { schema.text("pattern", "\\S") };
            schema.json("maxLength", &self.max.to_string())
        } else {
            line_schema(schema, self.max, optional)
        }
    }

    fn flaw(&self, text: &str) -> Option<Flaw> {
        let flaw = if self.name { Flaw::of(text) } else { Flaw::of_prose(text, self.lines) };
        flaw.filter(|flaw| !self.words || !flaw.is_word())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("true", "a text"),
            Refused("1.5", "a text"),
            Refused(r#"["text"]"#, "one text"),
            Refused(r#""{{ $json.text }}""#, "a template that was not filled in"),
        ]
    }
}

/// A text of at most `max` characters.
pub(super) fn limited(text: &str, max: usize) -> Result<Value, String> {
    let chars = text.chars().count();
    if chars > max {
        return Err(format!("must have at most {max} characters, not {chars}"));
    }
    Ok(Value::Text(text.to_owned()))
}

/// The schema of one line of at most `max` characters, with blanks around it.
pub(super) fn line_schema(schema: Object, max: usize, optional: bool) -> Object {
    const INNER: &str = r"[^\u0000-\u001f\u007f-\u009f]";
    const OUTER: &str = r"[^\s\u0000-\u001f\u007f-\u009f]";
    let line = format!("{OUTER}({INNER}{{0,{}}}{OUTER})?", max.saturating_sub(2));
    let line = if optional { ["(", &line, ")?"].concat() } else { line };
    typed(schema, r#""string""#, optional).text("pattern", &[r"^\s*", &line, r"\s*$"].concat())
}

/// What a service gives for a text, whatever it holds.
pub(super) fn given_text(given: Given) -> Result<Value, String> {
    match given {
        Given::Text(text) => Ok(Value::Text(text.into_owned())),
        Given::Number(number) => Ok(Value::Text(number.to_owned())),
        other => Err(must_be("a text", &other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Problems;
    use crate::input::read_value;

    fn read(kind: &Text, json: &str) -> Result<String, String> {
        let mut problems = Problems::new();
        let value = read_value(kind, "text", Given::of(json).unwrap(), &mut problems);
        value.map(|value| value.as_str().to_owned()).ok_or_else(|| problems[0].message.clone())
    }

    #[test]
    fn a_line_has_no_line_breaks_and_several_lines_may() {
        assert_eq!(read(&Text::new(9).with_lines(), r#""a\nb\tc""#), Ok("a\nb\tc".to_owned()));
        assert!(read(&Text::new(9), r#""a\nb""#).unwrap_err().contains("a line break"));
        assert!(read(&Text::new(9).with_lines(), r#""a\n\u0007b""#).unwrap_err().contains("a control character"));
        assert!(read(&Text::new(2), r#""abc""#).unwrap_err().contains("at most 2 characters"));
    }

    #[test]
    fn accidents_are_no_texts_unless_any_word_may_be_meant() {
        assert!(read(&Text::new(9), r#""None""#).unwrap_err().contains("no value"));
        assert_eq!(read(&Text::new(9).with_any_word(), r#""None""#), Ok("None".to_owned()));
        assert!(read(&Text::new(99).with_any_word(), r#""{{ $json.name }}""#).is_err());
    }

    #[test]
    fn prose_may_hold_what_a_name_may_not() {
        let lines = Text::new(99).with_lines();
        assert_eq!(read(&lines, r#""\"Hello\"\nNone""#), Ok("\"Hello\"\nNone".to_owned()));
        for text in ["\"Ann\"", "N/A", "a\u{200d}b", "=1", "[x]"] {
            let json = crate::json::quoted(text);
            assert_eq!(read(&Text::new(99), &json), Ok(text.to_owned()));
            assert!(read(&Text::name(99), &json).is_err(), "{text}");
        }
        assert_eq!(read(&Text::name(99).with_any_word(), r#""Null""#), Ok("Null".to_owned()));
        assert!(read(&Text::name(99).with_any_word(), r#""\"Null\"""#).is_err());
    }

    #[test]
    fn an_emoji_at_an_end_stays_whole() {
        for text in ["I ❤\u{fe0f}", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"] {
            let json = crate::json::quoted(&[" \u{feff}", text, "\u{200b}\n"].concat());
            assert_eq!(read(&Text::new(99), &json), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_short_whole_number_is_the_text_of_its_digits() {
        assert_eq!(read(&Text::new(99), "7000"), Ok("7000".to_owned()));
        for other in ["1.5", "1e5", "12345678901234567", "true", "[1]"] {
            assert!(read(&Text::new(99), other).is_err(), "{other}");
        }
    }
}
