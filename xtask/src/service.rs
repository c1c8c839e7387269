//! Stand-ins for services, as running processes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use toolchain::process::{self, Guard};

use crate::project::Project;

/// The token of the made-up shop's sample account: it opens nothing.
pub const SHOP_TOKEN: &str = "shop-token-1234";

/// How long one may take to listen; far more than it needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running service on a free port of this machine, stopped when this value goes.
pub struct Service {
    base: String,
    _process: Guard,
}

impl Service {
    /// Starts the made-up shop's service, which has to be built.
    ///
    /// # Errors
    /// When it does not start, or does not say where it listens.
    pub fn shop(project: &Project) -> Result<Self> {
        let mut command = Command::new(project.program("shop-service"));
        command.env("SHOP_TOKEN", SHOP_TOKEN);
        Self::start("shop service", "Shop service on ", command)
    }

    /// Starts a program that prints a greeting and its address.
    ///
    /// # Errors
    /// When it does not start, or does not say where it listens.
    pub fn start(name: &str, greeting: &str, mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().with_context(|| format!("{name}: can't start {}", process::shown(&command)))?;
        let mut process = Guard(child);
        let stdout = process.0.stdout.take().with_context(|| format!("{name}: no output"))?;
        let (send, first_line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            // Whoever waited may have given up.
            let _ = send.send(lines.next());
            // Read on, or the service would be stopped by a full pipe.
            lines.for_each(drop);
        });
        let line = first_line.recv_timeout(PATIENCE).ok().flatten().unwrap_or_default();
        let Some(base) = line.strip_prefix(greeting) else {
            bail!("{name}: it did not say where it listens, but: {line:?}");
        };
        Ok(Self { base: base.trim().trim_end_matches('/').to_owned(), _process: process })
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base(&self) -> &str {
        &self.base
    }
}
