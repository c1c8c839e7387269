//! A plugin as WebAssembly: compiled, and made small where Node is there.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::plugins::Plugin;
use crate::process;
use crate::project::Project;
use crate::toolchain::{Toolchain, WASM_TARGET};
use crate::ui::say;

/// npm's package with `wasm-opt`; Debian's own is years older than the compiler.
const BINARYEN: &str = "132.0.0";

/// How `wasm-opt` is called: for size, and without what only debuggers and linkers read. The lowest
/// kilobyte of memory is the end of the stack, where nothing is. The functions that are called most come
/// first, as small numbers are written in fewer bytes.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--reorder-functions",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// What the compiler emits for this target by default; nothing more may come in.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

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

    let Some(node) = process::find("node") else {
        say("no Node here, so no wasm-opt: the module stays larger than what is released");
        return Ok(Module { bytes: read(&compiled)?, optimised: false });
    };
    let wasm_opt = wasm_opt(project)?;
    let optimised = compiled.with_extension("opt.wasm");
    let mut command = Command::new(node);
    command.arg(wasm_opt).args(OPTIMISE).args(FEATURES).arg(&compiled).arg("-o").arg(&optimised);
    process::run("wasm-opt", &mut command)?;
    Ok(Module { bytes: read(&optimised)?, optimised: true })
}

/// The script that runs `wasm-opt`, installed on first use.
fn wasm_opt(project: &Project) -> Result<PathBuf> {
    let folder = project.tool("binaryen");
    crate::node::install(&folder, &[&format!("binaryen@{BINARYEN}")])?;
    Ok(folder.join("node_modules/binaryen/bin/wasm-opt"))
}

fn read(path: &std::path::Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| anyhow::anyhow!("can't read {}: {error}", path.display()))
}
