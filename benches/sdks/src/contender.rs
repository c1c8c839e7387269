//! Who is measured.

use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;

/// A way to make the sample call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contender {
    /// A program made for this call with Node's `fetch`.
    Fetch,
    /// The engine of `platforms/js`.
    Engine,
    /// A program made for this call with urllib3, a thread for each call in flight.
    Urllib3,
    /// The Python package's client, a thread for each call in flight.
    Package,
    /// A program made for this call with aiohttp.
    Aiohttp,
    /// The Python package's client for asyncio.
    AsyncPackage,
}

impl Contender {
    /// As tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "Node.js, fetch",
            Self::Engine => "Node.js, platforms/js",
            Self::Urllib3 => "Python, urllib3",
            Self::Package => "Python, the package",
            Self::Aiohttp => "Python, aiohttp",
            Self::AsyncPackage => "Python, the package, asyncio",
        }
    }

    /// The process that it is, at a service, with so many calls in flight.
    pub fn command(self, environment: &Environment, base_url: &str, in_flight: usize) -> Command {
        let (mut command, name) = match self {
            Self::Fetch => (environment.node(), "native"),
            Self::Engine => (environment.node(), "engine"),
            Self::Urllib3 => (environment.python(), "urllib3"),
            Self::Package => (environment.python(), "package"),
            Self::Aiohttp => (environment.python(), "aiohttp"),
            Self::AsyncPackage => (environment.python(), "async_package"),
        };
        command.args([name, base_url, &in_flight.to_string()]);
        command
    }
}
