//! Schemas of objects, written from their fields: the whole truth, and what a tool says.

use std::borrow::Cow;

use crate::field::{Field, Needed, When};
use crate::json::{self, Array, Object};

/// The schema of an object that is given: the canonical forms of its fields.
#[inline(never)]
pub(crate) fn given(schema: Object, fields: &[Field]) -> Object {
    let mut properties = Object::new();
    let mut conditions = Array::new();
    for field in fields {
        let property = field.holds.schema(named(field), field.may_be_absent()).json_if("default", field.default);
        properties = properties.json(field.name, &property.finish());
        if let Needed::When(when) = field.needed {
            conditions.json(&condition(field, when));
        }
    }
    let has_conditions = !conditions.is_empty();
    closed(schema, properties, fields).json_if("allOf", has_conditions.then(|| conditions.finish()).as_deref())
}

/// The rule for a field that is required for some values of another one.
fn condition(field: &Field, when: When) -> String {
    let words = Object::new().json("enum", &Array::of_texts(when.is)).finish();
    let given = field.holds.schema(Object::new(), false).finish();
    Object::new().json("if", &has(when.on, &words)).json("then", &has(field.name, &given)).finish()
}

/// The schema of an object that has a member of this schema.
#[inline(never)]
fn has(name: &str, schema: &str) -> String {
    let properties = Object::new().json(name, schema).finish();
    Object::new().json("properties", &properties).json("required", &Array::of_texts(&[name])).finish()
}

/// The schema of an object that is given back.
#[inline(never)]
pub(crate) fn returned(schema: Object, fields: &[Field]) -> Object {
    let mut properties = Object::new();
    for field in fields {
        properties = properties.json(field.name, &field.holds.output(named(field)).finish());
    }
    closed(schema, properties, fields)
}

/// An object with these properties and no others.
#[inline(never)]
fn closed(schema: Object, properties: Object, fields: &[Field]) -> Object {
    let schema = schema.text("type", "object").json("properties", &properties.finish());
    schema.json("required", &required(fields)).switch("additionalProperties", false)
}

/// The names of the fields that always have to be there.
#[inline(never)]
fn required(fields: &[Field]) -> String {
    let mut required = Array::new();
    for field in fields.iter().filter(|field| field.needed == Needed::Always) {
        required.text(field.name);
    }
    required.finish()
}

/// What a field is called, and what it is.
#[inline(never)]
fn named(field: &Field) -> Object {
    let described = field.described();
    Object::new()
        .text("title", field.title)
        .text_if("description", (!described.is_empty()).then_some(described.as_str()))
        .json_if("examples", field.examples)
}

/// The same as a tool has it: one type for each field, and the conditions within the descriptions.
#[inline(never)]
pub(crate) fn plain(fields: &[Field]) -> Object {
    let mut properties = Object::new();
    for field in fields {
        let mut description = described(field);
        let mut add = |text: &str| {
            description.push_str(if description.is_empty() { "" } else { " " });
            description.push_str(text);
        };
        if let Some(default) = field.default {
            let default = json::string(default).unwrap_or(Cow::Borrowed(default));
            add(&["Default: ", &default, "."].concat());
        }
        if let Needed::When(when) = field.needed {
            add("Required when ");
            description.push_str(when.on);
            description.push_str(" is ");
            for (place, word) in when.is.iter().enumerate() {
                description.push_str(if place > 0 { " or " } else { "" });
                description.push_str(word);
            }
            description.push('.');
        }
        let property = told(field.holds.plain(), &description);
        properties = properties.json(field.name, &field.holds.tool(property).finish());
    }
    let schema = Object::new().text("type", "object").json("properties", &properties.finish());
    schema.json("required", &required(fields)).switch("additionalProperties", false)
}

/// What a field is: in its own words, or by its title. Nothing if the words only repeat the title,
/// which says no more than the name does.
#[inline(never)]
fn described(field: &Field) -> String {
    let described = field.described();
    match described.strip_suffix('.') {
        Some(words) if words == field.title => String::new(),
        _ if described.is_empty() => field.title.to_owned(),
        _ => described,
    }
}

/// A type with what it means.
#[inline(never)]
fn told(kind: &str, description: &str) -> Object {
    Object::new().text("type", kind).text_if("description", (!description.is_empty()).then_some(description))
}

/// The schema of an object that is given back, as a tool has it. What has no type is not told, and may
/// then be there all the same.
pub(crate) fn plain_returned(fields: &[Field]) -> Object {
    let mut properties = Object::new();
    let mut is_whole = true;
    for field in fields {
        let Some(kind) = field.holds.plain_output() else {
            is_whole = false;
            continue;
        };
        let property = told(kind, &described(field));
        properties = properties.json(field.name, &field.holds.tool_output(property).finish());
    }
    let schema = Object::new().text("type", "object").json("properties", &properties.finish());
    let schema = schema.json("required", &required(fields));
    if is_whole { schema.switch("additionalProperties", false) } else { schema }
}
