//! Runs Extism action plugins: any plugin that follows the contract in `docs/contract.md`.
//!
//! The layers, lowest first: [`http`] (what a plugin may reach, and the pooled client behind its
//! requests) → [`engine`] (the compiled module and its instances) → [`runner`] (actions and
//! connections) → [`queue`] (the order, rate and number of calls) → the faces, such as [`serve`] →
//! [`cli`]. Nothing here knows a rule of any one plugin: what there is to do, and with which
//! connection, the plugin describes.

pub mod batch;
pub mod bundle;
pub mod cli;
pub mod connection;
pub mod connections;
pub mod description;
pub mod engine;
pub mod error;
pub mod http;
pub mod mcp;
pub mod queue;
pub mod restate;
pub mod retry;
pub mod runner;
pub mod serve;
pub mod web;

pub use connection::Connection;
pub use error::{ActionError, LoadError};
pub use queue::Queue;
pub use runner::Runner;
