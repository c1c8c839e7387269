//! A second plugin in the host: the made-up shop's, with all that the contract has, against its service
//! over real sockets.

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod description;
mod input;
mod keys;
mod language;
mod options;
mod reads;
mod server;
mod support;
mod verify;
