//! What a plugin says of its triggers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::repeats::Condition;

/// What a trigger is.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct TriggerDescription {
    /// Its name, which is also its export's.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// When it triggers.
    pub description: String,
    /// How the plugin comes to know.
    pub delivery: Delivery,
    /// The JSON Schema of its input: what narrows down what it triggers on.
    #[serde(rename = "inputSchema")]
    pub input_schema: Value,
    /// What form builders and readers of a person's input need, as an action's.
    #[serde(default)]
    pub form: Value,
    /// The JSON Schema of an event's `data`.
    #[serde(default, rename = "eventSchema")]
    pub event_schema: Value,
    /// An example of `data`.
    #[serde(default)]
    pub sample: Value,
    /// What a person does to set it up; empty if there is nothing to be done.
    #[serde(default)]
    pub docs: String,
    /// The read by which a host makes sure of an event.
    #[serde(default)]
    pub confirm: Option<Confirm>,
    /// The export that tells the service where to send its webhooks.
    #[serde(default)]
    pub subscribe: Option<String>,
    /// The export that tells it to stop.
    #[serde(default)]
    pub unsubscribe: Option<String>,
    /// How the service signs its webhooks, if that has a name. The plugin checks it.
    #[serde(default)]
    pub signature: Option<String>,
}

/// How a plugin comes to know of what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Delivery {
    /// A host asks from time to time.
    Poll,
    /// The service tells the host by a request.
    Webhook,
}

impl Delivery {
    /// As the contract writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Webhook => "webhook",
        }
    }
}

/// The read by which a host makes sure of an event before it hands it on.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Confirm {
    /// The read.
    pub action: String,
    /// Its fields, each with the member of the event's data that it is taken from.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// What all has to hold of its output. A condition's field is a member of the event's data.
    pub holds: Vec<Condition>,
}
