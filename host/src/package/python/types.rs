//! JSON Schemas as types of Python, once as they are given and once as they come back.

use serde::Serialize;
use serde_json::{Map, Value};

use super::names::{camel, identifier};

/// A type, as the package's own file of types has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Kind {
    /// One that has a name: Python's, the shell's, or one of [`Types`].
    Named(String),
    /// A list; what is given may be any sequence.
    Many {
        /// The type of its items.
        many: Box<Kind>,
        /// Whether it is given.
        given: bool,
    },
    /// One of several types.
    Either {
        /// Which.
        either: Vec<Kind>,
    },
}

/// A type that has a name of its own.
#[derive(Debug, Clone, Serialize)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it is made of.
    #[serde(flatten)]
    pub body: Body,
}

/// What a type of its own is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// One of a few values: texts, whole numbers, true and false.
    Choice(Vec<Value>),
    /// A dict with known members.
    Shape(Vec<Member>),
}

/// A member of a dict.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// What it is called.
    pub key: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it is always there.
    pub required: bool,
    /// What it is.
    pub about: String,
}

/// Two members are the same type whatever is said of them.
impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, &self.kind, self.required) == (&other.key, &other.kind, other.required)
    }
}

/// The types that need a name of their own, in the order in which they are met.
pub struct Types {
    taken: Vec<String>,
    /// Those that there are.
    pub named: Vec<Type>,
}

impl Kind {
    /// A type by its name.
    pub fn named(name: &str) -> Self {
        Self::Named(name.to_owned())
    }

    /// The type, or nothing.
    pub fn or_none(self) -> Self {
        either(vec![self, Self::named("None")])
    }

    /// The type as a stub has it.
    pub fn annotation(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Many { many, given } => {
                format!("{}[{}]", if *given { "Sequence" } else { "list" }, many.annotation())
            }
            Self::Either { either } => either.iter().map(Self::annotation).collect::<Vec<_>>().join(" | "),
        }
    }
}

/// One of several types, each of which is named once.
fn either(kinds: Vec<Kind>) -> Kind {
    let flat = kinds.into_iter().flat_map(|kind| match kind {
        Kind::Either { either } => either,
        one => vec![one],
    });
    let mut unique: Vec<Kind> = Vec::new();
    for kind in flat {
        if !unique.contains(&kind) {
            unique.push(kind);
        }
    }
    if unique.contains(&Kind::named("Any")) {
        return Kind::named("Any");
    }
    if unique.len() == 1 { unique.remove(0) } else { Kind::Either { either: unique } }
}

/// Where a schema stands: what its field is called, what it belongs to, and whether it is given.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    owner: &'a str,
    given: bool,
}

impl Types {
    /// None yet; these names are no type's.
    pub fn new(taken: impl IntoIterator<Item = String>) -> Self {
        Self { taken: taken.into_iter().collect(), named: Vec::new() }
    }

    /// What may be given for a field: its schema, its name where that has no title, and what it belongs to,
    /// by which it is told apart from others of its name.
    pub fn given(&mut self, schema: &Value, name: &str, owner: &str) -> Kind {
        self.read(schema, Place { name, owner, given: true })
    }

    /// What comes back.
    pub fn returned(&mut self, schema: &Value, name: &str, owner: &str) -> Kind {
        self.read(schema, Place { name, owner, given: false })
    }

    /// A dict with these members.
    pub fn shape(&mut self, name: &str, owner: &str, members: Vec<Member>, about: &str) -> Kind {
        self.define(name, owner, about, Body::Shape(members))
    }

