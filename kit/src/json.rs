//! JSON read member by member, each kept as it was written.
//!
//! serde_json proves that a text is JSON; what is here only splits such a text. So repeated names
//! are seen, numbers keep every digit, results can be passed on to the letter, and the module is a
//! quarter smaller than with serde's deserializers, which carry the formatting of floating-point
//! numbers for their messages.

mod redact;
mod write;

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::text::split;

pub use redact::redact;
pub use write::{Array, Object, quoted};

/// The members of a JSON object in their order, repeated names included; each value as it was
/// written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a str)>);

/// Why a text is not a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is not JSON, from this place on.
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// Whether nothing is wrong with it but that the rest is missing.
        ends_early: bool,
    },
    /// It is JSON, but not an object.
    NotAnObject,
}

impl<'a> Members<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// [`Malformed`] if it is not one.
    pub fn parse(json: &'a str) -> Result<Self, Malformed> {
        let mut values = Values(value(json)?.strip_prefix('{').ok_or(Malformed::NotAnObject)?);
        let mut members = Vec::new();
        while let (Some(name), Some(value)) = (values.next(), values.next()) {
            // A name that is no text stays as it is written: it equals no name that is looked for.
            members.push((string(name).unwrap_or(Cow::Borrowed(name)), value));
        }
        Ok(Self(members))
    }

    /// The first member of that name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| *value)
    }

    /// Whether a name stands twice.
    pub fn has_repeated_names(&self) -> bool {
        self.0.iter().enumerate().any(|(place, (name, _))| self.0[..place].iter().any(|(other, _)| other == name))
    }
}

/// What a text that is JSON says, without what is around it. A byte order mark before it is passed over, as
/// RFC 8259 allows: there is one for each PHP file that was saved with it.
///
/// # Errors
/// [`Malformed::NotJson`].
pub fn value(json: &str) -> Result<&str, Malformed> {
    let json = json.trim_start_matches('\u{feff}');
    match serde_json::from_str::<IgnoredAny>(json) {
        Ok(_) => Ok(json.trim_ascii()),
        Err(error) => {
            Err(Malformed::NotJson { line: error.line(), column: error.column(), ends_early: error.is_eof() })
        }
    }
}

/// The names and values, in turns, in what is left of an object whose opening bracket is gone; or the
/// values of an array.
struct Values<'a>(&'a str);

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':');
        let (_, next) = split(self.0, self.0.bytes().take_while(between).count());
        let (value, rest) = split(next, value_length(next));
        self.0 = rest;
        (!value.is_empty()).then_some(value)
    }
}

/// The length of the value at the beginning of valid JSON; 0 before a closing bracket.
fn value_length(json: &str) -> usize {
    let mut depth = 0usize;
    let mut place = 0;
    while let Some(byte) = json.as_bytes().get(place) {
        match byte {
            b'"' => place += string_length(split(json, place).1) - 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 1 => depth -= 1,
            b']' | b'}' => return if depth == 1 { place + 1 } else { place },
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' if depth == 0 => return place,
            _ => {}
        }
        place += 1;
    }
    place
}

/// The text of a string in valid JSON; `None` if it is no string, or no text (half of a surrogate
/// pair).
pub fn string(json: &str) -> Option<Cow<'_, str>> {
    let mut rest = json.strip_prefix('"')?.strip_suffix('"')?;
    if !rest.as_bytes().contains(&b'\\') {
        return Some(Cow::Borrowed(rest));
    }
    let mut text = String::with_capacity(rest.len());
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = escape.chars();
        let c = chars.next()?;
        rest = chars.as_str();
        text.push(match c {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (c, after) = unicode_escape(rest)?;
                rest = after;
                c
            }
            itself => itself,
        });
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character of one `\uXXXX`, or of two that make a surrogate pair, and what follows. The first
/// `\u` is already gone.
fn unicode_escape(json: &str) -> Option<(char, &str)> {
    let unit = |json: &str| u32::from_str_radix(json.get(..4)?, 16).ok();
    let first = unit(json)?;
    let (_, rest) = split(json, 4);
    if let Some(c) = char::from_u32(first) {
        return Some((c, rest));
    }
    let second = unit(rest.strip_prefix("\\u")?)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    let high = first.checked_sub(0xd800).filter(|high| *high < 0x400)?;
    Some((char::from_u32(0x10000 + (high << 10) + low)?, split(rest, 6).1))
}

