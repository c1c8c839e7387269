//! Several plugins in one host, through the real command, and what is read again at SIGHUP.

mod choice;
#[path = "../common/mod.rs"]
mod common;
mod faces;
mod host;
mod pair;
mod reload;
mod tokens;
mod tools;
