//! Servers that are started for a measurement, and the command as a person has it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use bench_base::talking::{alone, kill};
use tempfile::TempDir;

use crate::programs::Programs;
use crate::sample::config;
use crate::service::Service;

/// A process that serves. It is killed when this value goes.
pub struct Listening {
    child: Child,
    /// Kept open: what it prints later must not end it.
    output: Option<BufReader<ChildStdout>>,
    /// Its address: `HOST:PORT`.
    pub address: String,
}

impl Listening {
    /// Starts it, and waits for the line on standard output that has its address. What it says about its errors goes
    /// to standard error.
    ///
    /// # Errors
    /// When it ends before it listens.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        alone(&mut command).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("can't start {name}"))?;
        let output = child.stdout.take().map(BufReader::new);
        let mut listening = Self { child, output, address: String::new() };
        let mut line = String::new();
        listening.output.as_mut().context("no pipe")?.read_line(&mut line)?;
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split([' ', '/', '\n']).next());
        let Some(address) = address else { bail!("{name} did not start: it says why above") };
        address.clone_into(&mut listening.address);
        Ok(listening)
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

/// A folder that is gone with this value, on the disk that has the programs: what is kept there waits for that disk,
/// and `/tmp` may be none.
///
/// # Errors
/// When it can't be made.
pub fn folder(programs: &Programs) -> Result<TempDir> {
    let place = programs.benches.parent().unwrap_or(Path::new("."));
    let made = tempfile::Builder::new().prefix("bench-").tempdir_in(place);
    made.with_context(|| format!("can't make a folder in {}", place.display()))
}

/// The same with the plugin compiled before, so that no compiler's memory is measured: in a cache that lasts.
///
/// # Errors
/// When the plugin can't be loaded.
pub fn warm_plugin_host(programs: &Programs, service: &Service, home: &Path) -> Result<Command> {
    let cache = programs.benches.with_file_name("bench-cache");
    let command = || {
        let mut command = plugin_host(programs, service, home);
        command.env("XDG_CACHE_HOME", &cache);
        command
    };
    let described = alone(&mut command()).arg("describe").stdin(Stdio::null()).output().context("plugin-host")?;
    ensure!(described.status.success(), "plugin-host describe: {}", String::from_utf8_lossy(&described.stderr).trim());
    Ok(command())
}

/// The command with the sample connection, and with a home of its own, in which the compile cache and all that it
/// keeps is.
pub fn plugin_host(programs: &Programs, service: &Service, home: &Path) -> Command {
    let mut command = Command::new(&programs.plugin_host);
    command.env_clear().arg("--bundle").arg(&programs.bundle);
    for name in ["HOME", "XDG_CACHE_HOME"] {
        command.env(name, home);
    }
    command.env("PLUGIN_ENV_PREFIX", "JUSTCLICK");
    command.envs(config(&service.base_url).map(|(key, value)| (format!("JUSTCLICK_{}", key.to_uppercase()), value)));
    command
}
