//! The programs that chores run.
//!
//! They are built with the whole workspace in view, and an example among them so that its packages'
//! dependencies for tests count too. That is what `cargo test --workspace` does, so Cargo chooses the
//! same features for what they are built of: building fewer packages would build wasmtime again.

use anyhow::Result;
use toolchain::Toolchain;
use toolchain::process;
use toolchain::ui::say;

use crate::clippy;
use crate::project::Project;

/// The lines for Rust of docs/sdks.md, as a program.
pub const README: &str = "examples/readme";

/// Builds the host, the services to test against, and the lines of docs/sdks.md.
///
/// # Errors
/// When one of them can't be built.
pub fn build(project: &Project, toolchain: &Toolchain) -> Result<()> {
    say("building the host and what it talks to (the first time this takes several minutes)");
    let mut command = clippy::cargo(toolchain)?;
    command.args(["build", "--workspace", "--example", "readme"]);
    for program in ["plugin-host", "justclick-sandbox", "shop-service"] {
        command.args(["--bin", program]);
    }
    process::run("building the host and what it talks to", command.current_dir(project.root()))
}

/// Builds the programs of these packages as they are released. Together: by itself, each could be built of another
/// wasmtime, as its crates ask for other features of what they share.
///
/// # Errors
/// When one of them can't be built.
pub fn build_released(project: &Project, toolchain: &Toolchain, packages: &[&str]) -> Result<()> {
    let mut command = toolchain.release_cargo(project.root());
    command.args(["build", "--release", "--locked"]);
    for name in packages {
        command.args(["--package", name, "--bin", name]);
    }
    process::run(&format!("building {}", packages.join(" and ")), command.current_dir(project.root()))
}
