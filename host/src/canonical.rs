//! One way to write what means the same JSON, to tell whether two requests are the same one.
//!
//! Programs that repeat a request write its JSON anew, with the members in another order, other
//! blanks, other escapes, or `100.0` for `100`.

use std::collections::BTreeMap;
use std::fmt::Write;

use plugin_host_core::json::{self, Object};
use serde_json::value::RawValue;

/// An object with its members in the order of their names, no blanks, and one way to write each
/// text and number. No digit of a number is lost.
pub fn text(object: &Object) -> String {
    let mut text = String::new();
    write_object(object, &mut text);
    text
}

fn write_object(object: &Object, text: &mut String) {
    let sorted: BTreeMap<&str, &RawValue> = object.iter().collect();
    text.push('{');
    for (name, value) in sorted {
        write_text(name, text);
        text.push(':');
        write_value(value, text);
        text.push(',');
    }
    text.push('}');
}

fn write_value(value: &RawValue, text: &mut String) {
    let written = value.get();
    match written.as_bytes().first() {
        Some(b'{') => match json::object(written.as_bytes()) {
            Ok(object) => write_object(&object, text),
            Err(_) => text.push_str(written),
        },
        Some(b'[') => {
            text.push('[');
            for item in serde_json::from_str::<Vec<&RawValue>>(written).unwrap_or_default() {
                write_value(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Some(b'"') => match serde_json::from_str::<String>(written) {
            Ok(read) => write_text(&read, text),
            // Half of a surrogate pair, which no text can hold.
            Err(_) => text.push_str(written),
        },
        Some(b'-' | b'0'..=b'9') => write_number(written, text),
        _ => text.push_str(written),
    }
}

/// Longer than as JSON, and plainer: its length, and its characters as they are.
fn write_text(read: &str, text: &mut String) {
    let _ = write!(text, "{}\"{read}", read.len());
}

/// A number as its digits, without zeros around them, and the power of ten to multiply them with.
fn write_number(written: &str, text: &mut String) {
    let (sign, number) = written.strip_prefix('-').map_or(("", written), |number| ("-", number));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        text.push('0');
        return;
    }
    let zeros = i128::try_from(digits.len() - significant.len()).unwrap_or(0);
    let shift = i128::try_from(fraction.len()).unwrap_or(0) - zeros;
    match exponent.parse::<i128>().ok().and_then(|exponent| exponent.checked_sub(shift)) {
        Some(exponent) => {
            let _ = write!(text, "{sign}{significant}e{exponent}");
        }
        // No number that anything means.
        None => text.push_str(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let of = |written: &str| text(&json::object(written.as_bytes()).unwrap());
        of(one) == of(other)
    }

    #[test]
    fn order_blanks_and_escapes_make_no_other_request() {
        assert!(same(r#"{"a":1,"b":{"c":[1,2],"d":"x"}}"#, "{ \"b\": {\"d\":\"\\u0078\",\n \"c\":[1 ,2]}, \"a\": 1 }"));
        assert!(same(r#"{"\u0061":null}"#, r#"{"a":null}"#));
        for (one, other) in [
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":"1"}"#, r#"{"a":1}"#),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":[]}"#, r#"{"a":{}}"#),
            (r#"{"a":"b\",\"c"}"#, r#"{"a":"b","c":""}"#),
            (r#"{"a":true}"#, r#"{"a":false}"#),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_number_is_the_same_in_every_spelling_and_keeps_its_last_digit() {
        let number = |one: &str, other: &str| same(&format!(r#"{{"n":{one}}}"#), &format!(r#"{{"n":{other}}}"#));
        for (one, other) in [
            ("100", "100.0"),
            ("100", "1e2"),
            ("100", "1.00E+2"),
            ("0.5", "5e-1"),
            ("0", "-0"),
            ("0", "0.0e9"),
            ("-2.50", "-25e-1"),
            ("12345678901234567890", "1234567890123456789.0e1"),
        ] {
            assert!(number(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("100", "10"),
            ("1", "-1"),
            ("12345678901234567890", "12345678901234567891"),
            ("9007199254740993", "9007199254740992"),
            ("1e400", "1e401"),
            ("1e999999999999999999999999999999999999999999", "1e99999999999999999999999999999999999999999"),
        ] {
            assert!(!number(one, other), "{one} {other}");
        }
    }
}
