//! Actions and triggers as methods.

use serde::Serialize;
use serde_json::{Value, json};

use super::names::identifier;
use super::types::{Kind, Types, properties, text};
use crate::package::text::sentence;

/// The contract's names for what a search takes and gives.
const CURSOR: &str = "cursor";
const LIMIT: &str = "limit";
const ITEMS: &str = "items";

/// An argument of a method.
#[derive(Debug, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What the input calls it.
    pub field: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it has to be given.
    pub required: bool,
    /// What it is, in sentences.
    pub about: String,
}

/// An action, or a trigger.
#[derive(Debug, Serialize)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// What the description calls it.
    pub action: String,
    /// What people call it.
    pub title: String,
    /// What it does.
    pub about: String,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What comes back.
    pub result: Kind,
    /// What a search finds; null for what is no search.
    pub item: Option<Kind>,
    /// The field by which the service knows repeats.
    pub key: Option<String>,
    /// What to use instead.
    pub deprecated: Option<String>,
}

impl Method {
    /// The parameters without those by which a search is asked for a page, which is done in the package.
    pub fn searched(&self) -> impl Iterator<Item = &Parameter> {
        let paged = self.item.is_some();
        self.parameters.iter().filter(move |it| !(paged && [CURSOR, LIMIT].contains(&it.field.as_str())))
    }
}

/// What a face calls things.
pub struct Words {
    /// In whose time zone a date without one is.
    pub whose: &'static str,
    /// Where the key comes from if nobody gives one.
    pub made: &'static str,
    /// By what a type that comes back is told apart from others of its name; the action, if this is none.
    pub owner: Option<&'static str>,
}

/// Makes methods of one face.
pub struct Maker<'a> {
    /// Names that no argument may have.
    pub arguments: &'a [&'a str],
    /// What the face calls things.
    pub words: &'a Words,
}

impl Maker<'_> {
    /// An action as a method of this name, its types kept among these.
    pub fn method(&self, action: &Value, name: String, types: &mut Types) -> Method {
        let own = text(action, "name");
        let output = shown(action);
        // What is given comes first: its words are the better ones for a type that comes back as well.
        let parameters = self.parameters(action, types);
        let result = types.returned(&output, &format!("{own}_result"), self.words.owner.unwrap_or(own));
        let item = is_search(action).then(|| types.returned(&output["properties"][ITEMS], ITEMS, own));
        let item = item.and_then(|many| match many {
            Kind::Many { many, .. } => Some(*many),
            _ => None,
        });
        Method {
            name,
            action: own.to_owned(),
            title: text(action, "title").to_owned(),
            about: text(action, "description").to_owned(),
            parameters,
            result,
            item,
            key: key_of(action).map(str::to_owned),
            deprecated: deprecated(action),
        }
    }

    fn parameters(&self, action: &Value, types: &mut Types) -> Vec<Parameter> {
        let (schema, key) = (&action["inputSchema"], key_of(action));
        let listed = |list: &Value, field: &str| list.as_array().is_some_and(|all| all.iter().any(|it| it == field));
        let mut found: Vec<Parameter> = Vec::new();
        for field in fields(action) {
            let member = &schema["properties"][field];
            let is_moment = listed(&action["form"]["moments"], field);
            let required = listed(&schema["required"], field) && key != Some(field);
            let kind = if is_moment { Kind::named("Moment") } else { types.given(member, field, text(action, "name")) };
            let mut about = vec![text(member, "description").to_owned()];
            if is_moment {
                about.push(format!(
                    "A date, a datetime and a text as people and programs write dates do as well; without a time zone \
                     of their own they are meant in {}.",
                    self.words.whose
                ));
            }
            if key == Some(field) {
                about.push(format!("By it the service knows repeats of one call. {}", self.words.made));
            }
            about.extend(condition(schema, field));
            let name = identifier(field, |name| {
                self.arguments.contains(&name) || found.iter().any(|other| other.name == name)
            });
            let about: Vec<_> = about.iter().map(|text| sentence(text)).filter(|text| !text.is_empty()).collect();
            let kind = if required { kind } else { kind.or_none() };
            found.push(Parameter { name, field: field.to_owned(), kind, required, about: about.join(" ") });
        }
        found
    }
}

/// Whether an action lists things, page by page.
pub fn is_search(action: &Value) -> bool {
    action["annotations"]["readOnlyHint"] == true && action["outputSchema"]["properties"][ITEMS]["type"] == "array"
}

/// The fields of an action, those of its form's order first.
fn fields(action: &Value) -> Vec<&str> {
    let all = || properties(&action["inputSchema"]).map(|(field, _)| field.as_str());
    let order = action["form"]["order"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut found: Vec<&str> = Vec::new();
    for field in order.filter(|field| all().any(|it| it == *field)).chain(all()) {
        if !found.contains(&field) {
            found.push(field);
        }
    }
    found
}

/// The schema of what comes back: of a call that was looked up, what can be known.
fn shown(action: &Value) -> Value {
    let mut output = action["outputSchema"].clone();
    if action["verify"].is_object() && output.is_object() {
        if !output["properties"].is_object() {
            output["properties"] = json!({});
        }
        output["properties"]["verified"] =
            json!({ "type": "boolean", "description": "Whether it was looked up: the service's own answer is lost." });
        output["properties"]["found"] =
            json!({ "description": "What was found then, by which it is known that it has happened." });
        output["required"] = json!([]);
    }
    output
}

/// The field of an action by which its service knows repeats.
fn key_of(action: &Value) -> Option<&str> {
    action["idempotency"]["key"].as_str()
}

/// When a field is required that is not always, in a sentence: `Required if status is sent or paid.`.
fn condition(schema: &Value, field: &str) -> Option<String> {
    let rules = schema["allOf"].as_array().into_iter().flatten();
    let of_field = |rule: &&Value| {
        rule["then"]["required"].as_array().is_some_and(|required| required.iter().any(|it| it == field))
    };
    let mut told = rules.filter(of_field).filter_map(|rule| {
        let wanted: Vec<_> = properties(&rule["if"])
            .filter_map(|(other, member)| {
                let values: Vec<_> = member["enum"].as_array()?.iter().map(plain).collect();
                (!values.is_empty()).then(|| format!("{other} is {}", values.join(" or ")))
            })
            .collect();
        (!wanted.is_empty()).then(|| format!("Required if {}.", wanted.join(" and ")))
    });
    told.next_back()
}

fn deprecated(action: &Value) -> Option<String> {
    let told = action["deprecated"].as_object()?;
    let instead = told.get("use").map(|other| format!(": use {}", plain(other))).unwrap_or_default();
    let since = told.get("since").map_or_else(|| "some time".to_owned(), plain);
    Some(format!("{} is deprecated since {since}{instead}.", text(action, "name")))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
