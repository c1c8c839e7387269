//! Where connections come from: a TOML file of named ones, or the environment.

mod error;
mod rules;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::connection::{Connection, PLUGIN};
use crate::description::Description;
use crate::text::{self, trim};
pub use error::ConnectionError;
use rules::{Rules, Schema};

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
        let text = text::read(path).map_err(ConnectionError::Unreadable)?;
        // toml's own message repeats the line, which may hold a secret.
        let tables: toml::Table = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let line = text::line(&text, error.span().map_or(0, |span| span.start));
            ConnectionError::NotToml { path: path.to_owned(), line }
        })?;
        if tables.is_empty() {
            return Err(ConnectionError::Empty { path: path.to_owned() });
        }
        if let Some((key, _)) = tables.iter().find(|(_, value)| !value.is_table()) {
            return Err(ConnectionError::NoTable { path: path.to_owned(), key: key.clone() });
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
                Err(why) => problems.push(format!("{key} {why}")),
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

fn resolve(value: &toml::Value, variable: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let text = match value {
        toml::Value::String(text) => text,
        // The contract's config values are texts; `allow_http = true` is what people write.
        toml::Value::Boolean(_) | toml::Value::Integer(_) => return Ok(value.to_string()),
        _ => return Err("must be a text".to_owned()),
    };
    if let Some(name) = text.strip_prefix("env:") {
        return variable(name).ok_or_else(|| format!("is not to be had: the environment has no {name}"));
    }
    if let Some(path) = text.strip_prefix("file:") {
        let content = text::read(Path::new(path)).map_err(|why| format!("is not to be had: {why}"))?;
        return Ok(trim(&content).to_owned());
    }
    Ok(text.clone())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn description() -> Description {
        let text = r#"{"contract":1,"name":"just-click","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":{
            "type":"object","required":["login","api_key","base_url"],"additionalProperties":false,"properties":{
            "login":{"type":"string","description":"The login."},"api_key":{"type":"string","pattern":"\\S","description":"The key."},
            "base_url":{"type":"string","pattern":"^https://","description":"An https address."},"allow_http":{"enum":["true","false"]}}}}}"#;
        Description::parse(text.to_owned()).unwrap()
    }

    fn read(toml: &str) -> Result<Connection, String> {
        with_file(toml, |file, variable| file.connection("shop", &description(), variable))
    }

    fn with_file<T>(
        toml: &str,
        work: impl FnOnce(&File, &dyn Fn(&str) -> Option<String>) -> Result<T, ConnectionError>,
    ) -> Result<T, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("connections.toml");
        fs::write(&path, toml.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        fs::write(folder.path().join("key"), "\u{feff}from a file\n").unwrap();
        let variable = |name: &str| (name == "SHOP_LOGIN").then(|| "from the environment".to_owned());
        File::read(&path).and_then(|file| work(&file, &variable)).map_err(|error| error.to_string())
    }

    #[test]
    fn values_stand_in_the_file_the_environment_or_files_of_their_own() {
        let toml = "[shop]\nlogin = \"env:SHOP_LOGIN\"\napi_key = \"file:FOLDER/key\"\nbase_url = \"https://a.example\"\nallow_http = true";
        let connection = read(toml).unwrap();
        assert_eq!(connection.get("login"), Some("from the environment"));
        assert_eq!(connection.get("api_key"), Some("from a file"));
        assert_eq!(connection.get("allow_http"), Some("true"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_no_value_is_shown() {
        let refusal =
            read("[shop]\nlogin = \"env:NOT_SET\"\nbase_url = \"hunter2\"\nkey = \"hunter2\"\nallow_http = []")
                .unwrap_err();
        for part in [
            "login is not to be had",
            "api_key is missing: The key.",
            "base_url is not what",
            "key is not known",
            "allow_http must be a text",
        ] {
            assert!(refusal.contains(part), "{part} is not in {refusal}");
        }
        assert_eq!(refusal.matches("login").count(), 2, "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn what_is_wrong_with_any_connection_is_told_of_all_of_them() {
        let description = description();
        let all = |toml: &str| with_file(toml, |file, variable| file.all(|_| Ok(Some(&description)), variable));
        let good = "login = \"l\"\napi_key = \"k\"\nbase_url = \"https://a.example\"\n";
        let both = all(&format!("[berlin]\n{good}[paris]\n{good}")).unwrap();
        assert_eq!(both.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["berlin", "paris"]);
        let refusal = all(&format!("[berlin]\n[paris]\n{good}[rome]\n{good}typo = \"x\"")).unwrap_err();
        for part in ["connection berlin", "login is missing", "connection rome", "typo is not known"] {
            assert!(refusal.contains(part), "{part} is not in {refusal}");
        }
        assert!(!refusal.contains("paris"), "{refusal}");
        assert!(all("").unwrap_err().contains("has no connection"));
    }

    #[test]
    fn a_connection_names_its_plugin_where_there_are_several() {
        let plugin = |toml: &str, plugins: &[&'static str]| with_file(toml, |file, _| file.plugin("shop", plugins));
        assert_eq!(plugin("[shop]", &["crm"]), Ok("crm"));
        assert_eq!(plugin("[shop]\nplugin = \"crm\"", &["crm"]), Ok("crm"));
        assert_eq!(plugin("[shop]\nplugin = \" pay \"", &["crm", "pay"]), Ok("pay"));
        let refusal = plugin("[shop]", &["crm", "pay"]).unwrap_err();
        assert!(refusal.contains("connection shop does not say") && refusal.ends_with("one of: crm, pay"), "{refusal}");
        for given in ["\"hunter2\"", "7"] {
            let refusal = plugin(&format!("[shop]\nplugin = {given}"), &["crm"]).unwrap_err();
            assert!(refusal.contains("no plugin that is loaded") && !refusal.contains("hunter2"), "{refusal}");
        }
        let good = "login = \"l\"\napi_key = \"k\"\nbase_url = \"https://a.example\"\n";
        assert!(read(&format!("[shop]\nplugin = \"just-click\"\n{good}")).unwrap().get(PLUGIN).is_none());
    }

    #[test]
    fn what_belongs_to_no_connection_is_told_with_the_line_that_is_missing() {
        assert!(read("").unwrap_err().contains("has no connection: give it a table"));
        let refusal = read("login = \"hunter2\"\n").unwrap_err();
        assert!(refusal.contains("login belongs to no connection") && !refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn a_connection_that_is_not_there_is_told_with_those_that_are() {
        assert!(read("[other]\n[third]").unwrap_err().contains("Its connections: other, third"));
    }

    #[test]
    fn a_broken_file_is_told_by_its_line_without_the_line() {
        let refusal = read("[shop]\napi_key = hunter2\n").unwrap_err();
        assert!(refusal.contains("line 2") && !refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn a_variable_is_named_after_prefix_and_key() {
        assert_eq!(variable_name("just-click", "api_key"), "JUST_CLICK_API_KEY");
        let variable = |name: &str| match name {
            "JUST_CLICK_BASE_URL" => Some("https://a.example\u{a0}\n".to_owned()),
            "JUST_CLICK_ALLOW_HTTP" => Some("Yes".to_owned()),
            _ => Some(name.to_owned()),
        };
        let connection = from_env(&description(), "just-click", variable).unwrap();
        assert_eq!(connection.get("api_key"), Some("JUST_CLICK_API_KEY"));
        assert_eq!(connection.get("base_url"), Some("https://a.example"));
        assert_eq!(connection.get("allow_http"), Some("true"));
    }

    #[test]
    fn the_environment_is_held_to_the_schema_as_a_file_is_and_told_by_its_variables() {
        let refused = |variable: &dyn Fn(&str) -> Option<String>| {
            from_env(&description(), "shop", variable).unwrap_err().to_string()
        };
        let told = refused(&|name| (name == "SHOP_BASE_URL").then(|| "hunter2".to_owned()));
        for part in [
            "SHOP_LOGIN is missing: The login.",
            "SHOP_API_KEY is missing: The key.",
            "SHOP_BASE_URL is not what it should be: An https address. (it must match ^https://)",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
        let told =
            refused(&|name| Some(if name == "SHOP_ALLOW_HTTP" { "maybe" } else { "https://a.example" }.to_owned()));
        assert!(
            told.contains(r#"SHOP_ALLOW_HTTP is not what it should be:  (it must be one of ["true","false"])"#),
            "{told}"
        );
        for quoted in ["\"https://a.example\"", "'https://a.example'", "“https://a.example”"] {
            let told = refused(&|_| Some(quoted.to_owned()));
            assert!(told.contains("SHOP_BASE_URL is in quotation marks: take them off"), "{told}");
        }
    }
}
