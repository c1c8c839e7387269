//! What all measurements share: the server that is called, processes that take turns, and what rounds come to.

pub mod caller;
pub mod machine;
pub mod round;
pub mod rounds;
pub mod sample;
pub mod server;
pub mod service;
pub mod stats;
pub mod talking;
pub mod tls;
pub mod units;
pub mod usage;
