//! Actions with connections.

mod failure;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use tracing::Span;

use crate::account::Account;
use crate::bundle::Bundle;
use crate::conformance::Conformance;
use crate::connection::Connection;
use crate::description::{ActionDescription, Description, TriggerDescription};
use crate::engine::{Context, Exchange, Instance, LoadError, Module, Outcome, PANICKED};
use crate::error::{ActionError, Effect};
pub use crate::host::Settings;
use crate::host::{Host, Plugin};
use crate::http::{Client, Failure, NoResponse, Policy, PreparedRequest, Request, Response, run_blocking};
use crate::idempotency::{Filled, Key};
use crate::language;
use crate::observe::Attempt;
use crate::redact::Redactor;
use crate::resting::Resting;
use crate::retry::Repetition;
use crate::slip;

/// A plugin in a host. Cloning it is cheap.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    plugin: Plugin,
    host: Host,
    /// In the language of the settings, which is this one.
    translated: Option<Description>,
    language: String,
    client: Client,
    conformance: Option<Conformance>,
}

impl Runner {
    /// Loads the only plugin of a program. Where there are several, they share a [`Host`].
    ///
    /// # Errors
    /// If the module can't be run or does not follow the contract.
    pub fn load(bundle: &Bundle, settings: Settings) -> Result<Self, LoadError> {
        let host = Host::new(settings)?;
        Self::new(&host, &host.load(bundle)?)
    }

    /// A runner for a plugin of a host.
    ///
    /// # Errors
    /// With the faults of the description, if the host's settings are strict.
    pub fn new(host: &Host, plugin: &Plugin) -> Result<Self, LoadError> {
        let (settings, description) = (host.settings(), plugin.description());
        let conformance = settings.strict.then(|| Conformance::strict(description)).transpose()?;
        let response_bytes = plugin.module().response_bytes().unwrap_or(settings.limits.response_bytes);
        let client = host.client().response_bytes(response_bytes);
        let (translated, language) = language::localized(description, &settings.languages);
        let translated = match translated {
            Cow::Owned(translated) => Some(translated),
            Cow::Borrowed(_) => None,
        };
        let (plugin, host) = (plugin.clone(), host.clone());
        Ok(Self(Arc::new(Inner { plugin, host, translated, language, client, conformance })))
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        self.0.plugin.description()
    }

    /// Its module.
    pub fn module(&self) -> &Module {
        self.0.plugin.module()
    }

    /// The same with its texts in the language of the settings: for people and models to read.
    pub fn translated(&self) -> &Description {
        self.0.translated.as_ref().unwrap_or_else(|| self.description())
    }

    /// Which language that is.
    pub fn language(&self) -> &str {
        &self.0.language
    }

    /// Makes the actions available with a connection. Nothing is sent.
    pub fn connect(&self, connection: Connection) -> Connected {
        let description = self.description();
        let allowed = self.0.host.settings().allow.clone();
        let policy = Policy { origins: description.origins(&connection), allowed };
        let redactor = Redactor::new(&description.connection.schema, &connection);
        let context = Context { name: String::new(), connection, policy, redactor };
        Connected { runner: self.clone(), context: Arc::new(context), idle: self.0.host.resting().of_one() }
    }
}

/// A call's error as its caller is to see it; `filled` is what was filled into the call's input.
pub(crate) fn settled(action: &ActionDescription, filled: Option<&Filled>, error: ActionError) -> Box<ActionError> {
    let error = match filled {
        Some(filled) => filled.told(error),
        None => error,
    };
    Box::new(Repetition::of(action).settle(error))
}

/// A plugin with a connection. Its instances serve this connection alone.
///
/// Here an action is run once, at once: on the caller's thread by [`Connected::call`], on Tokio by
/// [`Connected::call_async`]. [`Queue`](crate::Queue) does all the rest. None of the connection's secrets is in what it returns.
pub struct Connected {
    runner: Runner,
    context: Arc<Context>,
    idle: Resting<Instance>,
}

