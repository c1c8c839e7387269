//! A value that was given, as JSON has it, and how it is repeated in a message.

use std::borrow::Cow;

use crate::json;
use crate::text::{length, shown, trim};

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
    if length(text) > QUOTED_CHARS { String::new() } else { format!(" (got \"{}\")", shown(text)) }
}

/// The known word that a misspelt one stands for.
#[cold]
#[inline(never)]
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = word.to_ascii_lowercase();
    let distances = known.iter().map(|known| (distance(lower.as_bytes(), known.as_bytes()), *known));
    distances.min().filter(|(distance, known)| *distance <= known.len() / 3).map(|(_, known)| known)
}

/// How many slips are between two words: a letter more, less, or another, or two in each other's place.
fn distance(one: &[u8], other: &[u8]) -> usize {
    if one.len() > QUOTED_CHARS {
        // No slip of a name.
        return usize::MAX;
    }
    // A row for each beginning of the one, with a place for each beginning of the other.
    let width = other.len() + 1;
    let mut table: Vec<usize> = Vec::with_capacity(width * (one.len() + 1));
    for row in 0..=one.len() {
        for column in 0..width {
            let before = |rows: usize, columns: usize| {
                let place = (row.checked_sub(rows)?) * width + column.checked_sub(columns)?;
                table.get(place).copied()
            };
            let differ = |back: usize, other_back: usize| {
                one.get(row.wrapping_sub(back)) != other.get(column.wrapping_sub(other_back))
            };
            let mut least = if row + column == 0 { 0 } else { usize::MAX };
            for distance in [before(1, 0), before(0, 1)].into_iter().flatten() {
                least = least.min(distance + 1);
            }
            if let Some(distance) = before(1, 1) {
                least = least.min(distance + usize::from(differ(1, 1)));
            }
            if let (Some(distance), false, false) = (before(2, 2), differ(1, 2), differ(2, 1)) {
                least = least.min(distance + 1);
            }
            table.push(least);
        }
    }
    table.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slips_are_counted_as_others_count_them(one in "[abc]{0,8}", other in "[abc]{0,8}") {
            prop_assert_eq!(distance(one.as_bytes(), other.as_bytes()), strsim::osa_distance(&one, &other));
        }
    }
}
