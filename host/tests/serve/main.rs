//! `plugin-host serve` as its callers meet it: the real command, the real plugin, and the sandbox.

mod access;
mod answers;
#[path = "../common/mod.rs"]
mod common;
mod ends;
#[path = "../common/harmful.rs"]
mod harmful;
mod keys;
mod limits;
mod server;
