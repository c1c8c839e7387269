//! Who is measured.

mod asynchronous;
mod host;
mod native;
mod php;
mod queue;
mod ready;
mod signed;
mod socket;
mod stock;
mod transport;

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::service::Service;

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
        }
    }
}

/// Makes a contender ready for so many calls in flight. `bundle` is the plugin's manifest.
///
/// # Errors
/// When it can't be, or it is no Rust program.
pub fn ready(contender: Contender, service: &Service, bundle: &Path, in_flight: usize) -> Result<Box<dyn Ready>> {
    Ok(match contender {
        Contender::Queue => Box::new(queue::Queued::new(service, bundle, in_flight)?),
        Contender::Asynchronous => Box::new(asynchronous::Asynchronous::new(service, in_flight)?),
        _ => Box::new(callers(contender, service, bundle, in_flight)?),
    })
}

/// As many callers as calls are to be in flight.
///
/// # Errors
/// When there can't be any.
pub fn callers(
    contender: Contender,
    service: &Service,
    bundle: &Path,
    in_flight: usize,
) -> Result<Vec<Box<dyn Caller>>> {
    match contender {
        Contender::Native => native::callers(service, in_flight),
        Contender::Transport => transport::callers(service, in_flight),
        Contender::Socket => socket::callers(service, in_flight),
        Contender::Host => host::callers(service, bundle, in_flight),
        Contender::Stock => stock::callers(service, bundle, in_flight),
        Contender::Asynchronous | Contender::Queue | Contender::Php => {
            bail!("the {} has no threads of this program", contender.name())
        }
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
