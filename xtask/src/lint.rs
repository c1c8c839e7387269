//! `cargo xtask lint`: formatting, links, imports, dependencies, the proofs of what is claimed, and Clippy over
//! all code of both targets.

use anyhow::Result;
use toolchain::process;
use toolchain::ui::say;

use crate::audit;
use crate::clippy;
use crate::dependencies;
use crate::imports;
use crate::links;
use crate::needed;
use crate::project::Project;
use crate::proofs;

/// Runs all lints.
///
/// # Errors
/// When one finds something, or can't run.
pub fn chore(project: &Project) -> Result<()> {
    let toolchain = needed::toolchain()?;

    say("lint: formatting");
    let mut fmt = toolchain.fmt()?;
    process::run("formatting (mend it: cargo fmt --all)", fmt.args(["--all", "--check"]).current_dir(project.root()))?;

    say("lint: links");
    links::check(project.root())?;

    say("lint: imports");
    imports::check(toolchain.cargo(), project.root())?;

    say("lint: dependencies");
    dependencies::check(toolchain.cargo(), project.root())?;

    say("lint: known vulnerabilities");
    // Lists of others, which are not to be had everywhere; what was not asked is told.
    audit::look(project.root())?;

    say("lint: what docs/security.md is proved by");
    proofs::check(project.root())?;

    clippy::check(project, &toolchain)?;

    say("lint: clean");
    Ok(())
}
