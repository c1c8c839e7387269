//! The built plugin in real Extism hosts: what its tests share.
//!
//! The tests know the plugin by its contract alone. They load the bundle that `cargo xtask dist`
//! makes, and fail with that command when it is missing or stale.

mod bundle;
mod host;
mod raw_server;

pub use bundle::{Bundle, workspace};
pub use host::{CallError, Host, HostBuilder, HttpAnswer};
pub use raw_server::{RawServer, response};
