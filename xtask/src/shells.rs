//! The shells of packages for platforms in JavaScript, as `plugin-host` carries them.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::process;
use toolchain::ui::say;

use crate::project::Project;

/// What they are called beside the bundle, where the host's build looks for them.
pub const FILE: &str = "shells.json.gz";

/// Where they are built, from the project's root.
const FOLDER: &str = "platforms/js";

/// The shells, the same each time; none where Node is not installed.
///
/// # Errors
/// When they can't be built.
pub fn build(project: &Project) -> Result<Option<Vec<u8>>> {
    let (Some(node), Some(npm)) = (process::find("node"), process::find("npm")) else {
        say("no Node: plugin-host will make no packages for n8n, Node-RED and Zapier");
        return Ok(None);
    };
    let folder = project.root().join(FOLDER);
    if !is_installed(&folder) {
        let mut command = Command::new(npm);
        command.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
        process::run("npm ci", command.current_dir(&folder))?;
    }
    let mut command = Command::new(node);
    let scripts = process::output("building the shells", command.arg("build/shells.mjs").current_dir(&folder))?;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(scripts.as_bytes())?;
    Ok(Some(encoder.finish().context("can't pack the shells")?))
}

/// Whether what the lock file names is there.
fn is_installed(folder: &Path) -> bool {
    let changed = |name: &str| folder.join(name).metadata().and_then(|found| found.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}
