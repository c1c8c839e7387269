//! What passes between a host and a plugin's triggers: events, and what they come by.
//!
//! A plugin's answer is read strictly. What is left out, or is of another shape than the contract
//! says, could lose an event or hand on half of one; so it is an `internal` error that says what is
//! wrong, for the plugin's author.

mod event;
mod members;
mod poll;
mod subscription;
mod webhook;

pub use event::Event;
pub use poll::{PollInput, PollPage, Start};
pub use subscription::{Subscribe, Subscription};
pub use webhook::{Response, WebhookAnswer, WebhookRequest};

use crate::error::ActionError;

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
