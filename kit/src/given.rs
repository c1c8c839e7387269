//! A value that was given, as JSON has it, and how it is repeated in a message.

use std::borrow::Cow;

use crate::json;
use crate::text::{shown, trim};

/// Values longer than this are not repeated in a message.
pub(crate) const QUOTED_CHARS: usize = 40;

/// A value that was given.
#[derive(Debug, Clone, PartialEq)]
pub enum Given<'a> {
    /// A string without what nobody sees around it, which is neither blank nor an accident.
    Text(Cow<'a, str>),
    /// A number as it was written, so that none of its digits is lost.
    Number(&'a str),
    /// `true` or `false`.
    Switch(bool),
    /// An array, as it was written.
    Array(&'a str),
    /// An object, as it was written.
    Object(&'a str),
    /// A string that is no text: half of a surrogate pair is valid JSON.
    NoText,
}

impl<'a> Given<'a> {
    /// What a JSON value gives; `null` and blank strings give nothing: no-code forms send them for
    /// fields that are left empty.
    #[inline(never)]
    pub fn of(json: &'a str) -> Option<Self> {
        Some(match json.as_bytes().first()? {
            b'"' => {
                let Some(text) = json::string(json) else { return Some(Self::NoText) };
                let text = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
                    Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
                };
                return (!text.is_empty()).then_some(Self::Text(text));
            }
            b'n' => return None,
            b't' => Self::Switch(true),
            b'f' => Self::Switch(false),
            b'[' => Self::Array(json),
            b'{' => Self::Object(json),
            _ => Self::Number(json),
        })
    }

    /// What it is, for the refusal of it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Switch(_) => "a boolean",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::NoText => "a text that is not valid Unicode",
        }
    }
}

/// `text` in quotation marks for a message, or nothing if it is long: a part of it could be a part
/// of a secret.
#[cold]
#[inline(never)]
pub fn quoted(text: &str) -> String {
    if text.chars().count() > QUOTED_CHARS { String::new() } else { format!(" (got \"{}\")", shown(text)) }
}

/// The known word that a misspelt one stands for.
#[cold]
#[inline(never)]
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = word.to_ascii_lowercase();
    let distances = known.iter().map(|known| (strsim::levenshtein(&lower, known), *known));
    let letters = |text: &str| text.bytes().fold(0, u8::wrapping_add);
    let is_near = |(distance, known): &(usize, &str)| {
        // Two letters that have changed places are one mistake.
        *distance <= known.len() / 3 || (*distance == 2 && letters(known) == letters(&lower))
    };
    distances.min().filter(is_near).map(|(_, known)| known)
}
