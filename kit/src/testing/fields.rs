//! Fields, and objects that are to have them, held to the rules.

use crate::field::{Field, Needed};
use crate::given::Given;
use crate::input;
use crate::json::{self, Members, Object};
use crate::tools;

/// Where a search's next part begins: the contract has MCP's name for it.
const NEXT_CURSOR: &str = "nextCursor";

/// Fields have names that hosts can use, texts, and examples that they take; `takes` is whether they
/// are read at all.
pub(super) fn of_fields(of: &str, fields: &'static [Field], takes: bool, faults: &mut Vec<String>) {
    for (place, field) in fields.iter().enumerate() {
        let name = field.name;
        let is_name = name == NEXT_CURSOR
            || name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_name || name.is_empty() || tools::ADDED_BY_CLIENTS.contains(&name) {
            faults.push(format!("{of}: {name:?} is no name for a field: small letters, digits and _"));
        }
        if field.title == name && field.description.is_empty() && field.holds.described().is_empty() {
            faults.push(format!("{of}: {name} has neither a title nor a description"));
        }
        if let Some(when) = field.when()
            && !fields[..place].iter().any(|other| other.name == when.on)
        {
            faults.push(format!("{of}: {name} depends on {}, which does not stand before it", when.on));
        }
        for (_, by) in field.options_by {
            if field.options.is_none() || !fields.iter().any(|other| other.name == *by) {
                faults
                    .push(format!("{of}: the choices of {name} depend on {by}, and there is no such field or no list"));
            }
        }
        for example in json::items(field.examples.unwrap_or("[]")).into_iter().filter(|_| takes) {
            let mut problems = Vec::new();
            let given = Given::of(example);
            let read = given.and_then(|given| input::read_value(field.holds, name, given, &mut problems));
            if read.is_none() {
                faults.push(format!("{of}: {name} refuses its example {example}"));
            }
        }
        if let Some(fields) = field.holds.fields() {
            of_fields(&format!("{of}: {name}"), fields, takes, faults);
        }
    }
}

/// An object that is given back has what it must have, and nothing that is not said of it.
pub(super) fn of_output(of: &str, fields: &[Field], output: &str, faults: &mut Vec<String>) {
    let Ok(members) = Members::parse(output) else { return faults.push(format!("{of} is no object")) };
    for field in fields.iter().filter(|field| field.needed == Needed::Always) {
        if members.get(field.name).is_none() {
            faults.push(format!("{of} has no {}", field.name));
        }
    }
    for (name, _) in &members.0 {
        if !fields.iter().any(|field| field.name == name) {
            faults.push(format!("{of} has {name}, which is none of its members"));
        }
    }
}

/// An object with another value for one member.
pub(super) fn with(json: &str, name: &str, value: &str) -> String {
    let Members(members) = Members::parse(json).unwrap_or(Members(Vec::new()));
    let others = members.iter().filter(|(other, _)| other != name);
    others.fold(Object::new(), |object, (name, value)| object.json(name, value)).json(name, value).finish()
}

/// Whether a field is looked at in an input.
pub(super) fn has_part(field: &Field, input: &str) -> bool {
    let Ok(members) = Members::parse(input) else { return false };
    field.when().is_none_or(|when| {
        let decides = members.get(when.on).and_then(json::string);
        decides.is_some_and(|value| when.is.contains(&value.as_ref()))
    })
}
