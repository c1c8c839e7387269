//! On or off.

use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, quoted};
use crate::json::Object;
use crate::values::Value;

/// On or off, as people, programs, files and environments write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch;

impl Type for Switch {
    fn read(&self, given: Given) -> Result<Value, String> {
        let text = match &given {
            Given::Switch(on) => return Ok(Value::Switch(*on)),
            Given::Text(text) => text.as_ref(),
            Given::Number(number) => number,
            other => return Err(must_be("true or false", other)),
        };
        let is_one_of = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match text {
            _ if is_one_of(["true", "1", "yes", "on"]) => Ok(Value::Switch(true)),
            _ if is_one_of(["false", "0", "no", "off"]) => Ok(Value::Switch(false)),
            _ => Err(["must be true or false", &quoted(text)].concat()),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        typed(schema, r#""boolean""#, optional)
    }

    fn plain(&self) -> &'static str {
        "boolean"
    }

    fn flaw(&self, _text: &str) -> Option<crate::flaw::Flaw> {
        None
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[Refused(r#""perhaps""#, "on or off"), Refused("2", "on or off"), Refused("[true]", "one switch")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_read_as_people_and_programs_write_it() {
        for (json, on) in [
            ("true", true),
            (r#""TRUE""#, true),
            ("1", true),
            (r#""on""#, true),
            ("false", false),
            (r#""No""#, false),
            ("0", false),
        ] {
            assert_eq!(Switch.read(Given::of(json).unwrap()), Ok(Value::Switch(on)), "{json}");
        }
        for json in [r#""tru""#, "2", "[]", r#""None""#] {
            assert!(Switch.read(Given::of(json).unwrap()).unwrap_err().starts_with("must be true or false"), "{json}");
        }
    }
}
