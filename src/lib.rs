//! JustClick (also sold as InfluencerSoft) as an Extism action plugin.
//!
//! Data goes one way: JSON in → a validated [`action`] → a signed [`form`] → the host's HTTP
//! ([`transport`]) → a parsed and verified [`reply`] → JSON out. Every rule is plain Rust that runs
//! and is tested natively; only the module `wasm` knows Extism, and it exists on wasm32 alone.

pub mod action;
pub mod actions;
pub mod condition;
pub mod connection;
pub mod describe;
pub mod error;
pub mod flaw;
pub mod form;
pub mod input;
pub mod json;
pub mod page;
pub mod reply;
pub mod secret;
pub mod service;
pub mod signature;
pub mod text;
pub mod tools;
pub mod transport;
pub mod value;

#[cfg(target_arch = "wasm32")]
mod wasm;
