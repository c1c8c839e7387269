//! Secrets: texts that must not come out again.

use std::borrow::Cow;
use std::fmt;

use crate::text::{find_byte, split};

/// A secret shorter than this may stand in a text by chance.
const CHANCE_BYTES: usize = 8;

/// A text that neither `Debug` nor an error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for a signature or a header that proves who calls, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `text` gives the secret away. One of a few characters stands in many texts by chance,
    /// and keys are long.
    pub fn is_within(&self, text: &str) -> bool {
        self.0.len() >= CHANCE_BYTES && self.find(text).is_some()
    }

    /// `text` with every occurrence of the secret replaced by `***`.
    ///
    /// Texts of a service or a user may hold the key: a misled page that echoes it, a key pasted
    /// into the wrong field.
    pub fn redact(&self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(place) = self.find(rest) {
            let (before, from) = split(rest, place);
            redacted.push_str(before);
            redacted.push_str("***");
            (_, rest) = split(from, self.0.len());
        }
        redacted.push_str(rest);
        redacted
    }

    /// Where it begins in a text; an empty one is nowhere. The standard library's search is made for
    /// long texts: it takes longer to begin than this takes for the texts of a call.
    fn find(&self, text: &str) -> Option<usize> {
        let first = *self.0.as_bytes().first()?;
        let mut from = 0;
        loop {
            let (_, rest) = split(text, from);
            from += find_byte(rest, |byte| byte == first)?;
            if text.as_bytes().get(from..)?.starts_with(self.0.as_bytes()) {
                return Some(from);
            }
            // The next character, as the secret is one of whole ones.
            from += text.get(from..)?.chars().next()?.len_utf8();
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// All secrets of a connection, each with the title of its field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<(&'static str, Secret)>);

impl Secrets {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the secret of the field with this title.
    pub fn add(&mut self, title: &'static str, secret: Secret) {
        self.0.push((title, secret));
    }

    /// The title of the field whose secret `text` gives away.
    pub fn within(&self, text: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, secret)| secret.is_within(text)).map(|(title, _)| *title)
    }

    /// Whether one of them stands in `text`, a short one too.
    pub fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|(_, secret)| secret.find(text).is_some())
    }

    /// `text` with `***` in the place of each of them.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut redacted = Cow::Borrowed(text);
        for (_, secret) in &self.0 {
            if secret.find(&redacted).is_some() {
                redacted = Cow::Owned(secret.redact(&redacted));
            }
        }
        redacted
    }
}

impl From<Secret> for Secrets {
    fn from(secret: Secret) -> Self {
        Self(vec![("secret", secret)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_stars() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "***");
    }

    #[test]
    fn every_occurrence_is_redacted() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(secret.redact("hunter2, again: hunter2."), "***, again: ***.");
    }

    #[test]
    fn a_long_secret_is_found_within_a_text_and_a_short_one_is_left_to_chance() {
        assert!(Secret::new("hunter22".to_owned()).is_within("my hunter22!"));
        assert!(!Secret::new("1".to_owned()).is_within("100000"));
        assert!(!Secret::new(String::new()).is_within("abc"));
    }

    #[test]
    fn without_a_secret_nothing_is_redacted() {
        assert_eq!(Secret::new(String::new()).redact("abc"), "abc");
    }
}
