//! JSON that is being written.

use crate::text::{find_byte, split};

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

/// Adds `text` as a JSON string.
pub(super) fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    push_escaped(json, text);
    json.push('"');
}

/// Adds `text` as it stands in a JSON string.
#[inline(never)]
fn push_escaped(json: &mut String, text: &str) {
    let mut rest = text;
    // Nearly always there is nothing to escape.
    while let Some(place) = find_byte(rest, |byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        let (before, from) = split(rest, place);
        let (special, after) = split(from, 1);
        json.push_str(before);
        let byte = special.bytes().next().unwrap_or_default();
        json.push_str(match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            _ => "\\u00",
        });
        if !matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t') {
            for digit in [byte >> 4, byte & 0xf] {
                json.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        rest = after;
    }
    json.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_a_json_string_that_reads_as_the_same() {
        let all: String = (0..=0x2ff_u32).filter_map(char::from_u32).chain("я😀\u{2028}".chars()).collect();
        assert_eq!(serde_json::from_str::<String>(&quoted(&all)).unwrap(), all);
        assert_eq!(quoted("a\"\\\n\u{1f}"), r#""a\"\\\n\u001f""#);
    }
}