impl Connected {
    /// The same, with a name, by which people tell connections apart.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        let context = Arc::get_mut(&mut self.context).expect("no call has begun");
        context.name = name.into();
        self
    }

    /// The connection's name; empty if it has none.
    pub fn name(&self) -> &str {
        &self.context.name
    }

    /// The plugin that it is a connection of.
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// The connection's values.
    pub fn connection(&self) -> &Connection {
        &self.context.connection
    }

    /// How many instances it holds that no call uses.
    pub fn idle(&self) -> usize {
        self.idle.len()
    }

    /// Drops the instances that no call has used for so long. There is none before the first call, and
    /// each takes the memory of its module.
    pub fn release_idle(&self, unused: Duration) {
        self.idle.release(unused);
    }

    /// The account that the connection reaches.
    pub fn account(&self) -> Account {
        Account::of(self.description(), &self.context.connection)
    }

    /// Finds the connection's secrets.
    pub fn redactor(&self) -> &Redactor {
        &self.context.redactor
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        self.runner.description()
    }

    /// Runs an action; input and output are JSON. This is one attempt: nothing is repeated, and a call
    /// whose effect is not known is not looked up. A key for repeats that the input leaves out is made
    /// up, and told in such an error. [`Queue::call`](crate::Queue::call) does all of it.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn call(&self, action: &str, input: &str) -> Result<String, Box<ActionError>> {
        run_blocking(self.once(action, input, self.exchange()))
    }

    /// The same on Tokio, whose timer and sockets have to be on: it holds no thread while it waits. If the
    /// future is dropped, nobody knows what became of a request that was under way.
    ///
    /// # Errors
    /// The contract's error document.
    pub async fn call_async(&self, action: &str, input: &str) -> Result<String, Box<ActionError>> {
        self.once(action, input, self.exchange_on_tokio()).await
    }

    async fn once(&self, action: &str, input: &str, exchange: Exchange) -> Result<String, Box<ActionError>> {
        let action = self.known(action)?;
        let filled = Filled::of(action, input, Key::fresh);
        let input = filled.as_ref().map_or(input, |filled| &filled.input);
        let outcome = self.run(&action.name, input, exchange).await.0;
        outcome.map_err(|error| settled(action, filled.as_ref(), *error))
    }

    /// One attempt of a call on Tokio, with the error as the plugin has it.
    pub(crate) async fn attempt(&self, action: &str, input: &str) -> Result<String, Box<ActionError>> {
        self.run(&self.known(action)?.name, input, self.exchange_on_tokio()).await.0
    }

    /// The first request that an action would send; none if it answers without one. What it would send
    /// after that depends on the answer. Nothing is sent.
    ///
    /// # Errors
    /// The contract's error document, if the action fails before it sends anything.
    pub fn dry_run(&self, action: &str, input: &str) -> Result<Option<PreparedRequest>, Box<ActionError>> {
        let action = self.known(action)?;
        let filled = Filled::of(action, input, Key::fresh);
        let input = filled.as_ref().map_or(input, |filled| &filled.input);
        let (mut exchange, first) = (self.exchange(), Arc::new(OnceLock::new()));
        let kept = first.clone();
        exchange.answers = Some(Box::new(move |request| {
            // Those after the first depend on an answer that nobody has.
            let _ = kept.set(request);
            Err(Failure::NotSent.into())
        }));
        let outcome = run_blocking(self.run(&action.name, input, exchange)).0;
        match (first.get(), outcome) {
            (Some(request), _) => Ok(Some(self.redactor().request(request.clone()))),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => Ok(None),
        }
    }

    /// The action of that name.
    ///
    /// # Errors
    /// If there is none; the message has those that there are.
    pub fn action(&self, action: &str) -> Result<&ActionDescription, Box<ActionError>> {
        self.known(action)
    }

    fn known(&self, action: &str) -> Result<&ActionDescription, Box<ActionError>> {
        let description = self.description();
        if let Some(action) = description.action(action) {
            return Ok(action);
        }
        let names: Vec<_> = description.actions.iter().map(|action| action.name.as_str()).collect();
        let meant = slip::question(action, names.iter().copied());
        let message =
            format!("{} has no action {action}.{meant} Its actions: {}.", description.title, names.join(", "));
        Err(Box::new(ActionError::invalid_input(message)))
    }

    /// Proves that the connection works, without changing anything. It blocks.
    ///
    /// # Errors
    /// The contract's error document.
    pub fn check(&self) -> Result<String, Box<ActionError>> {
        run_blocking(self.checked(self.exchange()))
    }

    /// The same on Tokio.
    pub(crate) async fn check_async(&self) -> Result<String, Box<ActionError>> {
        self.checked(self.exchange_on_tokio()).await
    }

    async fn checked(&self, exchange: Exchange) -> Result<String, Box<ActionError>> {
        let outcome = self.run(&self.description().connection.check, "", exchange).await.0;
        outcome.map_err(|error| Box::new(Repetition::Read.settle(*error)))
    }

    /// Sends requests as its plugin's are sent: by the same rules, through the same client.
    pub fn sender(&self) -> impl Fn(&Request, &[u8]) -> Result<Response, NoResponse> + Send + Sync + 'static {
        let (client, context) = (self.runner.0.client.clone(), self.context.clone());
        move |request, body| client.send(request, body, &context.policy, None)
    }

    /// The trigger of that name.
    ///
    /// # Errors
    /// If there is none; the message has those that there are.
    pub fn trigger(&self, trigger: &str) -> Result<&TriggerDescription, Box<ActionError>> {
        let description = self.description();
        if let Some(trigger) = description.trigger(trigger) {
            return Ok(trigger);
        }
        let names: Vec<_> = description.triggers.iter().map(|trigger| trigger.name.as_str()).collect();
        let there =
            if names.is_empty() { "It has none.".to_owned() } else { format!("Its triggers: {}.", names.join(", ")) };
        let meant = slip::question(trigger, names.iter().copied());
        let message = format!("{} has no trigger {trigger}.{meant} {there}", description.title);
        Err(Box::new(ActionError::invalid_input(message)))
    }

    /// One attempt of an export of a trigger on Tokio; `secret` is that of its subscription, and is kept as the
    /// connection's secrets are.
    pub(crate) async fn of_trigger(
        &self,
        export: &str,
        input: &str,
        secret: Option<&str>,
    ) -> Result<String, Box<ActionError>> {
        let Some(secret) = secret else { return self.run(export, input, self.exchange_on_tokio()).await.0 };
        let Context { name, connection, policy, redactor } = &*self.context;
        let (name, connection, policy) = (name.clone(), connection.clone(), policy.clone());
        let context = Arc::new(Context { name, connection, policy, redactor: redactor.with(secret) });
        self.run(export, input, self.exchange_for(context).on_tokio(self.runner.0.host.places())).await.0
    }

    /// What passes between a call and the world, before it has begun.
    pub(crate) fn exchange(&self) -> Exchange {
        self.exchange_for(self.context.clone())
    }

    fn exchange_on_tokio(&self) -> Exchange {
        self.exchange().on_tokio(self.runner.0.host.places())
    }

    fn exchange_for(&self, context: Arc<Context>) -> Exchange {
        let traceparent = self.runner.0.host.settings().traceparent;
        let mut exchange = Exchange::new(context, self.runner.0.client.clone());
        exchange.traceparent = traceparent;
        exchange
    }

    async fn run(&self, export: &str, input: &str, exchange: Exchange) -> (Result<String, Box<ActionError>>, Exchange) {
        let begun = Instant::now();
        let (result, fuel, exchange) = self.run_unmasked(export, input, exchange).await;
        Span::current().record("plugin.fuel", fuel);
        if let Some(observer) = &self.runner.0.host.settings().observer {
            observer.attempted(&Attempt {
                plugin: &self.description().name,
                connection: self.name(),
                export,
                outcome: result.as_ref().err().map_or("done", |error| error.kind.word()),
                took: begun.elapsed(),
                fuel,
                requests: &exchange.asked,
            });
        }
        let redactor = &exchange.context.redactor;
        let masked = match result {
            Ok(output) => Ok(redactor.json(output)),
            Err(mut error) => {
                redactor.error(&mut error);
                Err(error)
            }
        };
        (masked, exchange)
    }

    /// Tells also how much fuel that took.
    async fn run_unmasked(
        &self,
        export: &str,
        input: &str,
        exchange: Exchange,
    ) -> (Result<String, Box<ActionError>>, u64, Exchange) {
        let (mut exchange, mut fuel) = (exchange, 0);
        let (outcome, instance) = loop {
            let mut instance = match self.instance().await {
                Ok(instance) => instance,
                Err(error) => return (Err(error), fuel, exchange),
            };
            let run;
            (run, exchange) = instance.run_once(export, input, exchange).await;
            fuel += instance.seen().fuel;
            let Some(question) = run.left else { break (run.outcome, instance) };
            if !matches!(run.outcome, Outcome::Trap(_)) {
                self.idle.put(instance);
            }
            exchange.ask(question).await;
        };
        // What was sent before a trap may have had its effect.
        let effect = if exchange.sent { Effect::Unknown } else { Effect::None };
        let result = match outcome {
            // Extism does not tell a code other than 0 where no error is set, so an output has to prove itself.
            Outcome::Output(output) if serde_json::from_str::<IgnoredAny>(&output).is_err() => {
                let begin = failure::beginning(&output, &exchange.context.redactor);
                let message = format!("The plugin answered without JSON: it says {begin}. Report it to its author.");
                Err(ActionError::internal(message, effect))
            }
            Outcome::Output(output) => match self.broken(|checks| checks.output(export, &output)) {
                Some(flaw) => Err(ActionError::internal(flaw, effect)),
                None => Ok(output),
            },
            Outcome::Error(text) => Err(match self.broken(|checks| checks.error(&text)) {
                Some(flaw) => ActionError::internal(flaw, effect),
                None => failure::read(&text, &exchange, effect, &exchange.context.redactor),
            }),
            // The instance goes with its trap, which leaks the guest's stack.
            Outcome::Trap(why) => {
                let more = if why == PANICKED { "; what it logged before is seen with --log error" } else { "" };
                let error = ActionError::internal(format!("The plugin stopped in the middle: {why}{more}."), effect);
                return (Err(Box::new(error)), fuel, exchange);
            }
        };
        self.idle.put(instance);
        (result.map_err(Box::new), fuel, exchange)
    }

    /// How an answer breaks the plugin's own schemas, where somebody wants to know.
    fn broken(&self, flaw: impl FnOnce(&Conformance) -> Option<String>) -> Option<String> {
        self.runner.0.conformance.as_ref().and_then(flaw)
    }

    /// An instance that no call has used.
    pub(crate) async fn new_instance(&self) -> Result<Instance, LoadError> {
        self.runner.0.plugin.module().instance_async(self.runner.0.host.settings().call_time).await
    }

    async fn instance(&self) -> Result<Instance, Box<ActionError>> {
        let instance = match self.idle.take() {
            Some(idle) => Ok(idle),
            None => self.new_instance().await,
        };
        instance.map_err(|error| Box::new(ActionError::internal(error.to_string(), Effect::None)))
    }
}
