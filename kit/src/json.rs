//! JSON read member by member, each kept as it was written.
//!
//! serde_json proves that a text is JSON; what is here only splits such a text. So repeated names
//! are seen, numbers keep every digit, results can be passed on to the letter, and the module is a
//! quarter smaller than with serde's deserializers, which carry the formatting of floating-point
//! numbers for their messages.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::secret::Secrets;
use crate::text::{any_byte, find_byte, split};

/// How deeply what is passed on may be nested: less than the 128 levels at which common readers
/// give up.
const MAX_DEPTH: usize = 100;

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
    },
    /// It is JSON, but not an object.
    NotAnObject,
}

impl<'a> Members<'a> {
    /// Reads an object. A byte order mark before it is passed over, as RFC 8259 allows: there is one
    /// for each PHP file that was saved with it.
    ///
    /// # Errors
    /// [`Malformed`] if it is not one.
    pub fn parse(json: &'a str) -> Result<Self, Malformed> {
        let json = json.trim_start_matches('\u{feff}');
        serde_json::from_str::<IgnoredAny>(json)
            .map_err(|error| Malformed::NotJson { line: error.line(), column: error.column() })?;
        let mut values = Values(json.trim_start().strip_prefix('{').ok_or(Malformed::NotAnObject)?);
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

/// A JSON object that is being written, member by member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object(String);

impl Object {
    /// An object without members.
    #[expect(clippy::new_without_default, reason = "one way to begin is enough")]
    pub fn new() -> Self {
        // Room for most, so that it need not grow.
        let mut json = String::with_capacity(256);
        json.push('{');
        Self(json)
    }

    /// Whether there are no members yet.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    /// Adds a member whose value is JSON already.
    #[must_use]
    #[inline(never)]
    pub fn json(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        self.0.push_str(value);
        self
    }

    /// Adds a text.
    #[must_use]
    #[inline(never)]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        push_quoted(&mut self.0, value);
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(self, name: &str, value: i64) -> Self {
        self.json(name, &value.to_string())
    }

    /// Adds `true` or `false`.
    #[must_use]
    pub fn switch(self, name: &str, value: bool) -> Self {
        self.json(name, if value { "true" } else { "false" })
    }

    /// Adds a text, if there is one.
    #[must_use]
    #[inline(never)]
    pub fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a member whose value is JSON already, if there is one.
    #[must_use]
    #[inline(never)]
    pub fn json_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.json(name, value),
            None => self,
        }
    }

    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.0.push_str(if self.0.len() > 1 { ",\"" } else { "\"" });
        push_escaped(&mut self.0, name);
        self.0.push_str("\":");
    }

    /// The whole object.
    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A JSON array that is being written, value by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array(String);

impl Array {
    /// An array without values.
    #[expect(clippy::new_without_default, reason = "one way to begin is enough")]
    pub fn new() -> Self {
        Self("[".to_owned())
    }

    /// An array of texts.
    #[inline(never)]
    pub fn of_texts(texts: &[&str]) -> String {
        let mut array = Self::new();
        for text in texts {
            array.text(text);
        }
        array.finish()
    }

    /// Whether there are no values yet.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    /// Adds a value that is JSON already.
    #[inline(never)]
    pub fn json(&mut self, value: &str) {
        if !self.is_empty() {
            self.0.push(',');
        }
        self.0.push_str(value);
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.json(&quoted(text));
    }

    /// The whole array.
    #[inline(never)]
    pub fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

/// `text` as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_quoted(&mut json, text);
    json
}

/// The values of a JSON array in valid JSON, each as it was written; none of what is no array.
pub fn items(json: &str) -> Vec<&str> {
    json.strip_prefix('[').map(|rest| Values(rest).collect()).unwrap_or_default()
}

/// Adds `text` as a JSON string.
fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    push_escaped(json, text);
    json.push('"');
}

/// Adds `text` as it stands in a JSON string.
#[inline(never)]
fn push_escaped(json: &mut String, text: &str) {
    if any_byte(text, |byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        // Text is what a JSON string can hold: the serializer has no error for it.
        let quoted = serde_json::to_string(text).unwrap_or_default();
        json.push_str(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default());
    } else {
        // Nearly always.
        json.push_str(text);
    }
}

/// Valid JSON as it was written, but for the secrets, which are taken out of every string; `None` if
/// it is nested too deeply to be passed on, or has a string that is no text.
pub fn redact(json: &str, secrets: &Secrets) -> Option<String> {
    let mut redacted = String::with_capacity(json.len());
    let mut depth = 0usize;
    let mut rest = json;
    while let Some(place) = find_byte(rest, |byte| matches!(byte, b'"' | b'[' | b'{' | b']' | b'}')) {
        let (before, from) = split(rest, place);
        redacted.push_str(before);
        let token = match from.as_bytes()[0] {
            b'"' => {
                let (token, _) = split(from, string_length(from));
                let text = string(token)?;
                let shown = secrets.redact(&text);
                // Unchanged strings keep their escapes.
                if shown == text {
                    redacted.push_str(token);
                } else {
                    push_quoted(&mut redacted, &shown);
                }
                token
            }
            open_or_close => {
                depth = if matches!(open_or_close, b'[' | b'{') { depth + 1 } else { depth.saturating_sub(1) };
                redacted.push(char::from(open_or_close));
                split(from, 1).0
            }
        };
        if depth > MAX_DEPTH {
            return None;
        }
        (_, rest) = split(from, token.len());
    }
    redacted.push_str(rest);
    Some(redacted)
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
    use crate::secret::Secret;

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

    #[test]
    fn json_without_the_secret_is_passed_on_to_the_letter() {
        let secret = Secrets::from(Secret::new("hunter2".to_owned()));
        for json in [r#"{"a\u0041\"\\":[1.50,"\/",{"x":null}],"b":"{"}"#, "[]", "1e400", r#""""#] {
            assert_eq!(redact(json, &secret).as_deref(), Some(json));
        }
    }

    #[test]
    fn the_secret_is_taken_out_of_names_and_texts_however_it_is_escaped() {
        let secret = Secrets::from(Secret::new("hunter2".to_owned()));
        let json = r#"{"hunter2":["x hunter2","\u0068unter2"]}"#;
        assert_eq!(redact(json, &secret).as_deref(), Some(r#"{"***":["x ***","***"]}"#));
    }

    #[test]
    fn what_is_nested_too_deeply_is_not_passed_on() {
        let secret = Secrets::from(Secret::new(String::new()));
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(redact(&nested(100), &secret).is_some());
        assert!(redact(&nested(101), &secret).is_none());
        assert!(redact(&nested(1_000_000), &secret).is_none());
    }
}
