//! `plugin-host install`, `list`, `update` and `remove`, and what other commands make of installed plugins.

mod archives;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod local;
mod registry;
mod server;
mod signatures;
mod store;
mod support;
mod updates;
