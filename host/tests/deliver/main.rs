//! Events from a service's webhooks and by polls, through `serve`, to whoever takes them: the real command,
//! the built plugins, their services, and receivers that misbehave.

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod receiver;
mod server;
mod webhooks;
