//! What only an accident makes of prose: a message, a title, a remark.
//!
//! People write quotation marks, "N/A", brackets and emoji, whose characters can't all be seen. So a
//! text counts as an accident only if all of it is what a program writes, letter for letter.

use super::{Flaw, is_control};
use crate::text::contains;

/// What programs write where they have no value, as they write it: in Python, JavaScript, SQL, C, Go,
/// pandas, Luxon.
const NO_VALUE: [&str; 15] = [
    "None",
    "null",
    "NULL",
    "undefined",
    "NaN",
    "nan",
    "NaT",
    "nil",
    "<nil>",
    "<NA>",
    "(null)",
    "<null>",
    "\\N",
    "Invalid Date",
    "Invalid DateTime",
];

/// The errors of spreadsheets, without their number sign, in English and in some other languages.
const SHEET_ERRORS: [&str; 19] = [
    "N/A",
    "REF!",
    "VALUE!",
    "NAME?",
    "DIV/0!",
    "NUM!",
    "NULL!",
    "SPILL!",
    "CALC!",
    "ERROR!",
    "Н/Д",
    "ССЫЛКА!",
    "ЗНАЧ!",
    "ИМЯ?",
    "ДЕЛ/0!",
    "ЧИСЛО!",
    "BEZUG!",
    "WERT!",
    "NV",
];

impl Flaw {
    /// The flaw of prose that has no blanks around it; with `lines`, it may have several.
    #[inline(never)]
    pub fn of_prose(text: &str, lines: bool) -> Option<Self> {
        let is_odd = |c: char| is_control(c) && !(lines && is_line_break_or_tab(c));
        if let Some(c) = text.chars().find(|c| is_odd(*c)) {
            return Some(Self::Hidden(c));
        }
        if contains(text, "\u{fffd}") {
            return Some(Self::Lost);
        }
        if NO_VALUE.contains(&text) {
            return Some(Self::NoValue);
        }
        if text.strip_prefix('#').is_some_and(|error| SHEET_ERRORS.contains(&error)) {
            return Some(Self::SheetError);
        }
        let is_all = |open: &str, close: &str| {
            text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|rest| !contains(rest, close))
        };
        if is_all("[object ", "]") || (is_all("<", ">") && contains(text, " at 0x")) {
            return Some(Self::NoText);
        }
        let templates = [("{{", "}}"), ("${", "}"), ("#{", "}"), ("@{", "}"), ("<%", "%>"), ("{%", "%}")];
        templates.iter().any(|(open, close)| is_all(open, close)).then_some(Self::Template)
    }
}

fn is_line_break_or_tab(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_has_no_flaw() {
        for text in [
            "",
            "Null Object Pattern",
            "\"Quoted\"",
            "«Война и мир»",
            "'90s",
            "N/A",
            "none",
            "n/a",
            "true",
            "[Update] shipped [today]",
            "[]",
            "<b>Thanks!</b>",
            "{\"a\": 1}",
            "=) thanks",
            "=== News ===",
            "#wow!",
            "#SALE!",
            "# 5",
            "100%",
            "%RPO% means the number",
            "Dear {{ name }}, write {{ name }} where the name goes",
            "${a} or ${b}",
            "Infinity",
            "I ❤\u{fe0f} it, 👨\u{200d}👩\u{200d}👧",
            "5\u{a0}000 руб.",
            "می\u{200c}خواهم",
            "שלום\u{200f}!",
            "sou\u{ad}ple",
        ] {
            for lines in [false, true] {
                assert_eq!(Flaw::of_prose(text, lines), None, "{text}");
            }
        }
        assert_eq!(Flaw::of_prose("Allergies:\nNone\n\n\"so far\"\r\n\tnull", true), None);
    }

    #[test]
    fn what_is_all_a_programs_is_an_accident() {
        for (flaw, texts) in [
            (Flaw::NoValue, &["None", "null", "undefined", "NaN", "<NA>", "\\N", "Invalid DateTime"][..]),
            (Flaw::NoText, &["[object Object]", "[object Promise]", "<function f at 0x7f0c>"]),
            (Flaw::SheetError, &["#REF!", "#N/A", "#Н/Д", "#ССЫЛКА!", "#DIV/0!", "#NAME?"]),
            (
                Flaw::Template,
                &["{{ $json.message }}", "{{message}}", "${MESSAGE}", "<%= message %>", "@{variables('x')}"],
            ),
            (Flaw::Lost, &["Stra\u{fffd}e"]),
            (Flaw::Hidden('\0'), &["a\0b"]),
            (Flaw::Hidden('\u{1b}'), &["\u{1b}[31mred"]),
        ] {
            for text in texts {
                for lines in [false, true] {
                    assert_eq!(Flaw::of_prose(text, lines), Some(flaw), "{text}");
                }
            }
        }
        for text in ["a\nb", "a\tb", "a\u{2028}b", "a\u{85}b"] {
            assert!(matches!(Flaw::of_prose(text, false), Some(Flaw::Hidden(_))), "{text:?}");
        }
    }
}
