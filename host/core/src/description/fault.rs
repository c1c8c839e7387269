//! One thing that is wrong with a description, and where.

use serde_json::Value;

use crate::text::{cut, on_one_line};

/// One thing that is wrong with a description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where, such as `actions[0].inputSchema.required`.
    pub place: String,
    /// What is wrong, and what to do.
    pub message: String,
    /// Whether a host would misread the plugin, and so does not load it.
    pub misread: bool,
}

impl Fault {
    /// A fault at a place. Both are told on one line, whatever names and values of the description they tell.
    pub fn new(place: impl AsRef<str>, message: impl AsRef<str>, misread: bool) -> Self {
        Self { place: on_one_line(place.as_ref()), message: on_one_line(message.as_ref()), misread }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.place, self.message)
    }
}

/// The place of a member.
pub fn member(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// A JSON pointer as people write it: `actions[0].name`.
pub fn dotted(pointer: &str) -> String {
    let mut place = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            place.push_str(&format!("[{part}]"));
        } else {
            place = member(&place, &part);
        }
    }
    place
}

/// A value in a message: what is long is cut.
pub fn shown(value: &Value) -> String {
    const CHARS: usize = 40;
    cut(&value.to_string(), CHARS).into_owned()
}

/// What is told of a name that is none of these.
pub fn unknown(name: &str, kind: &str, names: &[&str]) -> String {
    match names {
        [] => format!("{name} is no {kind}: there is none"),
        names => format!("{name} is no {kind}: there are {}", names.join(", ")),
    }
}
