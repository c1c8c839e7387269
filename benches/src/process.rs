//! Contenders and the server as processes.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use bench_base::talking::Talking;
use serde::{Deserialize, Serialize};

use crate::contender::{Contender, php_script};
use crate::programs::Programs;
use crate::round::Round;
use crate::service::Service;
use crate::tls::Certificates;

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
            command.arg("--plugin-host").arg(&programs.plugin_host);
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
