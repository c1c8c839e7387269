//! Actions with connections.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::IgnoredAny;

use crate::account::Account;
use crate::bundle::Bundle;
use crate::conformance::Conformance;
use crate::connection::Connection;
use crate::description::{ActionDescription, Description};
use crate::engine::{CALL_TIME, Context, DryRun, Engine, Exchange, Instance, LoadError, Outcome};
use crate::error::{ActionError, Effect, ErrorKind, Retry};
use crate::http::{Client, Limits, Policy, PreparedRequest, Proxies, Roots, Rule};
use crate::redact::Redactor;
use crate::retry::Repetition;

/// What a runner lets plugins do: the defaults, changed one by one.
///
/// ```
/// use std::time::Duration;
/// use plugin_host_core::runner::Settings;
///
/// let settings = Settings::default().call_time(Duration::from_secs(10)).strict(true);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// How much a request may, and how long.
    pub limits: Limits,
    /// How long a call may take in all, its requests included.
    pub call_time: Duration,
    /// Origins that all connections may reach besides their own, also at private addresses: for a
    /// plugin whose service is not part of its connections, or stands in a private network.
    pub allow: Vec<Rule>,
    /// Origins that may have a private or loopback address, for the connections whose own they are.
    pub allow_private: Vec<Rule>,
    /// Whom to trust over TLS.
    pub roots: Roots,
    /// Which requests go through which proxy.
    pub proxies: Proxies,
    /// Whether an answer that breaks the plugin's own schemas is a failure: for its author.
    pub strict: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            call_time: CALL_TIME,
            allow: Vec::new(),
            allow_private: Vec::new(),
            roots: Roots::default(),
            proxies: Proxies::default(),
            strict: false,
        }
    }
}

impl Settings {
    setters! {
        limits: Limits,
        call_time: Duration,
        allow: Vec<Rule>,
        allow_private: Vec<Rule>,
        roots: Roots,
        proxies: Proxies,
        strict: bool,
    }
}

/// A loaded plugin. Cloning it is cheap.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    engine: Engine,
    description: Description,
    allow: Vec<Rule>,
    client: Client,
    conformance: Option<Conformance>,
}

impl Runner {
    /// Loads a plugin and asks it what it can do.
    ///
    /// # Errors
    /// If the module can't be run or does not follow the contract.
    pub fn load(bundle: &Bundle, settings: Settings) -> Result<Self, LoadError> {
        let engine = Engine::new(bundle)?;
        let description = engine.describe()?;
        Self::new(engine, description, settings)
    }

    /// A runner for a plugin that has described itself already.
    ///
    /// # Errors
    /// With the faults of the description, if the settings are strict.
    pub fn new(engine: Engine, description: Description, settings: Settings) -> Result<Self, LoadError> {
        let conformance = settings.strict.then(|| Conformance::new(&description)).transpose()?;
        let engine = engine.call_time(settings.call_time);
        let limits = engine.limit(settings.limits);
        let Settings { allow, mut allow_private, roots, proxies, .. } = settings;
        allow_private.extend_from_slice(&allow);
        let client = Client::new(limits, allow_private, roots, proxies);
        Ok(Self(Arc::new(Inner { engine, description, allow, client, conformance })))
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// Makes the actions available with a connection. Nothing is sent.
    pub fn connect(&self, connection: Connection) -> Connected {
        let description = &self.0.description;
        let policy = Policy { origins: description.origins(&connection), allowed: self.0.allow.clone() };
        let redactor = Redactor::new(&description.connection.schema, &connection);
        let context = Context { name: String::new(), connection, policy, redactor };
        Connected { runner: self.clone(), context: Arc::new(context), idle: Mutex::default() }
    }
}

/// A plugin with a connection. Its instances serve this connection alone.
///
/// This is the blocking way to run actions: one attempt, at once, on the caller's thread.
/// [`Queue`](crate::Queue) is the async one. None of the connection's secrets is in what it returns.
pub struct Connected {
    runner: Runner,
    context: Arc<Context>,
    idle: Mutex<Vec<Instance>>,
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

