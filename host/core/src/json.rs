//! JSON from outside: an input's object, read strictly and kept as it was written.
//!
//! Three things that readers of JSON commonly do would each change an order that nobody meant, so
//! this one does none of them. A number does not become a float, which has too few digits for an
//! order's number. Of a name that is given twice, no value is the right one. And bytes of another
//! encoding are not guessed at. What is refused is told without its values: they may be secrets.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::error::{ActionError, Problem};

/// How deep an input may be nested. The contract's inputs have three levels.
const DEEPEST: usize = 32;

/// The longest name that is shown.
const LONGEST_NAME: usize = 64;

/// A JSON object in which every name stands once, with its values as they were written.
///
/// It is written as JSON again by `to_string`: without blanks between its members, and with every
/// digit of its numbers.
#[derive(Debug, Clone, Default)]
pub struct Object(Vec<(String, Box<RawValue>)>);

/// Reads an object. A UTF-8 byte order mark before it is passed over, as RFC 8259 allows.
///
/// # Errors
/// If it is none, or one that could be read in more than one way.
pub fn object(bytes: &[u8]) -> Result<Object, Malformed> {
    let text = text(bytes)?;
    match text.trim_ascii_start().bytes().next() {
        Some(b'{') => {}
        None => return Err(Malformed::Empty),
        Some(b'[') => return Err(Malformed::Array),
        Some(first) => {
            serde_json::from_str::<IgnoredAny>(text).map_err(|error| Malformed::syntax(text, &error))?;
            return Err(if first == b'"' { Malformed::Text } else { Malformed::OtherValue });
        }
    }
    let members: Members<Box<RawValue>> =
        serde_json::from_str(text).map_err(|error| Malformed::syntax(text, &error))?;
    check_names(&members.0, DEEPEST)?;
    Ok(Object(members.0))
}

impl Object {
    /// The value of this name, as it was written.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.iter().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    /// The value of this name, if it is a text.
    pub fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// All names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Box<RawValue>> {
        let place = self.0.iter().position(|(given, _)| given == name)?;
        Some(self.0.remove(place).1)
    }

    /// Gives a member this value: in its place, or behind all others if there is none of the name.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.set_raw(name, RawValue::from_string(value.into().to_string()).expect("a value is written as JSON"));
    }

    /// The same with a value as it is written.
    pub fn set_raw(&mut self, name: &str, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(given, _)| given == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// A value as people write it: a text without its quotation marks, and anything else as it was
/// written.
pub fn plain(value: &RawValue) -> String {
    serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

/// The text of bytes that should be JSON: UTF-8, whose byte order mark is passed over.
///
/// # Errors
/// If they are of another encoding.
pub fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    if let Some(encoding) = encoding(bytes) {
        return Err(Malformed::Encoding(encoding));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Malformed::NotUtf8(Place { line: before.split('\n').count(), column: line.chars().count() + 1 })
    })
}

/// The encoding of bytes that are certainly not UTF-8: by their byte order mark, or because of the
/// two characters of ASCII that JSON begins with.
fn encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [a, 0, 0, 0, ..] | [0, 0, 0, a, ..] if *a != 0 => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [a, 0, ..] | [0, a, ..] if *a != 0 => Some("UTF-16"),
        _ => None,
    }
}

/// Whether every object has each of its names once.
fn check_names<V: Borrow<RawValue>>(members: &[(String, V)], deeper: usize) -> Result<(), Malformed> {
    let mut names = HashSet::new();
    for (name, value) in members {
        if !names.insert(name) {
            return Err(Malformed::Twice(name.clone()));
        }
        check_value(value.borrow().get(), deeper)?;
    }
    Ok(())
}

/// The same for what is in a value: its text is JSON.
fn check_value(text: &str, deeper: usize) -> Result<(), Malformed> {
    let syntax = |error| Malformed::syntax(text, &error);
    let deeper = match text.as_bytes().first() {
        Some(b'{' | b'[') => deeper.checked_sub(1).ok_or(Malformed::TooDeep)?,
        _ => return Ok(()),
    };
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
        return items.iter().try_for_each(|item| check_value(item.get(), deeper));
    }
    let members: Members<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
    check_names(&members.0, deeper)
}

/// The members of an object as they stand, a name as often as it is given.
struct Members<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for All<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All(std::marker::PhantomData))
    }
}

