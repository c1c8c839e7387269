//! Faults of the network and of plugins, through the real module in this host: each ends in the
//! right error in time, the host stays up, and the next call works.

mod plugins;
mod server;
mod sockets;
mod support;
mod tls;
