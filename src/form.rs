//! Form bodies as PHP writes them.

use std::borrow::Cow;

use plugin_kit::{Field, Value, Values};

/// The parameters of one call, in the order in which they are sent and signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(Cow<'static, str>, String)>);

impl Form {
    /// A form without parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fields of an input, each under the service's name: lists as PHP's arrays, with their places
    /// as keys.
    pub fn of(input: &Values, fields: &'static [Field]) -> Self {
        Self::new().and(input, fields)
    }

    /// Adds a parameter at the end.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// Adds fields of an input at the end, as [`Form::of`] does.
    #[must_use]
    pub fn and(mut self, input: &Values, fields: &'static [Field]) -> Self {
        self.add(None, input, fields);
        self
    }

    /// Adds values; `within` is the name of the array whose members they are.
    fn add(&mut self, within: Option<&str>, values: &Values, fields: &'static [Field]) {
        for field in fields {
            let Some(value) = values.get(field.name()) else { continue };
            let name = match within {
                None => Cow::Borrowed(field.wire_name()),
                Some(array) => Cow::Owned(keyed(array, field.wire_name())),
            };
            match value {
                Value::List(entries) => {
                    for (place, entry) in entries.iter().enumerate() {
                        let name = keyed(&name, &place.to_string());
                        match entry {
                            Value::Fields(line) => {
                                self.add(Some(&name), line, field.holds().fields().unwrap_or_default());
                            }
                            one => self.0.push((Cow::Owned(name), text(one))),
                        }
                    }
                }
                Value::Fields(members) => self.add(Some(&name), members, field.holds().fields().unwrap_or_default()),
                one => self.0.push((name, text(one))),
            }
        }
    }

    /// The body, byte for byte what PHP's `http_build_query` makes of the same parameters.
    pub fn encode(&self) -> String {
        http_build_query(&self.0)
    }
}

/// `array[key]`.
fn keyed(array: &str, key: &str) -> String {
    [array, "[", key, "]"].concat()
}

/// A value as PHP writes it: switches are 1 and 0.
fn text(value: &Value) -> String {
    match value {
        Value::Switch(on) => if *on { "1" } else { "0" }.to_owned(),
        other => other.as_str().to_owned(),
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
    use plugin_kit::Action;
    use plugin_kit::types::{Lines, List, Switch, Text};

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
    fn lists_are_php_s_arrays_under_the_service_s_names() {
        const LINE: &[Field] = &[Field::required("product_id", &Text::new(9)).wire(&["good_name"])];
        const FIELDS: &[Field] = &[
            Field::required("goods", &Lines::new(LINE, 9)),
            Field::required("groups", &List::new(&Text::new(9), 9)).wire(&["rid"]),
            Field::optional("confirm", &Switch).wire(&["activation"]),
            Field::optional("medium", &Text::new(9)).wire(&["utm[utm_medium]"]),
        ];
        const ACTION: Action = Action::read("a", "A", "A.", |_| Ok(plugin_kit::Object::new())).input(FIELDS);
        let json =
            r#"{"goods":[{"product_id":"x"},{"product_id":"y"}],"groups":"super","confirm":true,"medium":"cpc"}"#;
        let input = plugin_kit::testing::read(&ACTION, json).unwrap();
        assert_eq!(
            Form::of(&input, FIELDS).encode(),
            "goods%5B0%5D%5Bgood_name%5D=x&goods%5B1%5D%5Bgood_name%5D=y&rid%5B0%5D=super&activation=1&utm%5Butm_medium%5D=cpc"
        );
    }

    #[test]
    fn no_parameters_make_an_empty_body() {
        assert_eq!(Form::new().encode(), "");
    }
}
