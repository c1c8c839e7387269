//! `plugin-host` side by side with what else could make the same calls.
//!
//! Every contender is a process of its own, and so is the server, so that what a contender takes of
//! the processor and of memory is its own. All are started before anything is measured, and take
//! turns: whatever else the machine does meanwhile, it does to all of them. `README.md` says what
//! the figures mean.

pub mod contender;
pub mod listening;
pub mod measure;
pub mod plan;
pub mod process;
pub mod programs;
pub mod report;

pub use bench_base::{caller, machine, round, sample, server, service, stats, tls, units, usage};
