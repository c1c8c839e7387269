//! `plugin-host listen` as people and scripts meet it: the real command, real plugins, and services that
//! tell of what happens in them.

mod arguments;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod ends;
mod files;
mod polls;
mod subscriptions;
mod support;
mod webhooks;
