//! The kinds of values that fields hold: each reads what was given, and says the same as a schema.
//!
//! A schema shows the canonical forms, and what is read is more. A message of a rule continues
//! "`field` …". A kind that is not here is a [`Type`](crate::field::Type) of the plugin's own.

mod any;
mod choice;
mod code;
mod date_time;
mod day;
mod digits;
mod email;
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
pub use date_time::rfc3339;
pub use day::Day;
pub use digits::Digits;
pub use email::Email;
pub use lines::{Lines, List};
pub use moment::Moment;
pub use money::Money;
pub use switch::Switch;
pub use text::Text;
pub use token::Token;
pub use url::Url;
pub use whole::Whole;

use crate::given::Given;
use crate::json::Object;

/// The `type` keyword: a name or several, each in quotation marks and with commas between them; and
/// `null` for a field that may be left out.
#[inline(never)]
pub fn typed(schema: Object, types: &str, optional: bool) -> Object {
    match (optional, types.contains(',')) {
        (false, false) => schema.json("type", types),
        (false, true) => schema.json("type", &["[", types, "]"].concat()),
        (true, _) => schema.json("type", &["[", types, ",\"null\"]"].concat()),
    }
}

/// The refusal of a value of another type.
#[cold]
#[inline(never)]
pub fn must_be(what: &str, given: &Given) -> String {
    ["must be ", what, ", not ", given.name()].concat()
}
