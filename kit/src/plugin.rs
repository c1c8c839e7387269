//! A plugin as a whole.

use std::cell::Cell;

use crate::action::{Action, Limit, Run};
use crate::call::{About, Call};
use crate::connection::{Config, Connection, Raw};
use crate::error::{Effect, Error, Kind};
use crate::http::Transport;
use crate::input;
use crate::json::{self, Members, Object};
use crate::secret::Secrets;
use crate::trigger::webhook;
use crate::trigger::{Subscribing, Trigger};
use crate::values::Values;

/// The triggers, with what writes their descriptions: a plugin without any does not carry it.
pub(crate) type Triggers = Option<(&'static [Trigger], fn(&[Trigger]) -> String)>;

/// All that a plugin says of itself.
#[derive(Clone, Copy)]
pub struct Plugin {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) version: &'static str,
    pub(crate) description: &'static str,
    pub(crate) homepage: Option<&'static str>,
    pub(crate) connection: Connection,
    pub(crate) check_name: &'static str,
    pub(crate) check: Run,
    pub(crate) actions: &'static [Action],
    pub(crate) triggers: Triggers,
    pub(crate) limits: &'static [Limit],
    pub(crate) reason: Option<&'static str>,
    pub(crate) i18n: Option<&'static str>,
    pub(crate) icons: Option<&'static str>,
}

impl Plugin {
    /// A plugin with its name for machines, its name for people, its version, and what it is for.
    /// [`plugin!`](crate::plugin) adds the connection's check and the actions.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        version: &'static str,
        description: &'static str,
        connection: Connection,
    ) -> Self {
        fn no_check(_: &Call) -> Result<Object, Error> {
            Ok(Object::new())
        }
        Self {
            name,
            title,
            version,
            description,
            homepage: None,
            connection,
            check_name: "check_connection",
            check: no_check,
            actions: &[],
            triggers: None,
            limits: &[],
            reason: None,
            i18n: None,
            icons: None,
        }
    }

    /// Where people read more: an address with https.
    #[must_use]
    pub const fn homepage(mut self, address: &'static str) -> Self {
        self.homepage = Some(address);
        self
    }

    /// How often the service lets a connection call it: the default rate of every host.
    #[must_use]
    pub const fn limits(mut self, limits: &'static [Limit]) -> Self {
        self.limits = limits;
        self
    }

    /// Why the plugin has to reach the connection's addresses, for the person who decides whether to
    /// trust it.
    #[must_use]
    pub const fn reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Texts in other languages: a JSON object of languages, each with an object of texts by their
    /// JSON pointers into the description.
    #[must_use]
    pub const fn i18n(mut self, json: &'static str) -> Self {
        self.i18n = Some(json);
        self
    }

    /// Pictures, as MCP has them: a JSON array.
    #[must_use]
    pub const fn icons(mut self, json: &'static str) -> Self {
        self.icons = Some(json);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with(mut self, check_name: &'static str, check: Run, actions: &'static [Action]) -> Self {
        self.check_name = check_name;
        self.check = check;
        self.actions = actions;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_triggers(mut self, triggers: &'static [Trigger], told: fn(&[Trigger]) -> String) -> Self {
        self.triggers = Some((triggers, told));
        self
    }

    /// Its triggers.
    pub const fn triggers(&self) -> &'static [Trigger] {
        match self.triggers {
            Some((triggers, _)) => triggers,
            None => &[],
        }
    }

    /// The trigger of that name.
    pub fn trigger(&self, name: &str) -> Option<&'static Trigger> {
        self.triggers().iter().find(|trigger| trigger.name == name)
    }

    /// Its actions.
    pub const fn actions(&self) -> &'static [Action] {
        self.actions
    }

    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// Runs the action of that name from input to output, both JSON; `None` if there is none.
    pub fn run(
        &self,
        name: &str,
        input: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        self.action(name).map(|action| run_action(self, Some(action), input, config, transport))
    }

    /// Answers a poll or a webhook for the trigger of that name, both JSON; `None` if there is none.
    pub fn deliver(
        &self,
        name: &str,
        given: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        let trigger = self.trigger(name)?;
        let deliver = |call: &Call, given: &Members| (trigger.deliver)(trigger, call, given);
        Some(run_trigger(self, trigger, true, given, config, transport, &deliver))
    }

    /// Tells the service where to send the webhooks of the trigger of that name; `None` if there is none.
    pub fn subscribe(
        &self,
        name: &str,
        given: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        self.call_for_webhooks(name, Subscribing::Begin, given, config, transport)
    }

    /// Ends a subscription of the trigger of that name; `None` if there is none.
    pub fn unsubscribe(
        &self,
        name: &str,
        given: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        self.call_for_webhooks(name, Subscribing::End, given, config, transport)
    }

    fn call_for_webhooks(
        &self,
        name: &str,
        which: Subscribing,
        given: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        let trigger = self.trigger(name)?;
        let call_it = |call: &Call, given: &Members| (trigger.calls)(trigger, call, given, which);
        Some(run_trigger(self, trigger, false, given, config, transport, &call_it))
    }

    /// Proves that a connection works, by calls that change nothing.
    ///
    /// # Errors
    /// Any error but `invalid_input`.
    pub fn check_connection(&self, config: Config, transport: &dyn Transport) -> Result<String, Error> {
        run_action(self, None, b"", config, transport)
    }
}

