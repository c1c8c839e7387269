//! Who is measured.

mod asynchronous;
pub mod client;
mod host;
mod mcp;
mod native;
mod over_http;
mod php;
pub mod proxy;
mod queue;
mod ready;
mod restate;
mod signed;
mod socket;
mod stock;
mod transport;

use std::io::{BufRead, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::programs::Programs;
use crate::service::Service;

use over_http::OverHttp;
pub use php::{missing as php_is_missing, once as php_once, script as php_script};
pub use ready::Ready;
pub use stock::{compiled as stock_compiled, manifest as stock_manifest};

/// A way to make the sample call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Contender {
    /// A Rust program made for this call, with the HTTP library that `plugin-host` has.
    Native,
    /// The same on `plugin-host`'s transport.
    Transport,
    /// A bare socket that writes prepared bytes and reads the answer: no client can be faster.
    Socket,
    /// The native client's async counterpart, on hyper.
    Asynchronous,
    /// `plugin-host` as a library, a thread for each call in flight.
    Host,
    /// The same, through its async queue.
    Queue,
    /// Extism's own host for Rust, an instance for each call in flight.
    Stock,
    /// The PHP sample of the service's documentation, with curl.
    Php,
    /// An HTTP server that does by hand what `plugin-host serve` does.
    Proxy,
    /// `plugin-host serve`.
    Serve,
    /// The same with an `Idempotency-Key` for each call.
    Keyed,
    /// `plugin-host mcp` on standard input and output.
    Mcp,
    /// `plugin-host restate`, without Restate itself.
    Restate,
}

impl Contender {
    /// As tables and plots call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native client",
            Self::Transport => "native client, plugin-host's transport",
            Self::Socket => "bare socket",
            Self::Asynchronous => "native client, async (hyper)",
            Self::Host => "plugin-host",
            Self::Queue => "plugin-host, async",
            Self::Stock => "stock Extism",
            Self::Php => "PHP sample",
            Self::Proxy => "proxy by hand (axum)",
            Self::Serve => "plugin-host serve",
            Self::Keyed => "plugin-host serve, keyed",
            Self::Mcp => "plugin-host mcp",
            Self::Restate => "plugin-host restate",
        }
    }
}

/// Makes a contender ready for so many calls in flight.
///
/// # Errors
/// When it can't be, or it is no Rust program.
pub fn ready(contender: Contender, service: &Service, programs: &Programs, in_flight: usize) -> Result<Box<dyn Ready>> {
    Ok(match contender {
        Contender::Queue => Box::new(queue::Queued::new(service, &programs.bundle, in_flight)?),
        Contender::Asynchronous => Box::new(asynchronous::Asynchronous::new(service, in_flight)?),
        Contender::Proxy => Box::new(OverHttp::proxy(programs, service, in_flight)?),
        Contender::Serve => Box::new(OverHttp::serve(programs, service, in_flight, false)?),
        Contender::Keyed => Box::new(OverHttp::serve(programs, service, in_flight, true)?),
        Contender::Mcp => Box::new(mcp::Mcp::new(programs, service, in_flight)?),
        Contender::Restate => Box::new(restate::Restate::new(programs, service, in_flight)?),
        _ => Box::new(callers(contender, service, programs, in_flight)?),
    })
}

/// As many callers as calls are to be in flight.
///
/// # Errors
/// When there can't be any.
pub fn callers(
    contender: Contender,
    service: &Service,
    programs: &Programs,
    in_flight: usize,
) -> Result<Vec<Box<dyn Caller>>> {
    let bundle = &programs.bundle;
    match contender {
        Contender::Native => native::callers(service, in_flight),
        Contender::Transport => transport::callers(service, in_flight),
        Contender::Socket => socket::callers(service, in_flight),
        Contender::Host => host::callers(service, bundle, in_flight),
        Contender::Stock => stock::callers(service, bundle, in_flight),
        _ => bail!("the {} has no threads of this program", contender.name()),
    }
}

/// Does as it is told on standard input: a line is the length of a round in milliseconds, and the
/// answer a line with the [`Round`](crate::round::Round).
///
/// # Errors
/// When a call fails.
pub fn obey(mut ready: Box<dyn Ready>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let millis = line.trim().parse().with_context(|| format!("{line:?} is no number of milliseconds"))?;
        let round = ready.round(Duration::from_millis(millis))?;
        writeln!(out, "{}", serde_json::to_string(&round)?)?;
        out.flush()?;
    }
    Ok(())
}
