//! What a plugin says of itself: the answer of its export `describe`.

use serde::Deserialize;
use serde_json::Value;

use crate::connection::Connection;
use crate::error::LoadError;
use crate::http::Origin;

/// The version of the contract that this host speaks.
const CONTRACT: u64 = 1;

/// The parts of a plugin's description that a host needs; [`Description::text`] has all.
#[derive(Debug, Clone, Deserialize)]
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
    /// What a connection is.
    pub connection: ConnectionDescription,
    /// What the plugin can do.
    pub actions: Vec<ActionDescription>,
    /// The description as the plugin gave it.
    #[serde(skip)]
    pub text: String,
}

/// What a connection of the plugin is.
#[derive(Debug, Clone, Deserialize)]
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
    /// What form builders and readers of a person's input need: among it `moments`, the fields that
    /// are moments.
    #[serde(default)]
    pub form: Value,
    /// Inputs with their outputs.
    #[serde(default)]
    pub examples: Vec<Value>,
}

impl Description {
    /// Reads what `describe` answered.
    ///
    /// # Errors
    /// If it is not a description, or of a contract that this host does not speak.
    pub fn parse(text: String) -> Result<Self, LoadError> {
        let mut description: Self = serde_json::from_str(&text)
            .map_err(|error| LoadError(format!("the plugin's description can't be read: {error}")))?;
        if description.contract != CONTRACT {
            return Err(LoadError(format!(
                "the plugin follows version {} of the contract, and this host knows version {CONTRACT}: update the older of the two",
                description.contract
            )));
        }
        description.text = text;
        Ok(description)
    }

    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&ActionDescription> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The origins that a connection makes reachable. Values that are no address are left out: the
    /// plugin's own check of its connection tells the user about them.
    pub fn origins(&self, connection: &Connection) -> Vec<Origin> {
        self.connection.origins.iter().filter_map(|key| connection.get(key)?.trim().parse().ok()).collect()
    }

    /// The config keys of a connection, in the schema's order.
    pub fn config_keys(&self) -> Vec<&str> {
        let properties = self.connection.schema["properties"].as_object();
        properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_another_contract_is_refused() {
        let text = r#"{"contract":2,"name":"n","title":"t","version":"1","connection":{"schema":{},"check":"c"},"actions":[]}"#;
        assert!(Description::parse(text.to_owned()).unwrap_err().0.contains("version 2"));
        assert!(Description::parse(text.replace(":2", ":1")).is_ok());
        assert!(Description::parse("{}".to_owned()).is_err());
    }
}
