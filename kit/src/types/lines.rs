//! Several values: of one kind, or with fields of their own.

use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::{Field, Problems, Type};
use crate::given::Given;
use crate::input::{note, read_members, read_value};
use crate::json::{self, Members, Object};
use crate::schema;
use crate::values::Value;

/// A list of values of one kind: at least one, at most so many.
#[derive(Clone, Copy)]
pub struct List {
    of: &'static dyn Type,
    max: usize,
}

impl List {
    /// At most `max` values of a kind.
    pub const fn new(of: &'static dyn Type, max: usize) -> Self {
        Self { of, max }
    }
}

impl Type for List {
    fn read(&self, given: Given) -> Result<Value, String> {
        Err(must_be("read with its members", &given))
    }

    /// One value that is no list is a list of it; `null` and blank texts are none of its values.
    fn read_reply(&self, given: Given) -> Result<Value, String> {
        let items = match given {
            Given::Array(items) => json::items(items),
            one => return self.of.read_reply(one).map(|value| Value::List(vec![value])),
        };
        let mut values = Vec::new();
        for item in items {
            if let Some(given) = Given::of(item) {
                values.push(self.of.read_reply(given)?);
            }
        }
        Ok(Value::List(values))
    }

    fn has_members(&self) -> bool {
        true
    }

    /// One value that is no list is a list of it: forms and spreadsheets have nothing else.
    fn read_members(&self, name: &str, given: Given, problems: &mut Problems) -> Option<Value> {
        let before = problems.len();
        let values: Vec<_> = match given {
            Given::Array(items) => {
                let items = counted(items, self.max, name, problems)?;
                let mut values = Vec::with_capacity(items.len());
                for (place, item) in items.into_iter().enumerate() {
                    let name = indexed(name, place);
                    match Given::of(item) {
                        Some(given) => values.extend(read_value(self.of, &name, given, problems)),
                        None => note(problems, &name, "is empty: leave it out"),
                    }
                }
                values
            }
            Given::Object(_) => {
                note(problems, name, &must_be("a list", &given));
                return None;
            }
            one => read_value(self.of, name, one, problems).into_iter().collect(),
        };
        (problems.len() == before).then_some(Value::List(values))
    }

    fn schema(&self, object: Object, optional: bool) -> Object {
        array(object, optional, self.of.schema(Object::new(), false), self.max)
    }

    fn output(&self, schema: Object) -> Object {
        schema.text("type", "array").json("items", &self.of.output(Object::new()).finish())
    }

    fn plain(&self) -> &'static str {
        "array"
    }

    fn item(&self) -> Option<&'static dyn Type> {
        Some(self.of)
    }

    fn tool(&self, schema: Object) -> Object {
        let item = self.of.tool(Object::new().text("type", self.of.plain()));
        schema.json("items", &item.finish())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[Refused("[]", "at least one"), Refused("[null]", "nothing is no value"), Refused("{}", "a list")]
    }
}

/// A list of lines, such as the goods of an order: each has the same fields.
#[derive(Clone, Copy)]
pub struct Lines {
    fields: &'static [Field],
    max: usize,
}

impl Lines {
    /// At most `max` lines with these fields, which are flat.
    pub const fn new(fields: &'static [Field], max: usize) -> Self {
        Self { fields, max }
    }
}

impl Type for Lines {
    fn read(&self, given: Given) -> Result<Value, String> {
        Err(must_be("read with its members", &given))
    }

    fn has_members(&self) -> bool {
        true
    }

    fn read_members(&self, name: &str, given: Given, problems: &mut Problems) -> Option<Value> {
        let before = problems.len();
        let Given::Array(items) = given else {
            note(problems, name, &must_be("a list of objects", &given));
            return None;
        };
        let mut lines = Vec::new();
        for (place, item) in counted(items, self.max, name, problems)?.into_iter().enumerate() {
            let name = indexed(name, place);
            match Members::parse(item) {
                Ok(members) => {
                    let values = read_members(&members, self.fields, &[&name, "."].concat(), problems);
                    lines.push(Value::Fields(values));
                }
                Err(_) => note(problems, &name, "must be an object with the fields of a line"),
            }
        }
        (problems.len() == before).then_some(Value::List(lines))
    }

    fn schema(&self, object: Object, optional: bool) -> Object {
        array(object, optional, schema::given(Object::new(), self.fields), self.max)
    }

    fn output(&self, schema: Object) -> Object {
        schema.text("type", "array").json("items", &schema::returned(Object::new(), self.fields).finish())
    }

    fn plain(&self) -> &'static str {
        "array"
    }

    fn tool(&self, schema: Object) -> Object {
        schema.json("items", &schema::plain(self.fields).finish())
    }

    fn tool_output(&self, schema: Object) -> Object {
        schema.json("items", &schema::plain_returned(self.fields).finish())
    }

    fn fields(&self) -> Option<&'static [Field]> {
        Some(self.fields)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused("[]", "at least one line"),
            Refused("[7]", "a line has fields"),
            Refused("{}", "a list of lines"),
            Refused(r#""text""#, "a list of lines"),
        ]
    }
}

/// The schema of an array: at least one of these items, at most so many.
fn array(object: Object, optional: bool, items: Object, max: usize) -> Object {
    let schema = typed(object, r#""array""#, optional).json("items", &items.finish());
    schema.number("minItems", 1).json("maxItems", &max.to_string())
}

/// The values of an array, if there are not too few or too many.
fn counted<'a>(json: &'a str, max: usize, name: &str, problems: &mut Problems) -> Option<Vec<&'a str>> {
    let items = json::items(json);
    if items.is_empty() {
        note(problems, name, "is an empty list: put at least one into it");
        return None;
    }
    if items.len() > max {
        note(problems, name, &format!("must have at most {max} entries, not {}", items.len()));
        return None;
    }
    Some(items)
}

fn indexed(name: &str, place: usize) -> String {
    [name, "[", &place.to_string(), "]"].concat()
}
