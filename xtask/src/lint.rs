//! `cargo xtask lint`: formatting, links, imports, dependencies, the proofs of what is claimed, and Clippy over
//! all code of both targets.

use anyhow::Result;
use toolchain::process;
use toolchain::ui::say;

use crate::audit;
use crate::dependencies;
use crate::imports;
use crate::links;
use crate::needed;
use crate::plugins::PLUGINS;
use crate::project::Project;
use crate::proofs;

/// Warnings are errors.
const DENY: [&str; 3] = ["--", "-D", "warnings"];

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

    say("lint: the plugins as WebAssembly");
    let mut clippy = toolchain.wasm_clippy()?;
    // In the profile that builds the plugin: what it sets for a compiler from sources makes build scripts
    // run again, and the native code beside them would be compiled anew.
    for package in PLUGINS.map(|plugin| plugin.package).into_iter().chain(["plugin-kit"]) {
        clippy.args(["--package", package]);
    }
    clippy.args(["--lib", "--profile", "wasm"]).args(DENY);
    process::run("Clippy for the plugins", clippy.current_dir(project.root()))?;

    say("lint: all native code");
    let mut clippy = toolchain.clippy()?;
    clippy.args(["--workspace", "--all-targets"]).args(DENY);
    process::run("Clippy", clippy.current_dir(project.root()))?;

    say("lint: clean");
    Ok(())
}
