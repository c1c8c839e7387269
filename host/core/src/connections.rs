//! Where connections come from: a TOML file of named ones, or the environment.

mod error;
mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::connection::{Connection, PLUGIN};
use crate::description::Description;
use crate::file;
use crate::slip;
use crate::text::trim;
pub use error::ConnectionError;
use rules::{Rules, Schema, problem};

/// A TOML file of named connections, read and not yet checked.
pub struct File<'a> {
    path: &'a Path,
    tables: toml::Table,
}

impl<'a> File<'a> {
    /// Reads the file.
    ///
    /// # Errors
    /// If it can't be read, or is not TOML. No line of it is shown: any may hold a secret.
    pub fn read(path: &'a Path) -> Result<Self, ConnectionError> {
        let text = file::read(path).map_err(ConnectionError::Unreadable)?;
        let not_toml = |line| ConnectionError::NotToml { path: path.to_owned(), line };
        let tables: toml::Table = file::toml(&text).map_err(not_toml)?;
        if tables.is_empty() {
            return Err(ConnectionError::Empty { path: path.to_owned() });
        }
        if let Some((key, _)) = tables.iter().find(|(_, value)| !value.is_table()) {
            return Err(ConnectionError::NoTable { path: path.to_owned(), key: slip::shown(key, []).to_owned() });
        }
        Ok(Self { path, tables })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.path
    }

    /// The names of its connections, in the file's order of names.
    pub fn names(&self) -> Vec<&str> {
        self.tables.keys().map(String::as_str).collect()
    }

    /// Which of these plugins a connection is for: the one that its `plugin` names, or else the only
    /// one.
    ///
    /// # Errors
    /// If the connection is not there, or names none of them, or none at all where there are several.
    pub fn plugin<'p>(&self, name: &str, plugins: &[&'p str]) -> Result<&'p str, ConnectionError> {
        let given = self.table(name)?.get(PLUGIN);
        let (path, name) = (self.path.to_owned(), name.to_owned());
        let names = || plugins.iter().map(|&name| name.to_owned()).collect();
        match (given, plugins) {
            (None, [only]) => Ok(only),
            (None, _) => Err(ConnectionError::NoPlugin { path, name, plugins: names() }),
            (Some(given), _) => {
                let known = plugins.iter().find(|known| given.as_str().map(trim) == Some(**known));
                known.copied().ok_or_else(|| ConnectionError::UnknownPlugin { path, name, plugins: names() })
            }
        }
    }

    /// The plugin that a connection names.
    pub fn named_plugin(&self, name: &str) -> Option<&str> {
        self.tables.get(name)?.get(PLUGIN)?.as_str().map(trim)
    }

    /// Where the values of a connection stand, by key; nothing for one that is not there.
    pub fn places(&self, name: &str) -> Vec<(&str, Place)> {
        let table = self.tables.get(name).and_then(toml::Value::as_table).into_iter().flatten();
        let values = table.filter(|(key, _)| *key != PLUGIN);
        let place = |value: &toml::Value| Place::of(value.as_str().unwrap_or_default()).unwrap_or(Place::Here);
        values.map(|(key, value)| (key.as_str(), place(value))).collect()
    }

    /// The connection of that name, checked against the plugin's schema.
    ///
    /// A value `env:NAME` stands for an environment variable and `file:PATH` for a file's content
    /// without the blanks around it, so that the file itself need hold no secret.
    ///
    /// # Errors
    /// If it is not there, or with everything that is wrong with it, a line each. No value is shown.
    pub fn connection(
        &self,
        name: &str,
        description: &Description,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Connection, ConnectionError> {
        self.checked(name, &Schema::of(description), variable)
    }

    fn checked(
        &self,
        name: &str,
        schema: &Schema<'_>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Connection, ConnectionError> {
        let table = self.table(name)?;
        let mut problems = Vec::new();
        let mut values = Map::new();
        for (key, value) in table.iter().filter(|(key, _)| *key != PLUGIN) {
            match resolve(value, &variable) {
                Ok(value) => drop(values.insert(key.clone(), Value::String(value))),
                Err(why) => {
                    let shown = slip::shown(key, schema.keys());
                    problems.push(problem(shown, format!("{shown} {why}")));
                }
            }
        }
        let unresolved = table.keys().filter(|key| *key != PLUGIN && !values.contains_key(*key));
        let unresolved: Vec<String> = unresolved.cloned().collect();
        let rules = Rules { schema, unresolved: &unresolved, called: &str::to_owned };
        rules.connection(values, problems).map_err(|problems| ConnectionError::Invalid {
            from: format!("connection {name} in {}", self.path.display()),
            problems,
        })
    }

    /// Its connections with their plugins, by name; `plugin` tells which plugin one is for, or that it is
    /// left out.
    ///
    /// # Errors
    /// With everything that is wrong with any of them.
    pub fn all<'p>(
        &self,
        plugin: impl Fn(&str) -> Result<Option<&'p Description>, ConnectionError>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<(String, &'p Description, Connection)>, ConnectionError> {
        let (mut connections, mut problems) = (Vec::new(), Vec::new());
        let mut schemas: BTreeMap<&str, Schema<'p>> = BTreeMap::new();
        for name in self.names() {
            let connection = plugin(name).and_then(|description| {
                let Some(description) = description else {
                    return Ok(None);
                };
                let schema = schemas.entry(&description.name).or_insert_with(|| Schema::of(description));
                Ok(Some((name.to_owned(), description, self.checked(name, schema, &variable)?)))
            });
            match connection {
                Ok(connection) => connections.extend(connection),
                Err(error) => problems.push(error),
            }
        }
        if problems.is_empty() { Ok(connections) } else { Err(ConnectionError::Several(problems)) }
    }

    fn table(&self, name: &str) -> Result<&toml::Table, ConnectionError> {
        self.tables.get(name).and_then(toml::Value::as_table).ok_or_else(|| {
            let names = self.names().into_iter().map(str::to_owned).collect();
            ConnectionError::Unknown { path: self.path.to_owned(), name: name.to_owned(), names }
        })
    }
}

