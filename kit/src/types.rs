//! The kinds of values that fields hold: each reads what was given, and says the same as a schema.
//!
//! A schema shows the canonical forms, and what is read is more. A message of a rule continues
//! "`field` …". A kind that is not here is a [`Type`] of the plugin's own.

mod any;
mod choice;
mod code;
mod day;
mod digits;
mod lines;
mod moment;
mod money;
mod number;
mod switch;
mod text;
mod token;
pub(crate) mod url;
mod whole;

pub use any::Any;
pub use choice::Choice;
pub use code::Code;
pub use day::Day;
pub use digits::Digits;
pub use lines::{Lines, List};
pub use moment::Moment;
pub use money::Money;
pub use switch::Switch;
pub use text::Text;
pub use token::Token;
pub use url::Url;
pub use whole::Whole;

use crate::error::Problem;
use crate::field::Field;
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::flaw::Flaw;
use crate::input::{Given, quoted};
use crate::json::Object;
use crate::values::Value;

/// The problems of an input, collected while it is read.
pub type Problems = Vec<Problem>;

/// A kind of value.
pub trait Type: Sync {
    /// Reads a value that was given.
    ///
    /// # Errors
    /// Why it is none, continuing "`field` …".
    fn read(&self, given: Given) -> Result<Value, String>;

    /// Adds the keywords of its canonical forms to a schema. Where it is `optional`, `null` and
    /// blank texts are taken as well.
    fn schema(&self, schema: Object, optional: bool) -> Object;

    /// Adds the keywords of the one form in which it is sent and given back.
    fn output(&self, schema: Object) -> Object {
        schema.text_if("type", self.plain_output())
    }

    /// The type of that form, if it is always the same.
    fn plain_output(&self) -> Option<&'static str> {
        Some(self.plain())
    }

    /// The type in an MCP tool, which has only one: that which takes the most.
    fn plain(&self) -> &'static str {
        "string"
    }

    /// Adds what a tool says beside the type and the description: the choices of a text, what a list
    /// is made of.
    fn tool(&self, schema: Object) -> Object {
        schema
    }

    /// Whether its texts may be what an accident looks like.
    fn tolerates(&self, _flaw: Flaw) -> bool {
        false
    }

    /// Whether a text may have several lines.
    fn has_lines(&self) -> bool {
        false
    }

    /// Whether it is a secret, which is shown nowhere.
    fn is_secret(&self) -> bool {
        false
    }

    /// Whether it is an address that the plugin may reach.
    fn is_origin(&self) -> bool {
        false
    }

    /// Whether it is a point in time that hosts may turn from a person's spelling into the
    /// plugin's.
    fn is_moment(&self) -> bool {
        false
    }

    /// The fields of its members, if it has any.
    fn fields(&self) -> Option<&'static [Field]> {
        None
    }

    /// What is said of a field that has no description of its own.
    fn described(&self) -> String {
        String::new()
    }

    /// What a person is told who leaves the field out, if the description does not say it better.
    fn asked(&self) -> Option<String> {
        None
    }

    /// Values that it refuses, whatever the field, and why.
    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[]
    }

    /// Whether it is read by [`Type::read_members`].
    fn has_members(&self) -> bool {
        false
    }

    /// Reads a value that has members, and notes every problem under the name of its member.
    fn read_members(&self, _name: &str, _given: Given, _problems: &mut Problems) -> Option<Value> {
        None
    }
}

/// Reads the value of the field `name`, and notes every problem.
#[inline(never)]
pub fn read(kind: &dyn Type, name: &str, given: Given, problems: &mut Problems) -> Option<Value> {
    if kind.has_members() {
        return kind.read_members(name, given, problems);
    }
    let flaw = match &given {
        Given::Text(text) => flaw_of(kind, text).map(|flaw| flaw.told(&quoted(text))),
        _ => None,
    };
    flaw.map_or_else(|| kind.read(given), Err).map_err(|why| note(problems, name, &why)).ok()
}

/// The flaw of a text that is to be of a kind.
pub(crate) fn flaw_of(kind: &dyn Type, text: &str) -> Option<Flaw> {
    let flaw = if kind.has_lines() {
        // They are looked at one by one.
        text.split(['\n', '\r', '\t']).find_map(Flaw::of)
    } else {
        Flaw::of(text)
    };
    flaw.filter(|flaw| !kind.tolerates(*flaw))
}

/// Notes a problem of a field; `why` continues "`field` …".
#[cold]
#[inline(never)]
pub(crate) fn note(problems: &mut Problems, name: &str, why: &str) {
    problems.push(Problem::new(name, [name, " ", why].concat()));
}

/// The `type` keyword: a name or several, each in quotation marks and with commas between them; and
/// `null` for a field that may be left out.
#[inline(never)]
pub(crate) fn typed(schema: Object, types: &str, optional: bool) -> Object {
    match (optional, types.contains(',')) {
        (false, false) => schema.json("type", types),
        (false, true) => schema.json("type", &["[", types, "]"].concat()),
        (true, _) => schema.json("type", &["[", types, ",\"null\"]"].concat()),
    }
}

/// The refusal of a value of another type.
#[cold]
#[inline(never)]
pub(crate) fn must_be(what: &str, given: &Given) -> String {
    ["must be ", what, ", not ", given.name()].concat()
}
