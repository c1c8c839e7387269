//! Programs from the registry that chores run: those that are installed, or else built into `target/tools`.

use std::path::PathBuf;

use anyhow::Result;
use toolchain::process;
use toolchain::ui::say;

use crate::needed;
use crate::project::Project;

/// A program that is a crate of the same name.
pub struct Tool {
    pub name: &'static str,
    /// The release that it was looked at with.
    pub version: &'static str,
    /// What cargo is told beside that.
    pub options: &'static [&'static str],
}

/// Where the program is.
///
/// # Errors
/// When it can't be built.
pub fn find_or_build(project: &Project, tool: &Tool) -> Result<PathBuf> {
    let Tool { name, version, options } = tool;
    if let Some(installed) = process::find(name) {
        return Ok(installed);
    }
    let folder = project.tool(name);
    let program = folder.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        say(format!("{name} {version} is not there: building it into {}", project.typed(&folder).display()));
        let mut cargo = needed::toolchain()?.cargo();
        cargo.args(["install", name, "--version", version, "--locked", "--root"]).arg(&folder).args(*options);
        process::run(&format!("the build of {name}"), &mut cargo)?;
    }
    Ok(program)
}
