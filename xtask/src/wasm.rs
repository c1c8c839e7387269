//! A plugin as WebAssembly: compiled, and made small where Node is there.

use anyhow::{Context, Result};
use toolchain::ui::say;
use toolchain::{Toolchain, WASM_TARGET, process, wasm_opt};

use crate::plugins::Plugin;
use crate::project::Project;

/// A plugin's module as it goes into its bundle.
pub struct Module {
    pub bytes: Vec<u8>,
    /// False where there was no Node to run `wasm-opt`.
    pub optimised: bool,
}

/// Compiles a plugin, and optimises it where Node is there.
///
/// # Errors
/// When a step fails.
pub fn build(project: &Project, toolchain: &Toolchain, plugin: &Plugin) -> Result<Module> {
    say(format!("building the plugin {}", plugin.name));
    let mut command = toolchain.wasm_cargo("build");
    command.args(["--package", plugin.package, "--lib", "--profile", "wasm"]);
    process::run("building the plugin", command.current_dir(project.root()))?;
    let compiled = project.target().join(WASM_TARGET).join("wasm").join(plugin.module());
    if let Some(bytes) = wasm_opt::optimised(&compiled, &project.tools())? {
        return Ok(Module { bytes, optimised: true });
    }
    say("no Node here, so no wasm-opt: the module stays larger than what is released");
    let bytes = std::fs::read(&compiled).with_context(|| format!("can't read {}", compiled.display()))?;
    Ok(Module { bytes, optimised: false })
}
