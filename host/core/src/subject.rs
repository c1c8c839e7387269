//! What a call changes: the one notion of it, for all that keep calls on one thing apart.
//!
//! The queue, a batch's lanes and a virtual object's key all ask here. What is one thing to the
//! service has to be one here, or two calls on it could run at once or change their order. Where two
//! things are taken for one, a call merely waits in vain.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::description::ActionDescription;
use crate::text;

/// Whole numbers are written out up to so many zeros at their end; larger ones keep an exponent.
const MOST_ZEROS: i64 = 40;

/// What a call changes: the value of the field that the description names as the action's subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    field: String,
    value: String,
}

impl Subject {
    /// The subject of a call. None if there is none: then the plugin refuses the input, or there is
    /// nothing to be kept apart.
    pub fn of(action: &ActionDescription, input: &str) -> Option<Self> {
        let field = action.subject.as_deref()?;
        // Numbers stay as they are written: a float would take two long ones for one.
        let input = input.trim_start_matches('\u{feff}');
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(input).ok()?;
        Self::of_field(field, fields.get(field)?)
    }

    /// The subject that a field's value names, as JSON has it; None if the value counts as absent.
    pub fn of_field(field: &str, value: &RawValue) -> Option<Self> {
        let value = match serde_json::from_str::<Option<String>>(value.get()) {
            Ok(None) => return None,
            Ok(Some(text)) => Self::canonical(&text).into_owned(),
            Err(_) => Self::canonical(value.get()).into_owned(),
        };
        (!value.is_empty()).then(|| Self { field: field.to_owned(), value })
    }

    /// The value, in the one way in which it is written here.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// A value in the one way in which it is written here: without blanks around it, and a number
    /// without needless zeros, point or exponent. So `7`, `007`, ` 7 ` and `7.0` are the same, as
    /// are `1e2` and `100`; and no digit is ever lost.
    pub fn canonical(text: &str) -> Cow<'_, str> {
        let text = text::trim(text);
        match number(text) {
            Some(number) if number != text => Cow::Owned(number),
            _ => Cow::Borrowed(text),
        }
    }
}

/// A decimal number in its one form; None if it is none.
fn number(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?;
    let significant = significant.trim_start_matches('0');
    Some(match exponent {
        _ if significant.is_empty() => "0".to_owned(),
        0..=MOST_ZEROS => format!("{sign}{significant}{}", "0".repeat(usize::try_from(exponent).ok()?)),
        _ => format!("{sign}{significant}e{exponent}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(input: &str) -> Option<String> {
        let action = json!({ "name": "a", "title": "t", "description": "d", "subject": "id", "inputSchema": {} });
        let action: ActionDescription = serde_json::from_value(action).unwrap();
        Subject::of(&action, input).map(|subject| subject.value().to_owned())
    }

    #[test]
    fn however_a_number_is_written_it_is_one_subject() {
        for value in ["7", "\"7\"", "\"007\"", "\" 7 \"", "7.0", "\"7.00\"", "70e-1", "\"+7\"", "\"\u{feff}7\u{200b}\""]
        {
            assert_eq!(of(&format!(r#"{{"id": {value}}}"#)).as_deref(), Some("7"), "{value}");
        }
        for value in ["100", "1e2", "1E+2", "\"1e2\"", "0.1e3", "\"0100\"", "100.000"] {
            assert_eq!(of(&format!(r#"{{"id": {value}}}"#)).as_deref(), Some("100"), "{value}");
        }
        assert_eq!(of("\u{feff}{\"x\": {\"id\": 1}, \"\\u0069d\": 7}").as_deref(), Some("7"));
    }

    #[test]
    fn long_numbers_keep_every_digit() {
        let long = "12345678901234567890";
        assert_eq!(of(&format!(r#"{{"id": {long}}}"#)).as_deref(), Some(long));
        assert_eq!(of(&format!(r#"{{"id": "00{long}.0"}}"#)).as_deref(), Some(long));
        assert_ne!(of(r#"{"id": 12345678901234567890}"#), of(r#"{"id": 12345678901234567891}"#));
        assert_ne!(of(r#"{"id": 9007199254740993}"#), of(r#"{"id": 9007199254740992}"#));
    }

    #[test]
    fn what_is_no_number_stays_as_it_is_and_what_is_absent_is_no_subject() {
        for text in ["0x7", "A-7", "7a", "1,5", "e5", ".", "-", "1e", "1e99999999999999999999", "Заказ 7"] {
            assert_eq!(of(&json!({ "id": format!(" {text} ") }).to_string()).as_deref(), Some(text));
        }
        for input in ["{}", r#"{"id": null}"#, r#"{"id": ""}"#, r#"{"id": " "}"#, "no JSON", "[]", ""] {
            assert_eq!(of(input), None, "{input}");
        }
        assert_eq!(of(r#"{"id": "\ud800"}"#).as_deref(), Some(r#""\ud800""#));
    }

    #[test]
    fn a_huge_exponent_fills_no_memory() {
        assert_eq!(Subject::canonical("10e999999999999"), "1e1000000000000");
        assert_eq!(Subject::canonical("0e999999999999"), "0");
        assert_eq!(Subject::canonical("-0.0"), "0");
        assert_eq!(Subject::canonical("1e9223372036854775807"), "1e9223372036854775807");
        assert_eq!(Subject::canonical("10e9223372036854775807"), "10e9223372036854775807");
    }

    #[test]
    fn two_spellings_are_one_subject_just_if_they_are_one_number() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut digits = |most: usize| -> String {
            let count = random.usize(1..=most);
            (0..count).map(|_| random.digit(10)).collect()
        };
        for _ in 0..2000 {
            let number = digits(25);
            let plain = match number.trim_start_matches('0') {
                "" => "0",
                plain => plain,
            };
            let zeros = digits(6).replace(|_: char| true, "0");
            let cut = number.len() / 2;
            let (head, tail) = number.split_at(cut);
            let spellings = [
                number.clone(),
                format!("{zeros}{number}"),
                format!("\t{number}\u{a0}"),
                format!("{number}.{zeros}"),
                format!("{number}{zeros}e-{}", zeros.len()),
                format!("{head}.{tail}E+{}", tail.len()),
            ];
            for spelling in spellings {
                let canonical = Subject::canonical(&spelling).into_owned();
                assert_eq!(Subject::canonical(&canonical), canonical.as_str());
                assert_eq!(canonical, Subject::canonical(plain), "{spelling}");
            }
            let other = digits(25);
            let same = other.trim_start_matches('0') == number.trim_start_matches('0');
            assert_eq!(Subject::canonical(&other) == Subject::canonical(&number), same, "{other} and {number}");
        }
    }
}
