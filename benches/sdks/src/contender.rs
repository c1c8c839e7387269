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
    /// Extism's SDK for JavaScript.
    StockJs,
    /// A program made for this call with urllib3, a thread for each call in flight.
    Urllib3,
    /// The Python package's client, a thread for each call in flight.
    Package,
    /// Extism's SDK for Python, a thread for each call in flight.
    StockPython,
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
            Self::StockJs => "Node.js, stock Extism",
            Self::Urllib3 => "Python, urllib3",
            Self::Package => "Python, the package",
            Self::StockPython => "Python, stock Extism",
            Self::Aiohttp => "Python, aiohttp",
            Self::AsyncPackage => "Python, the package, asyncio",
        }
    }

    /// The process that it is, at a service, with so many calls in flight.
    pub fn command(self, environment: &Environment, base_url: &str, in_flight: usize) -> Command {
        let (mut command, name) = match self {
            Self::Fetch => (environment.node(), "native"),
            Self::Engine => (environment.node(), "engine"),
            Self::StockJs => (environment.node(), "stock"),
            Self::Urllib3 => (environment.python(), "urllib3"),
            Self::Package => (environment.python(), "package"),
            Self::StockPython => (environment.python(), "stock"),
            Self::Aiohttp => (environment.python(), "aiohttp"),
            Self::AsyncPackage => (environment.python(), "async_package"),
        };
        command.args([name, base_url, &in_flight.to_string()]);
        command
    }
}