/// The connection in the environment: with the prefix `shop`, key `api_key` is `SHOP_API_KEY`. It is held to the plugin's schema as one of a file is.
///
/// The prefix is the operator's to choose. A plugin that chose its own could read any variable there
/// is.
///
/// # Errors
/// With everything that is wrong with it, a line each. No value is shown.
pub fn from_env(
    description: &Description,
    prefix: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Connection, ConnectionError> {
    let value = |key: &str| Some((key.to_owned(), Value::String(variable(&variable_name(prefix, key))?)));
    let values = description.config_keys().into_iter().filter_map(value).collect();
    let called = |key: &str| variable_name(prefix, key);
    let rules = Rules { schema: &Schema::of(description), unresolved: &[], called: &called };
    rules.connection(values, Vec::new()).map_err(|problems| ConnectionError::Invalid {
        from: "the connection in the environment (or give --connections FILE)".to_owned(),
        problems,
    })
}

/// The environment variable of a config key.
pub fn variable_name(prefix: &str, key: &str) -> String {
    format!("{prefix}_{key}").to_uppercase().replace('-', "_")
}

/// A prefix of variables as an operator writes it, without the `_` that may stand at its end.
///
/// # Errors
/// If it can't begin a variable's name; the text says what it takes.
pub fn env_prefix(text: &str) -> Result<String, String> {
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let prefix = text.trim_end_matches('_');
    if is_name && !prefix.is_empty() {
        Ok(prefix.to_owned())
    } else {
        Err("it takes letters, digits, _ and -".to_owned())
    }
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file itself.
    Here,
    /// In this environment variable.
    Variable(String),
    /// In this file.
    File(PathBuf),
}

impl Place {
    /// Of a value as an operator writes it. What follows `env:` or `file:` is shown to people, so it has to
    /// be a name: some write the secret itself there.
    fn of(text: &str) -> Result<Self, &'static str> {
        let is_name = |text: &str| {
            !text.starts_with(|first: char| first.is_ascii_digit())
                && !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        match (text.strip_prefix("env:"), text.strip_prefix("file:")) {
            (Some(name), _) if is_name(name) => Ok(Self::Variable(name.to_owned())),
            (Some(_), _) => Err("what follows env: is no variable's name, of letters, digits and _"),
            (None, Some(path)) if path.contains("://") => {
                Err("what follows file: is an address, and no path: an address stands without file:")
            }
            (None, Some(path)) => Ok(Self::File(path.into())),
            (None, None) => Ok(Self::Here),
        }
    }
}

fn resolve(value: &toml::Value, variable: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let text = match value {
        toml::Value::String(text) => text,
        // The contract's config values are texts; `allow_http = true` is what people write.
        toml::Value::Boolean(_) | toml::Value::Integer(_) => return Ok(value.to_string()),
        _ => return Err("must be a text".to_owned()),
    };
    resolved(text, variable)
}

/// What an operator's text stands for: `env:NAME` for an environment variable, `file:PATH` for a file's
/// content without the blanks around it, and all else for itself.
///
/// # Errors
/// If it is not to be had. No value is shown.
pub fn resolved(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    match Place::of(text).map_err(|why| format!("is not to be had: {why}"))? {
        Place::Here => Ok(text.to_owned()),
        Place::Variable(name) => {
            variable(&name).ok_or_else(|| format!("is not to be had: the environment has no {name}"))
        }
        Place::File(path) => {
            let content = file::read(&path).map_err(|why| format!("is not to be had: {why}"))?;
            Ok(trim(&content).to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
