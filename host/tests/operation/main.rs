//! What operators see of a running process: counts, probes and traces.

mod audit;
#[path = "../common/mod.rs"]
mod common;
mod metrics;
mod support;
mod traces;
