//! Processes to which one talks in lines.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;

/// How long a process may take to end when nobody talks to it any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process to which one talks in lines. It is stopped when this value goes: its standard input ends first, so that it
/// can end what it has started itself.
pub struct Talking {
    name: String,
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Talking {
    /// Starts it. What it says about its errors goes to standard error.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        alone(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("can't start {name}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.with_context(|| format!("{name} has no pipes"))?;
        Ok(Self { name: name.to_owned(), child, to: Some(to), from: BufReader::new(from) })
    }

    /// Says a line.
    ///
    /// # Errors
    /// When it has ended.
    pub fn say(&mut self, line: &str) -> Result<()> {
        let to = self.to.as_mut().context("nobody talks to it any more")?;
        writeln!(to, "{line}").with_context(|| format!("{} has ended", self.name))
    }

    /// Waits for a line of JSON.
    ///
    /// # Errors
    /// When it has ended, or says something else.
    pub fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            bail!("{} has ended without an answer: it says why above", self.name);
        }
        serde_json::from_str(&line).with_context(|| format!("{} says {line}", self.name))
    }
}

impl Drop for Talking {
    fn drop(&mut self) {
        drop(self.to.take());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            sleep(Duration::from_millis(1));
        }
        kill(&mut self.child);
    }
}

/// Ends a process, if it has not ended.
pub fn kill(process: &mut Child) {
    // Both fail only when it is gone already.
    let _ = process.kill();
    let _ = process.wait();
}

/// Takes the environment's proxies away: everything is on this machine.
pub fn alone(command: &mut Command) -> &mut Command {
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}
