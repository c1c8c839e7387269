//! The faces of `plugin-host`: the command line, files of rows, and servers, on top of
//! [`plugin_host_core`], which runs the plugins.
//!
//! A program that wants to run plugins takes that crate. This one is the command's.

pub mod audit;
pub mod author;
pub mod batch;
pub mod canonical;
pub mod cell;
pub mod cli;
mod clock;
pub mod events;
pub mod field;
pub mod flat;
#[doc(hidden)]
pub mod fuzzing;
pub mod glob;
pub mod hint;
pub mod install;
pub mod mcp;
pub mod moment;
pub mod package;
pub mod problems;
pub mod restate;
pub mod serve;
pub mod signals;
pub mod state;
mod sync;
pub mod trace;
pub mod verify;
pub mod web;