    fn read(&mut self, schema: &Value, place: Place<'_>) -> Kind {
        let types = json_types(schema);
        let title = camel(schema["title"].as_str().unwrap_or_default());
        let title = if title.is_empty() { camel(place.name) } else { title };
        let mut kinds = Vec::new();
        if place.given && schema["format"] == "date-time" {
            kinds.push(Kind::named("Moment"));
        } else if schema.get("enum").is_some() || schema.get("const").is_some() {
            kinds.extend(self.choice(schema, &title, place.owner));
        } else {
            kinds.extend(types.iter().filter(|kind| !is_within(kind, &types, place.given)).filter_map(|kind| {
                Some(Kind::named(if place.given { given_name(kind)? } else { returned_name(kind)? }))
            }));
            if types.contains(&"array") {
                let many = Box::new(self.item(&schema["items"], &title, place));
                kinds.push(Kind::Many { many, given: place.given });
            }
            if types.contains(&"object") {
                kinds.push(self.object(schema, &title, place));
            }
        }
        if kinds.is_empty() {
            return Kind::named("Any");
        }
        let kind = either(kinds);
        if types.contains(&"null") { kind.or_none() } else { kind }
    }

    fn item(&mut self, schema: &Value, title: &str, place: Place<'_>) -> Kind {
        let Some(members) = schema.as_object() else { return Kind::named("Any") };
        if members.contains_key("title") {
            return self.read(schema, place);
        }
        let mut titled = members.clone();
        titled.insert("title".to_owned(), format!("{title} item").into());
        self.read(&Value::Object(titled), place)
    }

    fn choice(&mut self, schema: &Value, title: &str, owner: &str) -> Option<Kind> {
        let constant = schema.get("const").cloned().into_iter().collect();
        let listed = schema["enum"].as_array().cloned().unwrap_or(constant);
        let values: Vec<_> = listed.into_iter().filter(|value| !value.is_null()).collect();
        let simple = |value: &Value| value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64();
        if values.is_empty() || !values.iter().all(simple) {
            return None;
        }
        Some(self.define(title, owner, text(schema, "description"), Body::Choice(values)))
    }

    fn object(&mut self, schema: &Value, title: &str, place: Place<'_>) -> Kind {
        let required = |key: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == key));
        let mut members = Vec::new();
        for (key, member) in properties(schema).filter(|(_, member)| member.is_object()) {
            let kind = self.read(member, Place { name: key, ..place });
            let about = text(member, "description").to_owned();
            members.push(Member { key: key.clone(), kind, required: required(key), about });
        }
        if members.is_empty() {
            return Kind::named("Any");
        }
        self.define(title, place.owner, text(schema, "description"), Body::Shape(members))
    }

    /// Another of the same name has its owner before it; then it is numbered.
    fn define(&mut self, title: &str, owner: &str, about: &str, body: Body) -> Kind {
        let longer = format!("{}{title}", camel(owner));
        for number in 0_usize.. {
            let wanted = match number {
                0 => title.to_owned(),
                1 => longer.clone(),
                _ => format!("{longer}{number}"),
            };
            let name = identifier(&wanted, |_| false);
            if self.taken.contains(&name) {
                continue;
            }
            match self.named.iter().find(|known| known.name == name) {
                Some(known) if known.body == body => return Kind::Named(name),
                Some(_) => {}
                None => {
                    self.named.push(Type { name: name.clone(), about: about.to_owned(), body });
                    return Kind::Named(name);
                }
            }
        }
        Kind::named("Any")
    }
}

/// A text of a schema, or none.
pub fn text<'a>(schema: &'a Value, name: &str) -> &'a str {
    schema[name].as_str().unwrap_or_default()
}

/// The properties of a schema, in its order.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flat_map(Map::iter)
}

/// A text may be given as a whole number or a day, which have one way of being written.
fn given_name(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "string" => "Text",
        "integer" => "Whole",
        "number" => "Number",
        "boolean" => "Switch",
        _ => return None,
    })
}

fn returned_name(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "string" => "str",
        "integer" => "int",
        "number" => "float",
        "boolean" => "bool",
        _ => return None,
    })
}

fn json_types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether another of the types takes what this one takes: a text that may be a number as well is a text.
fn is_within(kind: &str, types: &[&str], given: bool) -> bool {
    kind == "integer" && (types.contains(&"number") || (given && types.contains(&"string")))
}
