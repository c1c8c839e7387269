//! JustClick (also sold as InfluencerSoft) as an Extism action plugin, on the plugin kit.
//!
//! Only what is JustClick's is here: its [`account`]s, how its requests are encoded ([`form`]) and
//! signed ([`signature`]), what its [`reply`]s mean, what its things are known by ([`notions`]), its
//! [`actions`], and its [`triggers`]. All of it is plain Rust that runs and is tested natively; the kit
//! makes a module of it.

// What shows the character in whose middle a text was cut is a twentieth of a module.
#![cfg_attr(not(test), warn(clippy::string_slice))]

pub mod account;
pub mod actions;
pub mod form;
pub mod listing;
pub mod notions;
pub mod order;
pub mod product;
pub mod reply;
pub mod service;
pub mod signature;
pub mod triggers;

pub use actions::PLUGIN;