    /// Whether a text contains one of the connection's values: then it is not to be shown.
    pub fn is_config(&self, text: &str) -> bool {
        self.context.connection.stands_in(text)
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

    /// The first request that an action would send; none if it answers without one. What it would send
    /// after that depends on the answer. Nothing is sent.
    ///
    /// # Errors
    /// The contract's error document, if the action fails before it sends anything.
    pub fn dry_run(&self, action: &str, input: &str) -> Result<Option<PreparedRequest>, Box<ActionError>> {
        let mut exchange = self.exchange();
        exchange.dry_run = Some(DryRun::default());
        let (outcome, exchange) = self.run(&self.known(action)?.name, input, exchange);
        match (exchange.dry_run.and_then(|DryRun(request)| request), outcome) {
            (Some(request), _) => Ok(Some(self.redactor().request(request))),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => Ok(None),
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
        Exchange::new(self.context.clone(), self.runner.0.client.clone())
    }

    fn run(&self, export: &str, input: &str, exchange: Exchange) -> (Result<String, Box<ActionError>>, Exchange) {
        let (result, exchange) = self.run_unmasked(export, input, exchange);
        let masked = match result {
            Ok(output) => Ok(self.redactor().json(output)),
            Err(mut error) => {
                self.redactor().error(&mut error);
                Err(error)
            }
        };
        (masked, exchange)
    }

    fn run_unmasked(
        &self,
        export: &str,
        input: &str,
        exchange: Exchange,
    ) -> (Result<String, Box<ActionError>>, Exchange) {
        let mut instance = match self.instance() {
            Ok(instance) => instance,
            Err(error) => return (Err(error), exchange),
        };
        let (outcome, exchange) = instance.call(export, input, exchange);
        // What was sent before a trap may have had its effect.
        let effect = if exchange.sent { Effect::Unknown } else { Effect::None };
        let result = match outcome {
            // Extism does not tell a code other than 0 where no error is set, so an output has to prove itself.
            Outcome::Output(output) if serde_json::from_str::<IgnoredAny>(&output).is_err() => {
                let begin = beginning(&output, self.redactor());
                let message = format!("The plugin answered without JSON: it says {begin}. Report it to its author.");
                Err(ActionError::internal(message, effect))
            }
            Outcome::Output(output) => match self.broken(|checks| checks.output(export, &output)) {
                Some(flaw) => Err(ActionError::internal(flaw, effect)),
                None => Ok(output),
            },
            Outcome::Error(text) => Err(match self.broken(|checks| checks.error(&text)) {
                Some(flaw) => ActionError::internal(flaw, effect),
                None => read_error(&text, &exchange, effect, self.redactor()),
            }),
            Outcome::Missing => {
                let message = format!("The module has no export {export}, though its description names it.");
                Err(ActionError::internal(format!("{message} Report it to the plugin's author."), Effect::None))
            }
            // The instance goes with its trap, which leaks the guest's stack.
            Outcome::Trap(why) => {
                let error = ActionError::internal(format!("The plugin stopped in the middle: {why}."), effect);
                return (Err(Box::new(error)), exchange);
            }
        };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        (result.map_err(Box::new), exchange)
    }

    /// How an answer breaks the plugin's own schemas, where somebody wants to know.
    fn broken(&self, flaw: impl FnOnce(&Conformance) -> Option<String>) -> Option<String> {
        self.runner.0.conformance.as_ref().and_then(flaw)
    }

    fn instance(&self) -> Result<Instance, Box<ActionError>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.runner.0.engine.instance(), Ok)
            .map_err(|error| Box::new(ActionError::internal(error.to_string(), Effect::None)))
    }
}

/// Reads a plugin's error document, and adds what the plugin can't know in every host: when to try
/// again, and what the host saw of the last request.
fn read_error(text: &str, exchange: &Exchange, effect: Effect, redactor: &Redactor) -> ActionError {
    let mut error: ActionError = match serde_json::from_str(text) {
        Ok(error) => error,
        Err(_) if text.is_empty() => {
            return ActionError::internal("The plugin failed without a word. Report it to its author.", effect);
        }
        Err(why) => {
            let begin = beginning(text, redactor);
            let what = if text.trim_start().starts_with('{') { format!(" ({why})") } else { String::new() };
            let message = format!("The plugin failed without an error document{what}: it says {begin}");
            return ActionError::internal(format!("{message}. Report it to its author."), effect);
        }
    };
    if let ErrorKind::Other(word) = &error.kind {
        error.message = format!("{} (The plugin calls it {word:?}, which is no kind of the contract.)", error.message);
        error.kind = ErrorKind::Internal;
    }
    if error.retry == Retry::Later {
        error.retry_after_s = error.retry_after_s.or(exchange.retry_after_s);
    }
    // Told where the error is of that response, or of there being none.
    let status = error.upstream.as_ref().map(|upstream| upstream.http_status);
    let is_of_it = status == Some(exchange.status) && (status == Some(0) || error.kind == ErrorKind::UnexpectedReply);
    if let Some(note) = exchange.note.as_ref().filter(|_| is_of_it) {
        error.message = format!("{} {note}", error.message);
    }
    error
}

/// The beginning of a text that should have been another, in quotation marks.
fn beginning(text: &str, redactor: &Redactor) -> String {
    const LONGEST: usize = 120;
    let text = redactor.text(text);
    let (begin, cut) = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => (&text[..end], "…"),
        None => (&*text, ""),
    };
    if begin.is_empty() { "nothing".to_owned() } else { format!("{begin:?}{cut}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        let client = Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default());
        Exchange::new(<_>::default(), client)
    }

    fn read(text: &str, change: impl FnOnce(&mut Exchange)) -> ActionError {
        let mut exchange = exchange();
        change(&mut exchange);
        read_error(text, &exchange, Effect::Unknown, &Redactor::of(["hunter2"]))
    }

    #[test]
    fn the_servers_wish_to_wait_is_told_where_a_retry_makes_sense() {
        let document = |retry| format!(r#"{{"kind":"throttled","message":"m","retry":"{retry}","effect":"none"}}"#);
        let wait = |retry, seconds| read(&document(retry), |exchange| exchange.retry_after_s = seconds).retry_after_s;
        assert_eq!(wait("later", Some(7)), Some(7));
        assert_eq!(wait("never", Some(7)), None);
    }

    #[test]
    fn an_error_that_is_no_document_is_an_internal_one_that_says_what_it_is() {
        let error = read("it is hunter2\n!", |_| ());
        assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown));
        assert!(error.message.contains(r#""it is ***\n!""#), "{}", error.message);
        assert!(read("", |_| ()).message.contains("without a word"));
        let error = read(r#"{"kind":"auth","message":"m","effect":"none"}"#, |_| ());
        assert!(error.message.contains("missing field `retry`"), "{}", error.message);
    }

    #[test]
    fn a_kind_that_is_not_of_the_contract_is_named() {
        let error = read(r#"{"kind":"forbidden","message":"No.","retry":"never","effect":"none"}"#, |_| ());
        assert_eq!(error.kind, "internal");
        assert!(error.message.starts_with("No. ") && error.message.contains("\"forbidden\""), "{}", error.message);
    }

    #[test]
    fn what_the_host_saw_is_told_with_the_error_that_is_of_it() {
        let document = |kind, status| {
            format!(
                r#"{{"kind":"{kind}","message":"Moved.","retry":"never","effect":"none","upstream":{{"http_status":{status},"verified":false}}}}"#
            )
        };
        let told = |kind, status, seen| {
            let change = |exchange: &mut Exchange| {
                (exchange.status, exchange.note) = (seen, Some("It was sent to https://a.".to_owned()));
            };
            read(&document(kind, status), change).message
        };
        assert_eq!(told("unexpected_reply", 301, 301), "Moved. It was sent to https://a.");
        assert_eq!(told("unavailable", 0, 0), "Moved. It was sent to https://a.");
        assert_eq!(told("rejected", 301, 301), "Moved.");
        assert_eq!(told("unexpected_reply", 200, 301), "Moved.");
    }
}
