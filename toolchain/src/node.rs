//! npm packages for chores, each set in a folder of its own below `target/tools`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::ui::say;

/// Installs these packages into `folder`, unless they are there.
///
/// # Errors
/// When npm is missing or fails.
pub fn install(folder: &Path, packages: &[&str]) -> Result<()> {
    // Written last, so an installation that broke off is done again.
    let done = folder.join("installed");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    say(format!("npm: installing {}", packages.join(", ")));
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    let npm = process::find("npm").context("npm is missing; it comes with Node: https://nodejs.org")?;
    let mut command = Command::new(npm);
    command.arg("install").arg("--prefix").arg(folder);
    command.args(["--no-audit", "--no-fund", "--loglevel", "error"]).args(packages);
    process::run("npm install", &mut command)?;
    std::fs::write(&done, wanted).with_context(|| format!("can't write {}", done.display()))
}
