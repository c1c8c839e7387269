//! Form bodies as PHP writes them.

use plugin_kit::Values;

/// The parameters of one call, in the order in which they are sent and signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    /// A form without parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fields of an input, each under its own name.
    pub fn of(input: &Values) -> Self {
        Self(input.iter().map(|(name, value)| (name, value.as_str().to_owned())).collect())
    }

    /// Adds a parameter at the end.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// The body, byte for byte what PHP's `http_build_query` makes of the same parameters.
    pub fn encode(&self) -> String {
        http_build_query(&self.0)
    }
}

/// PHP's `http_build_query` (RFC 1738 flavour) for a flat list of parameters.
///
/// The service signs what PHP would have written, so a single differing byte makes every call
/// fail. The WHATWG form encoding of `serde_urlencoded` differs in one character: it leaves `*`.
pub fn http_build_query<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> String {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (k.as_ref(), v.as_ref())).collect();
    // Pairs of strings are what the format is made of: the serializer has no error for them.
    serde_urlencoded::to_string(pairs).unwrap_or_default().replace('*', "%2A")
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
    fn an_empty_value_stays() {
        assert_eq!(Form::new().with("a", "").with("c", "1").encode(), "a=&c=1");
    }

    #[test]
    fn no_parameters_make_an_empty_body() {
        assert_eq!(Form::new().encode(), "");
    }
}
