//! Clippy: as a pass of its own over all code, or in the compiler's place.
//!
//! A pass of its own has everything that the code stands on read a second time, though nothing else of it is
//! compiled: ten minutes, where nothing is there yet. Where `XTASK_CLIPPY` is set, as it is by `.ci/run`, Clippy
//! compiles the project's own crates for the tests instead, and what it finds ends the build.

use std::process::Command;

use anyhow::Result;
use toolchain::ui::say;
use toolchain::{Toolchain, process};

use crate::plugins::PLUGINS;
use crate::project::Project;

/// The variable that says so.
const ASKED: &str = "XTASK_CLIPPY";

/// Warnings are errors.
const DENY: [&str; 2] = ["-D", "warnings"];

/// Cargo for the profile that tests are built in.
///
/// # Errors
/// When Clippy is to compile and can't be had.
pub fn cargo(toolchain: &Toolchain) -> Result<Command> {
    if is_asked() { toolchain.cargo_by_clippy(&DENY) } else { Ok(toolchain.cargo()) }
}

/// Looks through the plugins as WebAssembly, and through all native code unless the tests' build does.
///
/// # Errors
/// When it finds something, or can't be had.
pub fn check(project: &Project, toolchain: &Toolchain) -> Result<()> {
    say("lint: the plugins as WebAssembly");
    let mut clippy = toolchain.wasm_clippy()?;
    // In the profile that builds the plugin: what it sets for a compiler from sources makes build scripts
    // run again, and the native code beside them would be compiled anew.
    for package in PLUGINS.map(|plugin| plugin.package).into_iter().chain(["plugin-kit"]) {
        clippy.args(["--package", package]);
    }
    clippy.args(["--lib", "--profile", "wasm", "--"]).args(DENY);
    process::run("Clippy for the plugins", clippy.current_dir(project.root()))?;

    if is_asked() {
        say(format!("lint: all native code: by the build of `cargo xtask test`, as {ASKED} is set"));
        return Ok(());
    }
    say("lint: all native code");
    let mut clippy = toolchain.clippy()?;
    clippy.args(["--workspace", "--all-targets", "--"]).args(DENY);
    process::run("Clippy", clippy.current_dir(project.root()))
}

fn is_asked() -> bool {
    std::env::var_os(ASKED).is_some_and(|value| !value.is_empty())
}
