//! Fuzz targets: whatever reads bytes from outside, and what has to hold for all of them.
//!
//! A target is a function of bytes that panics where something does not hold. `cargo xtask fuzz` gives it
//! bytes that libFuzzer chooses by what they reach, and the tests of this package the seeds alone: what other
//! tests are fed with, and what once made a target fail ([`seeds`]).

#[cfg(feature = "libfuzzer")]
pub mod engine;
pub mod host;
mod memory;
pub mod plugin;
pub mod seeds;
mod target;
pub mod told;

pub use target::Target;
