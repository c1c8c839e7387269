//! What a plugin says of itself: the answer of its export `describe`.

mod fault;
mod faults;
mod offered;
mod options;
mod pointers;
mod repeats;
mod rules;
mod texts;
mod trigger;

use std::num::NonZeroU32;

use serde::Deserialize;
use serde_json::Value;

use crate::bundle::{Languages, add_languages};
use crate::connection::Connection;
use crate::http::Origin;
use crate::schema;
use crate::text::{on_one_line, trim};
pub use fault::{Fault, dotted as place};
use faults::misread;
pub use faults::{META_SCHEMA, faults};
pub use offered::{FOUND, VERIFIED};
pub use repeats::{Condition, Expected, Idempotency, Verify};
pub use texts::text_at;
pub use trigger::{Confirm, Delivery, TriggerDescription};

/// The version of the contract that this host speaks.
const CONTRACT: u64 = 1;
/// What is no description is shown up to so many characters.
const ANSWER_CHARS: usize = 100;

/// How a plugin does not follow the contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// What it says of itself is not JSON.
    #[error("the plugin's description is not JSON (line {line}): {answer}")]
    NotJson {
        /// The line on which that shows.
        line: usize,
        /// The beginning of what it says.
        answer: String,
    },
    /// What it says of itself is no description.
    #[error("the plugin's description can't be read: {0}")]
    Unreadable(#[source] serde_json::Error),
    /// It follows another version of the contract, and would be misread.
    #[error(
        "the plugin follows version {version} of the contract, and this host knows version {CONTRACT}: update the older of the two"
    )]
    OtherVersion {
        /// The version that it follows.
        version: u64,
    },
    /// Its description breaks rules of the contract.
    #[error("the plugin's description breaks the contract:{}", .0.iter().map(|fault| format!("\n  - {fault}")).collect::<String>())]
    Broken(Vec<Fault>),
    /// One of its schemas can't be held against anything.
    #[error("{what} is no JSON Schema: {why}")]
    NoSchema {
        /// Which one.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The parts of a plugin's description that a host needs; [`Description::text`] has all.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Description {
    /// The version of the contract that the plugin follows.
    pub contract: u64,
    /// The plugin's name for machines.
    pub name: String,
    /// The plugin's name for people.
    pub title: String,
    /// The plugin's version.
    pub version: String,
    /// What the plugin is for.
    #[serde(default)]
    pub description: String,
    /// Where people read more.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Why the plugin reaches the origins of its connections.
    #[serde(default)]
    pub permissions: Permissions,
    /// How often the service lets a connection call it.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// What a connection is.
    pub connection: ConnectionDescription,
    /// What the plugin can do.
    pub actions: Vec<ActionDescription>,
    /// The JSON Schema of its error document: the contract's, unless it has one of its own.
    #[serde(default = "error_schema", rename = "errorSchema")]
    pub error_schema: Value,
    /// What the plugin tells of by itself.
    #[serde(default)]
    pub triggers: Vec<TriggerDescription>,
    /// The description as the plugin gave it.
    #[serde(skip)]
    pub text: String,
    /// The names of the module's functions, where they are known.
    #[serde(skip)]
    exports: Option<Vec<String>>,
}

/// What the plugin asks for, for the person who decides whether to trust it.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Permissions {
    /// What it needs HTTP for.
    #[serde(default)]
    pub http: Option<HttpPermission>,
}

/// Why the plugin makes requests.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct HttpPermission {
    /// The reason, for people.
    pub reason: String,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Limit {
    /// Requests.
    pub requests: NonZeroU32,
    /// Seconds.
    #[serde(rename = "perS")]
    pub per_s: NonZeroU32,
}

/// What a connection of the plugin is.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ConnectionDescription {
    /// The JSON Schema of its config keys.
    pub schema: Value,
    /// The export that checks one.
    pub check: String,
    /// The config keys that hold the only origins the plugin may reach.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// What an action is.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ActionDescription {
    /// Its name, which is also its export's.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it does.
    pub description: String,
    /// The input field that names the thing the action changes.
    #[serde(default)]
    pub subject: Option<String>,
    /// The JSON Schema of its input.
    #[serde(rename = "inputSchema")]
    pub input_schema: Value,
    /// The JSON Schema of its output.
    #[serde(default, rename = "outputSchema")]
    pub output_schema: Value,
    /// What it does to its surroundings, as MCP has it.
    #[serde(default)]
    pub annotations: Value,
    /// What a repeat does. Where nothing is said, its annotations tell.
    #[serde(default)]
    pub idempotency: Option<Idempotency>,
    /// The read that tells whether a call has happened.
    #[serde(default)]
    pub verify: Option<Verify>,
    /// How often the service lets a connection call it.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// Since when it is not to be used any more, and what is instead: `{since, use}`, or null.
    #[serde(default)]
    pub deprecated: Value,
    /// The members of a read's output that nothing vouches for, where the service signs the rest.
    #[serde(default)]
    pub unsigned: Vec<String>,
    /// What form builders and readers of a person's input need: among it `moments`, the fields that
    /// are moments.
    #[serde(default)]
    pub form: Value,
    /// Inputs with their outputs.
    #[serde(default)]
    pub examples: Vec<Value>,
}

