//! What passes between a host and a plugin's triggers: events, and what they come by.
//!
//! A plugin's answer is read strictly. What is left out, or is of another shape than the contract
//! says, could lose an event or hand on half of one; so it is an `internal` error that says what is
//! wrong, for the plugin's author.

mod event;
mod poll;
mod subscription;
mod webhook;

pub use event::Event;
pub use poll::{PollInput, PollPage, Start};
pub use subscription::{Subscribe, Subscription};
pub use webhook::{Response, WebhookAnswer, WebhookRequest};

use serde_json::value::RawValue;

use crate::error::{ActionError, Effect};
use crate::json::{self, Object};

/// Whether what an event tells is so.
#[derive(Debug)]
pub enum Confirmation {
    /// It is, or the trigger has nothing by which a host could make sure.
    Holds,
    /// It is not; a sentence on what was looked at.
    Refuted(String),
    /// It can't be told yet: the read failed.
    Failed(Box<ActionError>),
}

/// How an answer breaks the contract: what is wrong.
type Flaw = String;

/// Reads the answer of an export.
fn read<T>(export: &str, output: &str, read: impl FnOnce(&Object) -> Result<T, Flaw>) -> Result<T, Box<ActionError>> {
    let object = json::object(output.as_bytes()).map_err(|malformed| malformed.of("It"));
    object.and_then(|object| read(&object)).map_err(|flaw| {
        let message = format!("The answer of {export} breaks the contract: {flaw} Report it to the plugin's author.");
        Box::new(ActionError::internal(message, Effect::None))
    })
}

/// A member that has to be there.
fn member<'a>(object: &'a Object, name: &str) -> Result<&'a RawValue, Flaw> {
    object.get(name).ok_or_else(|| format!("it has no {name}."))
}

/// A member that may be left out, or be null.
fn given<'a>(object: &'a Object, name: &str) -> Option<&'a RawValue> {
    object.get(name).filter(|value| value.get() != "null")
}

fn text(value: &RawValue, name: &str) -> Result<String, Flaw> {
    serde_json::from_str(value.get()).map_err(|_| format!("{name} is no text."))
}

/// The events of an answer.
fn events(object: &Object) -> Result<Vec<Event>, Flaw> {
    let list = member(object, "events")?;
    let list: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| "events is no list.".to_owned())?;
    let read =
        |(index, event): (usize, &&RawValue)| Event::read(event).map_err(|flaw| format!("events[{index}]: {flaw}"));
    list.iter().enumerate().map(read).collect()
}
