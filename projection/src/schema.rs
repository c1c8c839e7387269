//! Schemas of inputs and outputs, made plain.

use serde_json::{Map, Value, json};

use crate::conditions;

/// What can be the one type of a field, that which takes the most first.
const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// The type of a field of which the schema says none.
const ANY: &str = TYPES[0];

/// An input's schema, and what can be said of it nowhere but with the tool itself.
pub fn input(schema: &Value) -> (Value, Vec<String>) {
    let conditions = conditions::read(schema);
    let input = object(schema, |name, field| {
        let sentences = conditions.fields.iter().filter(|(field, _)| field == name).map(|(_, sentence)| sentence);
        Some(input_field(field, &sentences.map(String::as_str).collect::<Vec<_>>()))
    });
    (Value::Object(input), conditions.notes)
}

/// A field of an input: of the one type that takes the most.
fn input_field(field: &Value, sentences: &[&str]) -> Value {
    let mut types = types(field);
    types.sort_by_key(|given| TYPES.iter().position(|known| known == given));
    let one = types.first().copied().unwrap_or(ANY);
    let (choices, told) = choices(field, one);
    let default = field.get("default").filter(|default| !default.is_object() && !default.is_array());
    let default = default.and_then(conditions::shown).map(|default| format!("Default: {default}."));
    let more = told.as_deref().into_iter().chain(default.as_deref()).chain(sentences.iter().copied());
    let mut plain = named(one, field, more);
    if !choices.is_empty() {
        plain.insert("enum".to_owned(), choices.into());
    }
    match one {
        "array" => {
            let items = field.get("items").filter(|items| items.is_object());
            plain.insert("items".to_owned(), items.map_or_else(|| json!({ "type": ANY }), |it| input_field(it, &[])));
        }
        "object" => plain.extend(object(field, |_, field| Some(input_field(field, &[])))),
        _ => {}
    }
    Value::Object(plain)
}

/// The schema of an output, if that is an object.
pub fn output(schema: &Value) -> Option<Value> {
    output_field(schema).filter(|schema| schema["type"] == "object").map(|mut schema| {
        if let Some(root) = schema.as_object_mut() {
            root.shift_remove("description");
        }
        schema
    })
}

/// A value of an output, if it has one type in all cases: what is not always so is not said.
fn output_field(field: &Value) -> Option<Value> {
    let one = field["type"].as_str().and_then(known)?;
    let mut plain = named(one, field, []);
    let (choices, _) = choices(field, one);
    if !choices.is_empty() {
        plain.insert("enum".to_owned(), choices.into());
    }
    match one {
        "array" => drop(plain.insert("items".to_owned(), output_field(field.get("items")?)?)),
        "object" => plain.extend(object(field, |_, field| output_field(field))),
        _ => {}
    }
    Some(Value::Object(plain))
}

/// An object's schema with the fields that are told. If some are not, there may be others.
fn object(schema: &Value, tell: impl Fn(&str, &Value) -> Option<Value>) -> Map<String, Value> {
    let fields = schema["properties"].as_object();
    let told = |(name, field): (&String, &Value)| tell(name, field).map(|field| (name.clone(), field));
    let properties: Map<_, _> = fields.into_iter().flatten().filter_map(told).collect();
    let all = properties.len() == fields.map_or(0, Map::len);
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<_> =
        required.filter(|name| name.as_str().is_some_and(|it| properties.contains_key(it))).cloned().collect();
    let mut plain = Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), properties.into()),
        ("required".to_owned(), required.into()),
    ]);
    if all && schema["additionalProperties"] == false {
        plain.insert("additionalProperties".to_owned(), false.into());
    }
    plain
}

/// A type with what it means: in the field's words, or by its title, unless both say the same.
fn named<'a>(one: &str, field: &'a Value, more: impl IntoIterator<Item = &'a str>) -> Map<String, Value> {
    let (title, words) = (field["title"].as_str(), field["description"].as_str());
    // What only repeats the title says no more than the name does.
    let repeats = words.zip(title).is_some_and(|(words, title)| words.strip_suffix('.') == Some(title));
    let words = words.or(title).filter(|_| !repeats);
    let description = words.into_iter().chain(more).collect::<Vec<_>>().join(" ");
    let mut plain = Map::from_iter([("type".to_owned(), one.into())]);
    if !description.is_empty() {
        plain.insert("description".to_owned(), description.into());
    }
    plain
}

/// The types that a field may have, but null: as it says, or as its values and members show.
fn types(field: &Value) -> Vec<&'static str> {
    let mut types: Vec<_> = match &field["type"] {
        Value::String(name) => known(name).into_iter().collect(),
        Value::Array(names) => names.iter().filter_map(|name| known(name.as_str()?)).collect(),
        _ => values(field).iter().filter_map(type_of).chain(branches(field).flat_map(types)).collect(),
    };
    if types.is_empty() {
        let by_member = [("properties", "object"), ("items", "array")];
        types.extend(by_member.into_iter().find(|(member, _)| field.get(member).is_some()).map(|(_, one)| one));
    }
    // A number is whole or not.
    if types.contains(&"number") {
        types.retain(|one| *one != "integer");
    }
    types.dedup();
    types
}

fn known(name: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|known| *known == name)
}

fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => return None,
        Value::String(_) => "string",
        Value::Number(number) => {
            if number.is_f64() {
                "number"
            } else {
                "integer"
            }
        }
        Value::Bool(_) => "boolean",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    })
}

/// The schemas of which a field keeps one, or all.
fn branches(field: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|keyword| field[keyword].as_array()).flatten()
}

/// The only values that a field may have.
fn values(field: &Value) -> Vec<Value> {
    let own = field["enum"].as_array().cloned().or_else(|| field.get("const").map(|only| vec![only.clone()]));
    own.unwrap_or_else(|| branches(field).flat_map(values).collect())
}

/// A field's choices as `enum`, which only texts may have everywhere, or else as a sentence.
fn choices(field: &Value, one: &str) -> (Vec<Value>, Option<String>) {
    let values: Vec<_> = values(field).into_iter().filter(|value| !value.is_null()).collect();
    if one == "string" {
        // A branch with any text leaves no choice.
        let open = |branch: &Value| types(branch).contains(&ANY) && self::values(branch).is_empty();
        let any = field.get("enum").is_none() && branches(field).any(open);
        let texts = values.into_iter().filter(|value| value.is_string() && !any).collect();
        return (texts, None);
    }
    let shown: Vec<_> = values.iter().filter_map(conditions::shown).collect();
    (Vec::new(), (!shown.is_empty()).then(|| format!("One of {}.", shown.join(", "))))
}
