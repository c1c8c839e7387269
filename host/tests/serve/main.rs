//! `plugin-host serve` as its callers meet it: the real command, the real plugin, and the sandbox.

mod access;
mod answers;
#[path = "../common/mod.rs"]
mod common;
mod ends;
mod keys;
mod limits;
mod repeats;
mod server;
mod shares;
