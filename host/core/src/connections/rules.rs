//! What a connection's values are held to, wherever they come from.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use crate::connection::Connection;
use crate::description::Description;
use crate::error::Problem;
use crate::schema;
use crate::slip;
use crate::text::{trim, unquoted};

/// A plugin's schema of connections, ready to hold many against it.
pub struct Schema<'a> {
    description: &'a Description,
    validator: Result<Validator, String>,
}

impl<'a> Schema<'a> {
    /// Of a plugin.
    pub fn of(description: &'a Description) -> Self {
        let validator = jsonschema::validator_for(&description.connection.schema);
        Self { description, validator: validator.map_err(|error| error.to_string()) }
    }

    /// The keys that are known.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        schema::fields(&self.description.connection.schema).map(|key| key.name)
    }
}

/// The rules of a plugin for its connections.
pub struct Rules<'a> {
    /// The plugin's.
    pub schema: &'a Schema<'a>,
    /// Keys whose values could not be had: that is told already.
    pub unresolved: &'a [String],
    /// What people call a key where the values come from.
    pub called: &'a dyn Fn(&str) -> String,
}

impl Rules<'_> {
    /// The connection of these values, without what can't be seen around them; blank ones are absent.
    /// Or else everything that is wrong with them, after these problems. No value is shown: any may be
    /// a secret in the wrong place.
    pub fn connection(
        &self,
        values: Map<String, Value>,
        mut problems: Vec<Problem>,
    ) -> Result<Connection, Vec<Problem>> {
        let schema = &self.schema.description.connection.schema;
        let value = |(key, value): (String, Value)| {
            let value = trim(value.as_str()?);
            let is_switch = schema::field(schema, &key).is_some_and(|key| key.is_switch());
            let value = if is_switch { switched(value) } else { value };
            (!value.is_empty()).then(|| (key, Value::from(value)))
        };
        let values: Map<String, Value> = values.into_iter().filter_map(value).collect();
        let known = self.schema.description.config_keys();
        for key in values.keys().filter(|key| !known.contains(&key.as_str())) {
            let shown = slip::shown(key, known.iter().copied());
            problems.push(problem(shown, format!("{shown} is not known: the keys are {}", known.join(", "))));
        }
        for key in schema::required(schema) {
            if !values.contains_key(key) && !self.unresolved.iter().any(|unresolved| unresolved == key) {
                problems.push(problem(key, format!("{} is missing: {}", (self.called)(key), self.about(key))));
            }
        }
        let values = Value::Object(values);
        match &self.schema.validator {
            Ok(validator) => problems.extend(validator.iter_errors(&values).filter_map(|error| self.violation(&error))),
            Err(error) => {
                let why = format!("the plugin's connection schema is not a JSON Schema: {error}");
                problems.push(problem("", why));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let values = values.as_object().into_iter().flatten();
        Ok(Connection::new(values.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))))
    }

    /// What a rule has against a key's value: what it should be, and the rule itself.
    fn violation(&self, error: &ValidationError<'_>) -> Option<Problem> {
        let key = error.instance_path().as_str().trim_start_matches('/').to_owned();
        // Some programs that read `KEY="value"` lines keep the marks.
        if error.instance().as_str().is_some_and(is_quoted) {
            return Some(problem(&key, format!("{} is in quotation marks: take them off", (self.called)(&key))));
        }
        let rule = match error.kind() {
            // What is wrong with all of it, or with a key that is not known, is told already.
            _ if !self.schema.keys().any(|known| known == key) => return None,
            ValidationErrorKind::Pattern { pattern } => {
                self.looks(&key).unwrap_or_else(|| format!("it must match {pattern}"))
            }
            ValidationErrorKind::Enum { options } => format!("it must be one of {options}"),
            kind => format!("the schema's rule {}", kind.keyword()),
        };
        let why = format!("{} is not what it should be: {} ({rule})", (self.called)(&key), self.about(&key));
        Some(problem(&key, why))
    }

    /// What a key's value looks like, in words: few who have a connection read a pattern.
    fn looks(&self, key: &str) -> Option<String> {
        let field = schema::field(&self.schema.description.connection.schema, key)?;
        let example = field.schema["examples"][0].as_str().filter(|_| !field.is_secret());
        let like = example.map(|example| format!("such as {example}"));
        let is_address = field.has_format("uri") || field.has_format("uri-reference");
        let address = || is_address.then(|| "a whole address, such as https://service.example".to_owned());
        like.or_else(address)
    }

    /// What a key is for.
    fn about(&self, key: &str) -> &str {
        let field = schema::field(&self.schema.description.connection.schema, key);
        field.and_then(|field| field.about()).unwrap_or_default()
    }
}

/// What is wrong with a key.
pub fn problem(key: &str, message: String) -> Problem {
    Problem { field: key.to_owned(), message }
}

/// Whether a value is in quotation marks.
fn is_quoted(value: &str) -> bool {
    let inner = ['"', '\''].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
    inner.is_some() || unquoted(value) != value
}

/// A switch as the contract has it, whichever way people, files and environments write it.
fn switched(value: &str) -> &str {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => "true",
        "false" | "0" | "no" | "off" => "false",
        _ => value,
    }
}
