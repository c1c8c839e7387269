//! Files that are made from the code, or by another implementation, and kept in the repository.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::Toolchain;
use toolchain::process;
use toolchain::ui::say;

use crate::clippy;
use crate::needed;
use crate::plugins::{JUSTCLICK, Plugin};
use crate::project::Project;
use crate::reference;

/// `cargo xtask manifest`: rewrites the description and the JSON Schemas in `manifest/`, and the pages in
/// `docs/reference/`.
///
/// # Errors
/// When a step fails.
pub fn manifest(project: &Project) -> Result<()> {
    let toolchain = needed::toolchain()?;
    describe(project, &toolchain, &JUSTCLICK, &project.root().join(JUSTCLICK.manifest))?;
    reference::write(project.root())?;
    say("manifest/ and docs/reference/ are up to date");
    Ok(())
}

/// Writes the description of a plugin and its JSON Schemas into a folder.
///
/// # Errors
/// When the plugin can't be built, or a file can't be written.
pub fn describe(project: &Project, toolchain: &Toolchain, plugin: &Plugin, folder: &Path) -> Result<()> {
    let mut command = clippy::cargo(toolchain)?;
    command.args(["run", "--quiet", "--package", "plugin-manifest", "--", plugin.package]).arg(folder);
    process::run("the plugin's description", command.current_dir(project.root()))
}

/// `cargo xtask vectors`: rewrites the known answers in `tests/vectors/` by asking real PHP.
///
/// # Errors
/// When PHP is missing or a step fails.
pub fn vectors(project: &Project) -> Result<()> {
    process::run("vectors", &mut make_vectors(project)?)?;
    say("tests/vectors/ is up to date");
    Ok(())
}

/// Fails when PHP answers otherwise today.
///
/// # Errors
/// As [`vectors`].
pub fn check_vectors(project: &Project) -> Result<()> {
    process::run("vectors", make_vectors(project)?.arg("--check"))
}

fn make_vectors(project: &Project) -> Result<Command> {
    let php = process::find("php").context("vectors: PHP is missing; install it: apt-get install php-cli")?;
    let mut command = Command::new(php);
    command.arg("tests/vectors/make.php").current_dir(project.root());
    Ok(command)
}