/// The values of a JSON array in valid JSON, each as it was written; none of what is no array.
pub fn items(json: &str) -> Vec<&str> {
    json.strip_prefix('[').map(|rest| Values(rest).collect()).unwrap_or_default()
}

/// What a JSON pointer leads to in valid JSON, as it was written.
pub fn at<'a>(json: &'a str, pointer: &str) -> Option<&'a str> {
    pointer.split('/').skip(1).try_fold(json, |json, part| match part.parse::<usize>() {
        Ok(place) if json.starts_with('[') => items(json).get(place).copied(),
        _ => Members::parse(json).ok()?.get(&part.replace("~1", "/").replace("~0", "~")),
    })
}

/// The length of the JSON string at the beginning of `json`, with its quotation marks.
fn string_length(json: &str) -> usize {
    let bytes = json.as_bytes();
    let mut place = 1;
    loop {
        match bytes.get(place) {
            Some(b'"') => return place + 1,
            Some(b'\\') => place += 2,
            Some(_) => place += 1,
            None => return bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_their_digits_and_their_repetitions() {
        let members = Members::parse(" {\"b\": 1.00, \"a\\u0041\":\n[1 ,{\"]\":2}] , \"b\":\"x\\\"}\"}").unwrap();
        let shown: Vec<_> = members.0.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
        assert_eq!(shown, [("b", "1.00"), ("aA", "[1 ,{\"]\":2}]"), ("b", r#""x\"}""#)]);
        assert!(members.has_repeated_names());
        assert_eq!(members.get("b"), Some("1.00"));
        for empty in ["{ }", "\u{feff}{}", "\u{feff}\u{feff} {}"] {
            assert_eq!(Members::parse(empty), Ok(Members(Vec::new())));
        }
    }

    #[test]
    fn an_array_is_split_into_its_values() {
        assert_eq!(items("[1, \"],\" ,[2,3] , {\"a\":[]}]"), ["1", "\"],\"", "[2,3]", "{\"a\":[]}"]);
        for empty in ["[]", "[ ]", "1"] {
            assert_eq!(items(empty), [""; 0]);
        }
    }

    #[test]
    fn a_pointer_leads_to_what_is_there_as_it_is_written() {
        let json = r#"{"a":[{"b/c":1.0}],"7":"x"}"#;
        for (pointer, found) in
            [("", Some(json)), ("/a/0/b~1c", Some("1.0")), ("/7", Some("\"x\"")), ("/a/1", None), ("/a/0/b~1c/d", None)]
        {
            assert_eq!(at(json, pointer), found, "{pointer}");
        }
    }

    #[test]
    fn what_is_not_an_object_is_told_from_what_is_not_json() {
        for json in ["[1]", "null", "1", r#""{}""#] {
            assert_eq!(Members::parse(json), Err(Malformed::NotAnObject), "{json}");
        }
        for json in
            ["", "{", "{} x", r#"{"a":}"#, r#"{"a":1,}"#, "{\"a\":\"\n\"}", r#"{"a":"\x"}"#, "{'a':1}", "{}\u{feff}"]
        {
            assert!(matches!(Members::parse(json), Err(Malformed::NotJson { .. })), "{json}");
        }
    }

    #[test]
    fn strings_are_read_with_every_escape() {
        assert_eq!(string(r#""\"\\\/\b\f\n\r\t\u044F\ud83d\ude00я""#).as_deref(), Some("\"\\/\u{8}\u{c}\n\r\tя😀я"));
        for no_text in ["1", r#""\ud83d""#, r#""\ud83dx""#, r#""\ud83d\n""#, r#""\ud83d\u0041""#, r#""\ude00\ud83d""#] {
            assert_eq!(string(no_text), None, "{no_text}");
        }
    }
}
