//! The JustClick stand-in as a running process.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::http;
use crate::process::{self, Guard};
use crate::project::Project;

/// The login in the service's documentation.
pub const LOGIN: &str = "username";

/// The documentation's key, forty times the same letter: it opens nothing.
pub const API_KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// What the sandbox prints before its address.
const GREETING: &str = "JustClick sandbox on ";

/// How long it may take to listen; far more than it needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running sandbox on a free port of this machine, stopped when this value goes.
pub struct Sandbox {
    base: String,
    _process: Guard,
}

impl Sandbox {
    /// Starts the sandbox, which has to be built.
    ///
    /// # Errors
    /// When it does not start, or does not say where it listens.
    pub fn start(project: &Project) -> Result<Self> {
        let mut command = Command::new(project.program("justclick-sandbox"));
        command.env("SANDBOX_API_KEY", API_KEY).args(["--login", LOGIN]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().with_context(|| format!("sandbox: can't start {}", process::shown(&command)))?;
        let mut process = Guard(child);
        let stdout = process.0.stdout.take().context("sandbox: no output")?;
        let (send, first_line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            // Whoever waited may have given up.
            let _ = send.send(lines.next());
            // Read on, or the sandbox would be stopped by a full pipe.
            lines.for_each(drop);
        });
        let line = first_line.recv_timeout(PATIENCE).ok().flatten().unwrap_or_default();
        let Some(base) = line.strip_prefix(GREETING) else {
            bail!("sandbox: it did not say where it listens, but: {line:?}");
        };
        Ok(Self { base: base.trim().trim_end_matches('/').to_owned(), _process: process })
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// An order as it is now.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn order(&self, bill_id: &str) -> Result<Value> {
        http::get(&self.base, &format!("/orders/{bill_id}"))
    }

    /// The requests it got, oldest first, and what it answered.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn requests(&self) -> Result<Vec<Value>> {
        let answer = http::get(&self.base, "/requests")?;
        Ok(answer["requests"].as_array().context("the sandbox lists no requests")?.clone())
    }
}
