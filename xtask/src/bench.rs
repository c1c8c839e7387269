//! `cargo xtask bench`: how fast the host is beside what else could make the same calls.

use std::process::Command;

use anyhow::Result;
use toolchain::ui::say;
use toolchain::{environment, process};

use crate::project::Project;
use crate::{dist, needed};

/// Builds everything as it is released, and hands the arguments on to `benches`.
///
/// # Errors
/// When a step fails.
pub fn chore(project: &Project, arguments: &[String]) -> Result<()> {
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    say("building what is measured (the first time this takes some ten minutes)");
    let mut build = toolchain.cargo();
    build.args(["build", "--release", "--package", "benches", "--package", "plugin-host", "--bins"]);
    process::run("building what is measured", build.current_dir(project.root()))?;
    let mut command = Command::new(project.released("benches"));
    command.args(arguments).current_dir(project.root());
    environment::clean(&mut command);
    process::run("bench", &mut command)
}
