//! `plugin-host install`, `list`, `update` and `remove`, and what other commands make of installed plugins.

#[path = "../common/mod.rs"]
mod common;
mod local;
mod signatures;
mod store;
mod support;
mod updates;
