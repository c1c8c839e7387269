//! Contenders and the server as processes.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::contender::{Contender, php_script};
use crate::round::Round;
use crate::service::Service;
use crate::tls::Certificates;

/// What processes are made of.
#[derive(Debug, Clone)]
pub struct Programs {
    /// This program, which can also be the server and every contender but PHP.
    pub benches: PathBuf,
    /// The plugin's manifest.
    pub bundle: PathBuf,
}

/// A contender that waits to be told to make its calls.
pub struct Running(Talking);

impl Running {
    /// Starts a contender with so many calls in flight.
    ///
    /// # Errors
    /// When its program can't be started.
    pub fn start(programs: &Programs, contender: Contender, service: &Service, in_flight: usize) -> Result<Self> {
        let mut command = match contender {
            Contender::Php => Command::new("php"),
            _ => Command::new(&programs.benches),
        };
        if contender == Contender::Php {
            command.arg(php_script()).arg(&service.base_url);
        } else {
            let name = serde_json::to_value(contender)?;
            command.args(["contender", name.as_str().unwrap_or_default(), &service.base_url]);
            command.args(["--in-flight", &in_flight.to_string()]).arg("--bundle").arg(&programs.bundle);
            if let Some(authority) = &service.authority {
                command.arg("--authority").arg(authority);
            }
        }
        Ok(Self(Talking::start(contender.name(), command)?))
    }

    /// Has it make its calls for so long.
    ///
    /// # Errors
    /// When a call fails.
    pub fn round(&mut self, length: Duration) -> Result<Round> {
        self.0.say(&length.as_millis().to_string())?;
        self.0.hear()
    }
}

/// The server as a process, and its certificates.
pub struct Served {
    origins: Origins,
    certificates: Certificates,
    _process: Talking,
}

/// What the server says when it listens.
#[derive(Debug, Serialize, Deserialize)]
pub struct Origins {
    /// Without TLS.
    pub http: String,
    /// With TLS.
    pub https: String,
}

impl Served {
    /// Starts the server.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn start(programs: &Programs) -> Result<Self> {
        let certificates = Certificates::make()?;
        let mut command = Command::new(&programs.benches);
        command.arg("serve").arg("--certificates").arg(certificates.folder());
        let mut process = Talking::start("the server", command)?;
        Ok(Self { origins: process.hear()?, certificates, _process: process })
    }

    /// The service without TLS.
    pub fn plain(&self) -> Service {
        Service::plain(&self.origins.http)
    }

    /// The service over TLS.
    pub fn tls(&self) -> Service {
        Service { base_url: self.origins.https.clone(), authority: Some(self.certificates.authority()) }
    }
}

/// A process to which one talks in lines. It is stopped when this value goes.
struct Talking {
    name: String,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Talking {
    fn start(name: &str, mut command: Command) -> Result<Self> {
        alone(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("can't start {name}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.with_context(|| format!("{name} has no pipes"))?;
        Ok(Self { name: name.to_owned(), child, to, from: BufReader::new(from) })
    }

    fn say(&mut self, line: &str) -> Result<()> {
        writeln!(self.to, "{line}").with_context(|| format!("{} has ended", self.name))
    }

    fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            bail!("{} has ended without an answer: it says why above", self.name);
        }
        serde_json::from_str(&line).with_context(|| format!("{} says {line}", self.name))
    }
}

impl Drop for Talking {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes the environment's proxies away: everything is on this machine.
pub fn alone(command: &mut Command) -> &mut Command {
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// The bundle's manifest: in `JUSTCLICK_DIST`, or in `dist` in the workspace.
///
/// # Errors
/// When there is none; the text says how to make it.
pub fn bundle() -> Result<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(""));
    let folder = std::env::var_os("JUSTCLICK_DIST").map_or_else(|| workspace.join("dist"), PathBuf::from);
    let manifest = folder.join("extism.json");
    if !manifest.is_file() {
        bail!("there is no {}; make the bundle: cargo xtask dist", manifest.display());
    }
    Ok(manifest)
}