impl Description {
    /// Reads what `describe` answered, and looks for what a host would misread; `exports` are the names of
    /// the module's functions.
    ///
    /// # Errors
    /// If it is not a description, of a contract that this host does not speak, or with everything in
    /// it that a host would misread, a line each.
    pub fn check(text: String, exports: &[&str]) -> Result<Self, ContractError> {
        Self::check_with(text, &Languages::new(), exports)
    }

    /// The same, with the languages of its bundle.
    ///
    /// # Errors
    /// As of [`Self::check`].
    pub fn check_with(text: String, languages: &Languages, exports: &[&str]) -> Result<Self, ContractError> {
        let mut value: Value = serde_json::from_str(&text).map_err(|error| {
            let answer = on_one_line(&text.chars().take(ANSWER_CHARS).collect::<String>());
            ContractError::NotJson { line: error.line(), answer }
        })?;
        contract(&value["contract"])?;
        let text = if add_languages(&mut value, languages) { value.to_string() } else { text };
        let misread = misread(&value, exports);
        if !misread.is_empty() {
            return Err(ContractError::Broken(misread));
        }
        let exports = exports.iter().map(|&export| export.to_owned()).collect();
        Ok(Self { exports: Some(exports), ..Self::parse(text)? })
    }

    /// What is wrong with it, and yet no reason not to run the plugin: for its author. Nothing where it was read
    /// without its module's exports.
    pub fn faults(&self) -> Vec<Fault> {
        let Some(exports) = &self.exports else { return Vec::new() };
        let exports: Vec<_> = exports.iter().map(String::as_str).collect();
        faults(&serde_json::from_str(&self.text).unwrap_or_default(), &exports)
    }

    /// Reads a description, and holds it against nothing but the version of the contract.
    ///
    /// # Errors
    /// If it is not a description, or of a contract that this host does not speak.
    pub fn parse(text: String) -> Result<Self, ContractError> {
        let mut description: Self = serde_json::from_str(&text).map_err(ContractError::Unreadable)?;
        contract(&description.contract.into())?;
        description.text = text;
        Ok(description)
    }

    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&ActionDescription> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The trigger of that name.
    pub fn trigger(&self, name: &str) -> Option<&TriggerDescription> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }

    /// The origins that a connection makes reachable. Values that are no address are left out: the
    /// plugin's own check of its connection tells the user about them.
    pub fn origins(&self, connection: &Connection) -> Vec<Origin> {
        self.connection.origins.iter().filter_map(|key| trim(connection.get(key)?).parse().ok()).collect()
    }

    /// The config keys of a connection, in the schema's order.
    pub fn config_keys(&self) -> Vec<&str> {
        schema::fields(&self.connection.schema).map(|key| key.name).collect()
    }
}

/// The contract's schema of an error document.
fn error_schema() -> Value {
    serde_json::from_str(include_str!("description/error.schema.json")).unwrap_or_default()
}

/// A plugin of another contract would be misread.
fn contract(version: &Value) -> Result<(), ContractError> {
    match version.as_u64() {
        Some(version) if version != CONTRACT => Err(ContractError::OtherVersion { version }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_another_contract_is_refused() {
        let text = r#"{"contract":2,"name":"n","title":"t","version":"1","connection":{"schema":{},"check":"c"},"actions":[]}"#;
        assert!(Description::parse(text.to_owned()).unwrap_err().to_string().contains("version 2"));
        assert!(Description::parse(text.replace(":2", ":1")).is_ok());
        assert!(Description::parse("{}".to_owned()).is_err());
    }

    #[test]
    fn what_a_host_would_misread_is_told_at_once_and_the_rest_is_kept_for_the_author() {
        let refusal = |text: &str| Description::check(text.to_owned(), &[]).unwrap_err().to_string();
        assert!(refusal("Hello").contains("is not JSON (line 1): Hello"));
        assert!(refusal(r#"{"contract":2}"#).contains("version 2"));
        let told = refusal(r#"{"contract":1,"name":"n","connection":{}}"#);
        for part in ["\n  - title is missing", "\n  - connection.check is missing", "\n  - actions is missing"] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let text = r#"{"contract":1,"name":"n","title":"t","version":"1","connection":{"schema":{"properties":{}},"check":"c"},"actions":[]}"#;
        let description = Description::check(text.to_owned(), &["c"]).unwrap();
        assert!(description.faults().iter().any(|fault| fault.place == "description"), "{:?}", description.faults());
        assert!(description.error_schema["properties"]["kind"]["enum"].is_array());
    }
}