/// Runs an action, or the check of a connection. No secret leaves: neither in the output, nor in an
/// error.
fn run_action(
    plugin: &Plugin,
    action: Option<&Action>,
    input: &[u8],
    config: Config,
    transport: &dyn Transport,
) -> Result<String, Error> {
    let raw = Raw::load(&plugin.connection, config);
    let input = match action {
        Some(action) => input::read(input, action.input),
        None => Ok(Values::default()),
    };
    let run = action.map_or(plugin.check, |action| action.run);
    carry_out(plugin, about(plugin, action), &raw, input, transport, &run)
}

/// Runs what a host calls a trigger for: what it hands over is a JSON object, in which the trigger's
/// own input is one member.
fn run_trigger(
    plugin: &Plugin,
    trigger: &Trigger,
    is_read: bool,
    given: &[u8],
    config: Config,
    transport: &dyn Transport,
    run: &dyn Fn(&Call, &Members) -> Result<Object, Error>,
) -> Result<String, Error> {
    let invalid = |told: &str| Error::new(Kind::InvalidInput, told);
    let given = std::str::from_utf8(given).ok().and_then(|json| Members::parse(json).ok());
    let given = given.ok_or_else(|| invalid("What a trigger is given is a JSON object, with its input in it."))?;
    if given.has_repeated_names() {
        return Err(invalid("What the trigger was given names something twice."));
    }
    let mut raw = Raw::load(&plugin.connection, config);
    if let Some(secret) = webhook::secret(&given) {
        raw.secrets.add("secret", secret);
    }
    let input = input::read(given.get("input").unwrap_or("{}").as_bytes(), trigger.input);
    let about = About { is_read, thing: (!is_read).then_some("subscription"), ..about(plugin, None) };
    carry_out(plugin, about, &raw, input, transport, &|call: &Call| run(call, &given))
}

/// One call, from a connection and an input to the output.
fn carry_out(
    plugin: &Plugin,
    about: About,
    raw: &Raw,
    input: Result<Values, Error>,
    transport: &dyn Transport,
    run: &dyn Fn(&Call) -> Result<Object, Error>,
) -> Result<String, Error> {
    let secrets = &raw.secrets;
    let outcome = input.and_then(|input| {
        let connection = &raw.read(&plugin.connection)?;
        // It would be sent in clear, and come back in the output.
        if let Some(title) = input.holds_secret(secrets) {
            return Err(Error::new(Kind::InvalidInput, ["A field holds the ", title, ": take it out."].concat()));
        }
        let call = Call { about, connection, secrets, input: &input, transport, may_have_changed: Cell::new(false) };
        run(&call).map_err(|error| if call.has_no_effect() { error.with_effect(Effect::None) } else { error })
    });
    match outcome {
        Ok(output) => without_secrets(output.finish(), secrets),
        Err(error) => Err(error.redacted(secrets)),
    }
}

/// The output with the secrets taken out. Nearly always there are none, and the text stays as it is.
fn without_secrets(output: String, secrets: &Secrets) -> Result<String, Error> {
    if !secrets.are_in(&output) && !output.contains('\\') {
        return Ok(output);
    }
    let told = "The output is nested too deeply to be looked through for secrets: it is not shown.";
    json::redact(&output, secrets).ok_or_else(|| Error::new(Kind::Internal, told))
}

/// What the calls of an action, or the check of a connection, say of themselves.
fn about(plugin: &Plugin, action: Option<&Action>) -> About<'static> {
    let is_read = action.is_none_or(Action::is_read);
    let thing = action.filter(|_| !is_read).and_then(|action| action.subject).map(|(_, thing)| thing);
    About {
        service: plugin.title,
        account: plugin.connection.title,
        origin: plugin.connection.origin().map_or(("", "address"), |field| (field.name(), field.title)),
        keys: plugin.connection.fields,
        plugin: (plugin.name, plugin.version),
        is_read,
        thing,
    }
}
