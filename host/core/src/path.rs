//! Where a value stands in an input, as people and errors write it: `goods[0].sku`.
//!
//! The contract's inputs have fields, lists and objects of fields, and nothing deeper; a path goes as
//! deep as it is written. There is one spelling, so that what an error names can be typed again.

use std::fmt;

/// The most entries of a list that can be named one by one.
pub const MOST_ENTRIES: usize = 1000;

/// The way to a value: a field, and what is within it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The field.
    pub field: String,
    /// The steps within it; none for the field as a whole.
    pub steps: Vec<Step>,
}

/// A step within a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The entry of a list at this place, counted from 0: `[0]`.
    At(usize),
    /// Each entry of a list: `[]`.
    Each,
    /// The member of an object: `.sku`.
    Member(String),
}

/// A text is no path; the message is to be put behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPath(String);

impl Path {
    /// A field as a whole, whatever its name consists of.
    pub fn whole(field: impl Into<String>) -> Self {
        Self { field: field.into(), steps: Vec::new() }
    }

    /// Reads a path.
    ///
    /// # Errors
    /// If it is none; the message says how it is written.
    pub fn read(text: &str) -> Result<Self, NoPath> {
        let end = text.find(['[', ']', '.']).unwrap_or(text.len());
        let mut path = Self::whole(&text[..end]);
        let mut rest = &text[end..];
        let unlike = || NoPath(format!("is no field: it is written as in goods[0].sku{}", meant(text)));
        if path.field.is_empty() {
            return Err(unlike());
        }
        while !rest.is_empty() {
            let step = if let Some(behind) = rest.strip_prefix('[') {
                let (inner, behind) = behind.split_once(']').ok_or_else(unlike)?;
                rest = behind;
                match inner {
                    "" => Step::Each,
                    _ if inner.bytes().all(|byte| byte.is_ascii_digit()) => Step::At(place(inner)?),
                    _ => return Err(unlike()),
                }
            } else {
                let behind = rest.strip_prefix('.').ok_or_else(unlike)?;
                let end = behind.find(['[', ']', '.']).unwrap_or(behind.len());
                let (name, behind) = behind.split_at(end);
                if name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(unlike());
                }
                rest = behind;
                Step::Member(name.to_owned())
            };
            path.steps.push(step);
        }
        Ok(path)
    }

    /// The same with each entry of a list in place of one: what holds of `goods[0].sku` as of all
    /// others is told of `goods[].sku`.
    #[must_use]
    pub fn of_each(&self) -> Self {
        let each = |step: &Step| if matches!(step, Step::At(_)) { Step::Each } else { step.clone() };
        Self { field: self.field.clone(), steps: self.steps.iter().map(each).collect() }
    }

    /// Whether it names each entry of a list, and not one of them.
    pub fn has_each(&self) -> bool {
        self.steps.contains(&Step::Each)
    }

    /// The same with the entry at this place wherever it names each.
    #[must_use]
    pub fn at(&self, place: usize) -> Self {
        let at = |step: &Step| if *step == Step::Each { Step::At(place) } else { step.clone() };
        Self { field: self.field.clone(), steps: self.steps.iter().map(at).collect() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        for step in &self.steps {
            match step {
                Step::At(place) => write!(f, "[{place}]")?,
                Step::Each => f.write_str("[]")?,
                Step::Member(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

fn place(digits: &str) -> Result<usize, NoPath> {
    let place = digits.parse().ok().filter(|place| *place < MOST_ENTRIES);
    place.ok_or_else(|| NoPath(format!("is out of reach: a list has at most {MOST_ENTRIES} entries, counted from 0")))
}

/// How it should have been written, if that can be told: `goods[0][sku]`, `goods.0.sku`.
fn meant(text: &str) -> String {
    let parts: Vec<_> = text.split(['[', ']', '.']).map(|part| part.trim_matches(['\'', '"', ' '])).collect();
    let mut parts = parts.into_iter().filter(|part| !part.is_empty());
    let Some(mut meant) = parts.next().map(str::to_owned) else {
        return String::new();
    };
    for part in parts {
        let is_place = part.bytes().all(|byte| byte.is_ascii_digit());
        meant.push_str(&if is_place { format!("[{part}]") } else { format!(".{part}") });
    }
    format!(", so {meant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_is_read() {
        for text in ["status", "tags[0]", "goods[12].sku", "goods[].sku", "address.city", "bill-id x", "a[0][1].b.c"] {
            assert_eq!(Path::read(text).unwrap().to_string(), text);
        }
        let path = Path::read("goods[2].sku").unwrap();
        assert_eq!(path.steps, [Step::At(2), Step::Member("sku".to_owned())]);
        assert_eq!(
            (path.of_each().to_string(), path.of_each().at(7).to_string()),
            ("goods[].sku".into(), "goods[7].sku".into())
        );
        assert!(path.of_each().has_each() && !path.has_each());
        assert_eq!(Path::whole("a.b").to_string(), "a.b");
    }

    #[test]
    fn another_spelling_is_told_with_the_right_one() {
        for (text, told) in [
            ("goods[0][sku]", "so goods[0].sku"),
            ("goods.0.sku", "so goods[0].sku"),
            ("goods[0]sku", "so goods[0].sku"),
            ("goods[0", "so goods[0]"),
            ("goods['sku']", "so goods.sku"),
            ("goods[-1].sku", "goods[0].sku"),
            ("goods.", "so goods"),
            ("goods[1000].sku", "at most 1000 entries"),
            ("goods[99999999999999999999999]", "at most 1000 entries"),
            ("", "is no field"),
            ("[0]", "is no field"),
            (".", "is no field"),
        ] {
            let why = Path::read(text).unwrap_err().to_string();
            assert!(why.contains(told), "{text}: {why}");
        }
    }
}
