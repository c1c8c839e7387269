//! When what is released was committed: the time of all that has one.

use std::process::Command;

use anyhow::Result;
use toolchain::process;

use crate::project::Project;

/// When what is released was committed.
pub struct Committed {
    /// In UNIX seconds.
    pub epoch: String,
    /// As mails have it: `Sun, 29 Nov 2026 13:29:16 +0000`.
    pub date: String,
}

impl Committed {
    /// Asks git.
    ///
    /// # Errors
    /// When this is no clone.
    pub fn of(project: &Project) -> Result<Self> {
        let told = |format: &str| {
            let mut git = Command::new("git");
            let told = process::output("git log", git.args(["log", "-1", format]).current_dir(project.root()))?;
            Ok::<_, anyhow::Error>(told.trim().to_owned())
        };
        Ok(Self { epoch: told("--format=%ct")?, date: told("--format=%cD")? })
    }
}
