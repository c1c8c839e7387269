//! The triggers against the sandbox over real sockets: what the service tells, as it tells it, also
//! twice, late, forged and under another status; and what is asked for from time to time.

#[path = "../actions/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod support;

mod anything;
mod contacts;
mod orders;
mod polls;
mod told;
mod vectors;
