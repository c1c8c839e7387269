//! What goes wrong between a plugin and its service, and what the host makes of it: through the
//! real module, over real sockets.

mod answers;
mod breaks;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod endurance;
mod fault;
mod hostile;
mod instances;
mod policy;
mod proxy;
mod queue;
mod reach;
mod sandbox;
mod server;
mod sizes;
mod stream;
mod stubborn;
mod support;
mod terminal;
mod tls;
mod turns;
mod waits;