/// Why bytes are no object to go by. It tells what to do, and shows no value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// There is nothing but blanks.
    Empty,
    /// The encoding of the name, which is not UTF-8.
    Encoding(&'static str),
    /// From here on, it is not UTF-8 but some other encoding.
    NotUtf8(Place),
    /// It is not JSON.
    Syntax {
        /// Where that shows.
        place: Place,
        /// What is wrong there.
        why: String,
    },
    /// A JSON array, of objects maybe.
    Array,
    /// A JSON text, with an object in it maybe.
    Text,
    /// A number, true, false or null.
    OtherValue,
    /// A name that one object has more than once.
    Twice(String),
    /// It is nested deeper than any input is.
    TooDeep,
}

/// A place in a text; line and column are counted from 1, the latter in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// What serde_json says of a text, and nothing that stands in it: of data that is another than expected it repeats a
/// part, which may be a secret.
pub fn told(error: &serde_json::Error) -> String {
    let told = error.to_string();
    if !error.is_data() || told.starts_with("missing field") {
        return told;
    }
    match told.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("it can't be read at line {} column {}", error.line(), error.column()),
    }
}

impl Malformed {
    /// What is wrong with what is called so: "The input", "The row".
    pub fn of(&self, what: &str) -> String {
        match self {
            Self::Empty => format!("{what} is empty: give a JSON object."),
            Self::Encoding(name) => format!("{what} is {name}, and JSON is UTF-8: save it as UTF-8."),
            Self::NotUtf8(place) => format!("{what} is not UTF-8 ({place}): save it as UTF-8."),
            Self::Syntax { place, why } => format!("{what} is not JSON ({place}): {why}."),
            Self::Array => format!(
                "{what} is a JSON array: give one object. For many objects there is batch, which takes an array of them, or one a line."
            ),
            Self::Text => format!("{what} is a JSON text: give the object itself, without quotation marks around it."),
            Self::OtherValue => format!("{what} is no JSON object: give one, such as {{\"name\": \"value\"}}."),
            Self::Twice(name) => format!("{} is given twice: leave one out.", shown(name)),
            Self::TooDeep => format!("{what} is nested deeper than {DEEPEST} levels: give the fields themselves."),
        }
    }

    /// What serde_json says of a text that is not JSON.
    pub fn syntax(text: &str, error: &serde_json::Error) -> Self {
        let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
        let before = line.floor_char_boundary(error.column().saturating_sub(1));
        let place = Place { line: error.line(), column: line[..before].chars().count() + 1 };
        // serde_json's words for syntax repeat nothing of the text; those for data would.
        let told = match error.classify() {
            Category::Syntax => error.to_string(),
            Category::Eof => "it ends too early, as if it were cut short".to_owned(),
            Category::Data | Category::Io => "it can't be read".to_owned(),
        };
        let told = told.split(" at line ").next().unwrap_or_default();
        let hint = line[before..].chars().next().and_then(|at| hint(at, told));
        let why = hint.unwrap_or_else(|| told.to_owned());
        Self::Syntax { place, why }
    }
}

/// What people and programs write that looks like JSON to them.
fn hint(at: char, told: &str) -> Option<String> {
    Some(match at {
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' | '`' => {
            format!("{at} is no quotation mark of JSON: write \"")
        }
        ',' if told == "trailing characters" => "a comma stands behind it: take it out".to_owned(),
        'N' | 'I' | 'T' | 'F' | 'u' if told == "expected value" => {
            "JSON has null, true and false, and no None, NaN, Infinity, True or undefined".to_owned()
        }
        '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}' | '\u{feff}' => {
            format!("an invisible character (U+{:04X}) stands there: take it out", u32::from(at))
        }
        _ => return None,
    })
}

/// A name, as far as it can be shown on a line.
fn shown(name: &str) -> String {
    let cut: String = name.chars().take(LONGEST_NAME).flat_map(char::escape_debug).collect();
    match (name.is_empty(), name.chars().nth(LONGEST_NAME)) {
        (true, _) => "\"\"".to_owned(),
        (_, Some(_)) => cut + "…",
        (_, None) => cut,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of("The input"))
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for Box<ActionError> {
    fn from(malformed: Malformed) -> Self {
        let error = ActionError::invalid_input(malformed.to_string());
        Box::new(match malformed {
            Malformed::Twice(name) => {
                let field = shown(&name);
                let problem = Problem { field: field.clone(), message: error.message.clone() };
                ActionError { field: Some(field), problems: vec![problem], ..error }
            }
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests;
