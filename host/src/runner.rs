//! Actions with connections.

use std::sync::{Arc, Mutex, PoisonError};

use serde::de::IgnoredAny;

use crate::bundle::Bundle;
use crate::connection::Connection;
use crate::description::{ActionDescription, Description};
use crate::engine::{DryRun, Engine, Exchange, Instance, Outcome, Unsent};
use crate::error::{ActionError, Effect, LoadError, Retry};
use crate::http::{Client, Limits, Policy, Roots, Rule};
use crate::retry::Repetition;

/// What a runner lets plugins do.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How much, and how long.
    pub limits: Limits,
    /// Origins that all connections may reach besides their own, also at private addresses: for a
    /// plugin whose service is not part of its connections, or stands in a private network.
    pub allow: Vec<Rule>,
    /// Origins that may have a private or loopback address, for the connections whose own they are.
    pub allow_private: Vec<Rule>,
    /// Whom to trust over TLS.
    pub roots: Roots,
}

/// A loaded plugin. Cloning it is cheap.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    engine: Engine,
    description: Description,
    allow: Vec<Rule>,
    client: Client,
}

impl Runner {
    /// Loads a plugin and asks it what it can do.
    ///
    /// # Errors
    /// If the module can't be run or does not follow the contract.
    pub fn load(bundle: &Bundle, settings: Settings) -> Result<Self, LoadError> {
        let engine = Engine::new(bundle)?;
        let description = engine.describe()?;
        Ok(Self::new(engine, description, settings))
    }

    /// A runner for a plugin that has described itself already.
    pub fn new(engine: Engine, description: Description, settings: Settings) -> Self {
        let limits = engine.limit(settings.limits);
        let Settings { allow, mut allow_private, roots, .. } = settings;
        allow_private.extend_from_slice(&allow);
        let client = Client::new(limits, allow_private, roots);
        Self(Arc::new(Inner { engine, description, allow, client }))
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// Makes the actions available with a connection. Nothing is sent.
    pub fn connect(&self, connection: Connection) -> Connected {
        let policy = Policy { origins: self.0.description.origins(&connection), allowed: self.0.allow.clone() };
        Connected {
            runner: self.clone(),
            name: String::new(),
            connection: Arc::new(connection),
            policy: Arc::new(policy),
            idle: Mutex::default(),
        }
    }
}

/// A plugin with a connection. Its instances serve this connection alone.
///
/// This is the blocking way to run actions: one attempt, at once, on the caller's thread.
/// [`Queue`](crate::Queue) is the async one.
pub struct Connected {
    runner: Runner,
    name: String,
    connection: Arc<Connection>,
    policy: Arc<Policy>,
    idle: Mutex<Vec<Instance>>,
}

impl Connected {
    /// The same, with a name, by which people tell connections apart.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The connection's name; empty if it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        self.runner.description()
    }

    /// Whether a text contains one of the connection's values: then it is not to be shown.
    pub fn is_config(&self, text: &str) -> bool {
        self.connection.stands_in(text)
    }

    /// Runs an action; input and output are JSON.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn call(&self, action: &str, input: &str) -> Result<String, Box<ActionError>> {
        let action = self.known(action)?;
        let settle = |error: Box<ActionError>| Box::new(Repetition::of(action).settle(*error));
        self.run(&action.name, input, self.exchange()).0.map_err(settle)
    }

    /// The first request that an action would send. Nothing is sent.
    ///
    /// # Errors
    /// The contract's error document, if the action fails before it sends anything.
    pub fn dry_run(&self, action: &str, input: &str) -> Result<Unsent, Box<ActionError>> {
        let mut exchange = self.exchange();
        exchange.dry_run = Some(DryRun::default());
        let (outcome, exchange) = self.run(&self.known(action)?.name, input, exchange);
        match (exchange.dry_run.and_then(|DryRun(request)| request), outcome) {
            (Some(request), _) => Ok(request),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => Err(Box::new(ActionError::internal("The action sends nothing.", Effect::None))),
        }
    }

    fn known(&self, action: &str) -> Result<&ActionDescription, Box<ActionError>> {
        let description = self.description();
        if let Some(action) = description.action(action) {
            return Ok(action);
        }
        let names: Vec<_> = description.actions.iter().map(|action| action.name.as_str()).collect();
        let message = format!("{} has no action {action}. Its actions: {}.", description.title, names.join(", "));
        Err(Box::new(ActionError::invalid_input(message)))
    }

    /// Proves that the connection works, without changing anything.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn check(&self) -> Result<String, Box<ActionError>> {
        let settle = |error: Box<ActionError>| Box::new(Repetition::Read.settle(*error));
        self.run(&self.description().connection.check, "", self.exchange()).0.map_err(settle)
    }

    fn exchange(&self) -> Exchange {
        Exchange::new(self.connection.clone(), self.policy.clone(), self.runner.0.client.clone())
    }

    fn run(&self, export: &str, input: &str, exchange: Exchange) -> (Result<String, Box<ActionError>>, Exchange) {
        let mut instance = match self.instance() {
            Ok(instance) => instance,
            Err(error) => return (Err(error), exchange),
        };
        let (outcome, exchange) = instance.call(export, input, exchange);
        // What was sent before a trap may have had its effect.
        let effect = if exchange.requests == 0 { Effect::None } else { Effect::Unknown };
        let result = match outcome {
            // Extism does not tell a code other than 0 where no error is set, so an output has to prove itself.
            Outcome::Output(output) if serde_json::from_str::<IgnoredAny>(&output).is_err() => {
                Err(ActionError::internal("The plugin answered without JSON.", effect))
            }
            Outcome::Output(output) => Ok(output),
            Outcome::Error(text) => Err(read_error(&text, exchange.retry_after_s, effect)),
            // The instance goes with its trap, which leaks the guest's stack.
            Outcome::Trap(why) => {
                let error = ActionError::internal(format!("The plugin stopped in the middle: {why}"), effect);
                return (Err(Box::new(error)), exchange);
            }
        };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        (result.map_err(Box::new), exchange)
    }

    fn instance(&self) -> Result<Instance, Box<ActionError>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.runner.0.engine.instance(), Ok)
            .map_err(|error| Box::new(ActionError::internal(error.0, Effect::None)))
    }
}

/// Reads a plugin's error document and adds when to try again: the plugin itself can't see the
/// response's headers in every host.
fn read_error(text: &str, retry_after_s: Option<u64>, effect: Effect) -> ActionError {
    match serde_json::from_str::<ActionError>(text) {
        Ok(error) if error.retry == Retry::Later => {
            ActionError { retry_after_s: error.retry_after_s.or(retry_after_s), ..error }
        }
        Ok(error) => error,
        Err(_) => ActionError::internal("The plugin failed without an error document.", effect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_wish_to_wait_is_told_where_a_retry_makes_sense() {
        let document = |retry| format!(r#"{{"kind":"throttled","message":"m","retry":"{retry}","effect":"none"}}"#);
        assert_eq!(read_error(&document("later"), Some(7), Effect::None).retry_after_s, Some(7));
        assert_eq!(read_error(&document("never"), Some(7), Effect::None).retry_after_s, None);
    }

    #[test]
    fn an_error_that_is_no_document_is_an_internal_one_and_is_not_shown() {
        let error = read_error("secret", None, Effect::Unknown);
        assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown));
        assert!(!error.message.contains("secret"));
    }
}
