//! A service that answers with what it is told, the connections to it, and what outputs have to keep to.

use std::cell::RefCell;
use std::sync::LazyLock;

use jsonschema::Validator;
use plugin_kit::{Action, Error, Plugin, Request, Response, Transport, Trigger, describe};
use serde_json::Value;

use crate::told::{SECRET, no_secret, one_line};

/// Answers each request alike, and keeps their bodies.
pub struct Service {
    answer: Response,
    pub sent: RefCell<Vec<String>>,
}

impl Service {
    pub fn new(status: u16, body: &[u8]) -> Self {
        Self { answer: Response { status, body: body.to_vec() }, sent: RefCell::default() }
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push(request.body.clone());
        self.answer.clone()
    }
}

/// The connection of whichever plugin.
pub fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" | "token" => SECRET.into(),
        "base_url" => b"https://username.justclick.ru".to_vec(),
        _ => return None,
    })
}

static PLUGINS: [&Plugin; 2] = [&justclick::PLUGIN, &shop::PLUGIN];

/// An action, and what it says of itself.
pub struct Known {
    pub plugin: &'static Plugin,
    pub action: &'static Action,
    /// That of its first example.
    pub input: String,
    pub input_schema: Validator,
    pub output_schema: Validator,
}

/// Every action of every plugin, JustClick's first.
pub static ACTIONS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |plugin: &'static Plugin, said: &Value| Known {
        plugin,
        action: plugin.action(said["name"].as_str().unwrap_or_default()).expect("it is described"),
        input: said["examples"][0]["input"].to_string(),
        input_schema: schema(&said["inputSchema"]),
        output_schema: schema(&said["outputSchema"]),
    };
    described("actions", known)
});

/// A trigger, and what it says of itself.
pub struct KnownTrigger {
    pub plugin: &'static Plugin,
    pub trigger: &'static Trigger,
    pub event_schema: Validator,
}

/// Every trigger of every plugin, JustClick's first.
pub static TRIGGERS: LazyLock<Vec<KnownTrigger>> = LazyLock::new(|| {
    let known = |plugin: &'static Plugin, said: &Value| KnownTrigger {
        plugin,
        trigger: plugin.trigger(said["name"].as_str().unwrap_or_default()).expect("it is described"),
        event_schema: schema(&said["eventSchema"]),
    };
    described("triggers", known)
});

fn described<T>(list: &str, known: impl Fn(&'static Plugin, &Value) -> T) -> Vec<T> {
    let mut all = Vec::new();
    for plugin in PLUGINS {
        let description: Value = serde_json::from_str(&describe::description(plugin)).expect("JSON");
        all.extend(description[list].as_array().into_iter().flatten().map(|said| known(plugin, said)));
    }
    all
}

fn schema(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("a schema")
}

static ERRORS: LazyLock<Validator> =
    LazyLock::new(|| schema(&serde_json::from_str(plugin_kit::manifest::ERROR_SCHEMA).expect("JSON")));

/// Fails unless an error is a document of the contract, in one line and without the secret.
#[track_caller]
pub fn check(error: &Error) -> Value {
    one_line(&error.message);
    let json = error.to_json();
    one_line(&json);
    no_secret(&json);
    let document: Value = serde_json::from_str(&json).expect("an error is JSON");
    assert!(ERRORS.is_valid(&document), "{document}");
    document
}
