//! Events from a service's webhooks and by polls, through `serve`, to whoever takes them: the real command,
//! the built plugins, their services, and receivers that misbehave.

mod addresses;
mod answers;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod documents;
mod letters;
mod load;
mod polls;
mod receiver;
mod receivers;
mod reload;
mod server;
mod shop;
mod subscriptions;
mod traces;
mod webhooks;
