//! What an action is, and the way through it.

use serde_json::Value;

use crate::connection::{self, Connection};
use crate::error::{Error, Kind};
use crate::form::Form;
use crate::input::Input;
use crate::json::{self, Object};
use crate::secret::Secret;
use crate::service::{self, Purpose};
use crate::transport::Transport;

/// Something the plugin can do: fields in, one signed call, fields out. A value of the type is a
/// valid input.
pub trait Action: Sized {
    /// The service's function.
    const FUNCTION: &'static str;
    /// The names of the input fields, in the order in which a form shows them.
    const FIELDS: &'static [&'static str];

    /// Reads the fields.
    ///
    /// # Errors
    /// [`Kind::InvalidInput`] with every problem.
    fn read(input: Input) -> Result<Self, Error>;

    /// The parameters, in the order in which they are signed and sent.
    fn form(&self) -> Form;

    /// The output: what was sent, normalised.
    fn output(&self) -> Object;

    /// The action as `describe` tells it.
    fn describe() -> Value;

    /// Inputs that break a rule, for documentation and tests.
    fn counter_examples() -> Vec<CounterExample>;
}

/// An input that breaks one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterExample {
    /// The field whose rule is broken.
    pub field: &'static str,
    /// Why it is refused.
    pub why: &'static str,
    /// The whole input.
    pub input: Value,
}

/// The host's configuration: a value by its key.
pub type Config<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// Runs an action from input to output, both JSON.
///
/// # Errors
/// Any error, with the API key taken out of every text.
pub fn run<A: Action>(input: &[u8], config: Config, transport: &dyn Transport) -> Result<String, Error> {
    guarded(config, |secret| {
        let action = A::read(Input::parse(utf8(input)?, A::FIELDS)?)?;
        let connection = Connection::parse(config, secret)?;
        let form = action.form();
        // It would be sent in clear, and come back in the output.
        if form.values().any(|value| connection.api_key.is_within(value)) {
            return Err(Error::new(Kind::InvalidInput, "A field holds the API key: take it out."));
        }
        let reply = service::call(&connection, transport, A::FUNCTION, Purpose::Change, &form)?;
        let result = reply.result.and_then(|result| json::redact(&result, secret));
        Ok(action
            .output()
            .text("message", &secret.redact(&reply.text))
            .some("unsigned_result", result.as_deref(), Object::json)
            .finish())
    })
}

/// Proves that the connection works, by a call that changes nothing.
///
/// # Errors
/// Any error but `invalid_input`, with the API key taken out of every text.
pub fn check_connection(config: Config, transport: &dyn Transport) -> Result<String, Error> {
    guarded(config, |secret| {
        let connection = Connection::parse(config, secret)?;
        service::call(&connection, transport, "GetAllGroups", Purpose::Read, &Form::new())?;
        Ok(Object::new().text("login", &connection.login).text("base_url", &connection.base_url).finish())
    })
}

/// Lets no error out that holds the API key.
fn guarded(config: Config, work: impl FnOnce(&Secret) -> Result<String, Error>) -> Result<String, Error> {
    let secret = connection::secret_of(config);
    work(&secret).map_err(|error| error.redacted(&secret))
}

fn utf8(input: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(input).map_err(|_| Error::new(Kind::InvalidInput, "The input is not UTF-8 text."))
}
