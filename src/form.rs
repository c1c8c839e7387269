//! Form bodies as PHP writes them.

use crate::text::split;

/// The parameters of one call, in the order in which they are sent and signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    /// A form without parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter at the end.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Adds a parameter at the end if there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The values, in their order.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }

    /// The body, byte for byte what PHP's `http_build_query` makes of the same parameters.
    pub fn encode(&self) -> String {
        http_build_query(&self.0)
    }
}

/// PHP's `http_build_query` (RFC 1738 flavour) for a flat list of parameters.
///
/// The service signs what PHP would have written, so a single differing byte makes every call
/// fail. The WHATWG form encoding, which libraries have, differs in one character: it leaves `*`.
pub fn http_build_query<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> String {
    let mut query = String::with_capacity(128);
    for (place, (name, value)) in pairs.iter().enumerate() {
        if place > 0 {
            query.push('&');
        }
        push_encoded(&mut query, name.as_ref());
        query.push('=');
        push_encoded(&mut query, value.as_ref());
    }
    query
}

/// Adds a text, of which only letters, digits, `-`, `_` and `.` stay as they are.
fn push_encoded(query: &mut String, text: &str) {
    let mut rest = text;
    loop {
        let stays = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let (plain, from) = split(rest, rest.bytes().take_while(stays).count());
        query.push_str(plain);
        let Some(c) = from.chars().next() else {
            return;
        };
        let (special, after) = split(from, c.len_utf8());
        for byte in special.bytes() {
            match byte {
                b' ' => query.push('+'),
                _ => query.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 0xf)]),
            }
        }
        rest = after;
    }
}

fn hex_digit(number: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(number)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_digits_hyphen_underscore_and_dot_stay_as_they_are() {
        for byte in 0u8..=0x7f {
            let c = char::from(byte);
            let expected = match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c.to_string(),
                ' ' => "+".to_owned(),
                _ => format!("%{byte:02X}"),
            };
            assert_eq!(http_build_query(&[("k", c.to_string())]), format!("k={expected}"));
        }
    }

    #[test]
    fn an_empty_value_stays_and_an_absent_one_vanishes() {
        let form = Form::new().with("a", "").with_some("b", None::<String>).with_some("c", Some("1"));
        assert_eq!(form.encode(), "a=&c=1");
    }

    #[test]
    fn no_parameters_make_an_empty_body() {
        assert_eq!(Form::new().encode(), "");
    }
}
