//! What plugins read: input, answers of their service, webhooks; and what the kit reads all of it with.

mod form;
mod input;
mod json;
mod reply;
mod service;
mod webhook;

use crate::target::Target;

/// All of them.
pub const TARGETS: [Target; 5] = [reply::TARGET, input::TARGET, form::TARGET, webhook::TARGET, json::TARGET];
