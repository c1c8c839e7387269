//! Form bodies as PHP reads them and as its `http_build_query` writes them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use serde_json::Value;

use crate::php;

/// RFC 1738 as PHP understands it: only letters, digits and `-`, `_`, `.` stay as they are. The
/// space is left out because it becomes `+`, not `%20`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b' ');

/// The parameters of one request, in the order received.
///
/// Names and values are bytes: a form may carry any, and a signature covers them as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(Vec<u8>, Vec<u8>)>);

impl Form {
    /// Reads an `application/x-www-form-urlencoded` body the way PHP fills `$_POST`: a pair without
    /// `=` has an empty value, a pair without a name is dropped, of a repeated name the last value
    /// counts, at the place of the first, and brackets make arrays, each text of which is a parameter
    /// here under its full name: `goods[0][good_sum]`.
    ///
    /// Never fails: a `%` that starts no valid escape stands for itself.
    pub fn parse(body: &[u8]) -> Self {
        Self(php::parameters(body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            (decode(halves.next().unwrap_or_default()), decode(halves.next().unwrap_or_default()))
        })))
    }

    /// Members as PHP posts them: arrays by their keys, nothing for null and for what is empty.
    pub(crate) fn of_json(value: &Value) -> Self {
        let mut form = Self::default();
        form.add_json("", value);
        form
    }

    fn add_json(&mut self, name: &str, value: &Value) {
        let inside = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
        match value {
            Value::Null => {}
            Value::Bool(on) => self.set(name, if *on { "1" } else { "0" }),
            Value::Number(number) => self.set(name, number.to_string()),
            Value::String(text) => self.set(name, text.as_str()),
            Value::Array(values) => {
                for (place, value) in values.iter().enumerate() {
                    self.add_json(&inside(&place.to_string()), value);
                }
            }
            Value::Object(members) => members.iter().for_each(|(key, value)| self.add_json(&inside(key), value)),
        }
    }

    /// Sets a parameter: the last if it is new, at its old place if it is not.
    pub fn set(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(pair) => pair.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Removes a parameter and returns its value.
    pub fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(known, _)| known == name.as_bytes())?;
        Some(self.0.remove(at).1)
    }

    /// The value of a parameter as text, empty when there is none: the service does not tell the
    /// two apart. Bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }

    /// Whether there is such a parameter, or an array of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name.as_bytes()) || !self.keys(name).is_empty()
    }

    /// The keys of an array, in their order: of `goods[0][good_name]` the key `0` of `goods`.
    pub fn keys(&self, array: &str) -> Vec<String> {
        let mut keys = Vec::new();
        for (name, _) in &self.0 {
            let inside = name.strip_prefix(array.as_bytes()).and_then(|rest| rest.strip_prefix(b"["));
            let Some(key) = inside.and_then(|inside| inside.split(|&byte| byte == b']').next()) else { continue };
            let key = String::from_utf8_lossy(key).into_owned();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The texts of an array; one text alone counts as an array of it, and an empty one as none.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let keys = self.keys(name);
        let texts = match keys.is_empty() {
            true => vec![self.text(name)],
            false => keys.iter().map(|key| self.text(&format!("{name}[{key}]"))).collect(),
        };
        texts.into_iter().filter(|text| !text.is_empty()).collect()
    }

    /// Every parameter as text, in order.
    pub fn iter(&self) -> impl Iterator<Item = (String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.0.iter().map(move |(name, value)| (text(name), text(value)))
    }

    /// Whether there is no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the form as PHP's `http_build_query` does.
    pub fn encode(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).collect()
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `php -r 'for ($i = 0; $i < 128; $i++) $s .= chr($i); echo http_build_query(["a" => $s]);'`
    const EVERY_ASCII_CHARACTER: &str = "a=%00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C%1D%1E%1F+%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D%7E%7F";

    #[test]
    fn every_ascii_character_is_encoded_as_php_does() {
        let mut form = Form::default();
        form.set("a", (0..128).collect::<Vec<u8>>());
        assert_eq!(form.encode(), EVERY_ASCII_CHARACTER);
    }

    #[test]
    fn names_are_encoded_like_values() {
        let mut form = Form::default();
        form.set("a[0] *~", "");
        assert_eq!(form.encode(), "a%5B0%5D+%2A%7E=");
    }

    #[test]
    fn text_beyond_ascii_becomes_upper_case_utf_8_escapes() {
        let mut form = Form::default();
        form.set("rpo", "Ёж 🦔");
        assert_eq!(form.encode(), "rpo=%D0%81%D0%B6+%F0%9F%A6%94");
    }

    #[test]
    fn every_byte_survives_being_written_and_read() {
        let mut form = Form::default();
        form.set("bytes", (0..=255).collect::<Vec<u8>>());
        form.set("empty", "");
        assert_eq!(Form::parse(form.encode().as_bytes()), form);
    }

    #[test]
    fn another_encoding_of_the_same_values_reads_the_same() {
        let theirs = Form::parse(b"a=*~%20%7e&b=%d0%b6");
        assert_eq!(theirs.encode(), "a=%2A%7E+%7E&b=%D0%B6");
    }

    #[test]
    fn a_repeated_name_keeps_its_first_place_and_last_value() {
        assert_eq!(Form::parse(b"a=1&b=2&a=3").encode(), "a=3&b=2");
    }

    #[test]
    fn odd_pairs_are_read_as_php_reads_them() {
        assert_eq!(Form::parse(b"&&a&=x&b=1=2&c=%zz%4").encode(), "a=&b=1%3D2&c=%25zz%254");
        assert!(Form::parse(b"").is_empty());
    }

    #[test]
    fn arrays_are_read_by_their_keys() {
        let form = Form::parse(b"goods%5B0%5D%5Bgood_name%5D=a&goods[1][good_name]=b&rid[]=x&rid[]=&tag=t");
        assert_eq!(form.keys("goods"), ["0", "1"]);
        assert_eq!(form.text("goods[1][good_name]"), "b");
        assert_eq!(
            (form.texts("rid"), form.texts("tag"), form.texts("no")),
            (vec!["x".into()], vec!["t".into()], vec![])
        );
        assert!(form.has("goods") && form.has("tag") && !form.has("good"));
    }

    #[test]
    fn members_are_posted_as_php_does() {
        // php -r 'echo http_build_query(["a" => [["b" => true, "c" => null], []], "d" => 1, "e" => ""]);'
        let value = serde_json::json!({ "a": [{ "b": true, "c": null }, []], "d": 1, "e": "" });
        assert_eq!(Form::of_json(&value).encode(), "a%5B0%5D%5Bb%5D=1&d=1&e=");
    }

    #[test]
    fn a_taken_parameter_leaves_the_others_in_order() {
        let mut form = Form::parse(b"a=1&hash=x&b=2");
        assert_eq!(form.take("hash").as_deref(), Some(&b"x"[..]));
        assert_eq!(form.take("hash"), None);
        assert_eq!(form.encode(), "a=1&b=2");
    }
}
