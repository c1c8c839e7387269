//! `plugin-host mcp` as its clients meet it: the real command, the real plugin, and the sandbox.

mod agent;
#[path = "../common/mod.rs"]
mod common;
mod connections;
mod ends;
mod failures;
mod http;
mod order;
mod shares;
mod support;
mod tools;
mod web;
