//! Forms as browsers and PHP send them, and the parameters of an address: `a=1&b%5B0%5D=two+words`.

use crate::text::contains;

/// More fields than this are no form: PHP takes no more either.
pub(crate) const MAX_FIELDS: usize = 1000;

/// The fields of a form, decoded, in their order.
///
/// Arrays stay in the names, as PHP writes them: `items[0][title]`. [`Form::object`], [`Form::list`]
/// and [`Form::values`] take them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Why bytes are no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// A name stands twice, so that it is not certain which value counts.
    Twice,
    /// A name or a value is not UTF-8.
    NoText,
    /// It has more than 1000 fields.
    TooMany,
}

impl Form {
    /// Reads a form. As in PHP, a plus is a blank, a percent sign without two hexadecimal digits is
    /// itself, and what has no name is left out. Names of the form `a[]` may repeat.
    ///
    /// # Errors
    /// [`Malformed`] if it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in bytes.split(|byte| *byte == b'&') {
            let mut parts = field.splitn(2, |byte| *byte == b'=');
            let mut part = || decode(parts.next().unwrap_or_default()).ok_or(Malformed::NoText);
            let (name, value) = (part()?, part()?);
            if name.is_empty() {
                continue;
            }
            if fields.len() == MAX_FIELDS {
                return Err(Malformed::TooMany);
            }
            if !contains(&name, "[]") && fields.iter().any(|(other, _)| *other == name) {
                return Err(Malformed::Twice);
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The value of a field; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All fields, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields within a name: `medium` for `utm[medium]`, within `utm`.
    pub fn object(&self, name: &str) -> Self {
        let within = self.within(name).map(|(key, rest, value)| ([key, rest].concat(), value.to_owned()));
        Self(within.collect())
    }

    /// The forms in a list: that of `title` and `sum` for `items[0][title]` and `items[0][sum]`, within
    /// `items`. Each key makes one, and each empty key another.
    pub fn list(&self, name: &str) -> Vec<Self> {
        let mut list: Vec<(&str, Self)> = Vec::new();
        for (key, rest, value) in self.within(name) {
            let Some((inner, rest)) = bracketed(rest) else { continue };
            let field = ([inner, rest].concat(), value.to_owned());
            match list.iter_mut().find(|(known, _)| *known == key && !key.is_empty()) {
                Some((_, form)) => form.0.push(field),
                None => list.push((key, Self(vec![field]))),
            }
        }
        list.into_iter().map(|(_, form)| form).collect()
    }

    /// The values in a list: of `tags[0]` or `tags[]`, within `tags`.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.within(name).filter(|(_, rest, _)| rest.is_empty()).map(|(_, _, value)| value).collect()
    }

    /// The fields within a name: the first key, what follows it, and the value.
    fn within(&self, name: &str) -> impl Iterator<Item = (&str, &str, &str)> {
        self.iter().filter_map(move |(field, value)| {
            let (key, rest) = bracketed(field.strip_prefix(name)?)?;
            Some((key, rest, value))
        })
    }
}

/// What stands in brackets at the beginning, and what follows.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[')?.split_once(']')
}

/// A text without its plus and percent signs; `None` if it is no UTF-8.
fn decode(encoded: &[u8]) -> Option<String> {
    let digit = |place: usize| char::from(*encoded.get(place)?).to_digit(16);
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut place = 0;
    while let Some(byte) = encoded.get(place) {
        let escaped = if *byte == b'%' { digit(place + 1).zip(digit(place + 2)) } else { None };
        bytes.push(match (escaped, byte) {
            (Some((high, low)), _) => {
                place += 2;
                (high << 4 | low) as u8
            }
            (None, b'+') => b' ',
            (None, byte) => *byte,
        });
        place += 1;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(form: &[u8]) -> Vec<(String, String)> {
        Form::parse(form).unwrap().0
    }

    #[test]
    fn a_form_is_decoded_as_php_decodes_it() {
        let form = Form::parse(b"a=1&b+c=d%20e%2Bf+g&&=x&empty&%zz=100%&p=%4&r=%d0%AF&s=a=b").unwrap();
        let texts = ["a", "b c", "empty", "%zz", "p", "r", "s"].map(|name| form.get(name));
        assert_eq!(texts, [Some("1"), Some("d e+f g"), Some(""), Some("100%"), Some("%4"), Some("Я"), Some("a=b")]);
        assert_eq!((form.iter().count(), form.get("x"), form.text("x")), (7, None, ""));
        assert_eq!(fields(b""), []);
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        for (form, why) in [
            (&b"id=1&id=2"[..], Malformed::Twice),
            (b"id=1&i%64=1", Malformed::Twice),
            (b"a[0]=1&a%5B0%5D=2", Malformed::Twice),
            (b"a=%ff", Malformed::NoText),
            (b"\xd0=1", Malformed::NoText),
        ] {
            assert_eq!(Form::parse(form), Err(why), "{form:?}");
        }
        let many = |count: usize| (0..count).map(|place| format!("{place}=")).collect::<Vec<_>>().join("&");
        assert!(Form::parse(many(1000).as_bytes()).is_ok());
        assert_eq!(Form::parse(many(1001).as_bytes()), Err(Malformed::TooMany));
    }

    #[test]
    fn arrays_are_taken_apart() {
        let form = Form::parse(
            b"items[0][title]=A&items[0][partners][0][fee]=5&items[7][title]=B&utm[medium]=cpc&tags[]=x&tags[]=y&item=1&items=2",
        )
        .unwrap();
        let items = form.list("items");
        assert_eq!(items.iter().map(|item| item.text("title")).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(items[0].list("partners")[0].get("fee"), Some("5"));
        assert_eq!(form.object("utm").get("medium"), Some("cpc"));
        assert_eq!((form.values("tags"), form.values("items")), (vec!["x", "y"], vec![]));
        assert_eq!(form.list("tag"), []);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd_to_be_read(bytes: Vec<u8>, name in ".{0,3}") {
            if let Ok(form) = Form::parse(&bytes) {
                let _ = (form.get(&name), form.object(&name), form.list(&name), form.values(&name));
            }
        }

        #[test]
        fn odd_forms_are_read_all_the_same(form in "[ab\\[\\]&=%+2f\u{ff}]{0,24}") {
            if let Ok(form) = Form::parse(form.as_bytes()) {
                let _ = (form.object("a"), form.list("a"), form.values("a"));
            }
        }
    }
}
