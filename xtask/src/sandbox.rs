//! The JustClick stand-in as a running process.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::http;
use crate::project::Project;
use crate::service::Service;

/// The login in the service's documentation.
pub const LOGIN: &str = "username";

/// The documentation's key, forty times the same letter: it opens nothing.
pub const API_KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// A running sandbox on a free port of this machine, stopped when this value goes.
pub struct Sandbox(Service);

impl Sandbox {
    /// Starts the sandbox, which has to be built.
    ///
    /// # Errors
    /// When it does not start, or does not say where it listens.
    pub fn start(project: &Project) -> Result<Self> {
        let mut command = Command::new(project.program("justclick-sandbox"));
        command.env("SANDBOX_API_KEY", API_KEY).args(["--login", LOGIN]);
        Service::start("sandbox", "JustClick sandbox on ", command).map(Self)
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base(&self) -> &str {
        self.0.base()
    }

    /// An order as it is now.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn order(&self, bill_id: &str) -> Result<Value> {
        http::get(self.base(), &format!("/orders/{bill_id}"))
    }

    /// The requests it got, oldest first, and what it answered.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn requests(&self) -> Result<Vec<Value>> {
        let answer = http::get(self.base(), "/requests")?;
        Ok(answer["requests"].as_array().context("the sandbox lists no requests")?.clone())
    }
}
