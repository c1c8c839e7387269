//! Makes a module small, where Node is there.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{node, process};

/// npm's package with `wasm-opt`; Debian's own is years older than the compiler.
const BINARYEN: &str = "132.0.0";

/// How `wasm-opt` is called: for size, and without what only debuggers and linkers read. The lowest
/// kilobyte of memory is the end of the stack, where nothing is. Functions stay in the compiler's order: those that are
/// alike stand together, which packs better than those that are called most in front.
const OPTIMISE: [&str; 6] =
    ["-Oz", "--converge", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// What the compiler emits for this target by default; nothing more may come in.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The compiled module, made small; none where there is no Node to do it. What does it is installed into
/// `tools` on first use.
///
/// # Errors
/// When it can't be installed, or fails.
pub fn optimised(compiled: &Path, tools: &Path) -> Result<Option<Vec<u8>>> {
    let Some(node) = process::find("node") else { return Ok(None) };
    let folder = tools.join("binaryen");
    node::install(&folder, &[&format!("binaryen@{BINARYEN}")])?;
    let optimised = compiled.with_extension("opt.wasm");
    let mut command = Command::new(node);
    command.arg(folder.join("node_modules/binaryen/bin/wasm-opt")).args(OPTIMISE).args(FEATURES);
    command.arg(compiled).arg("-o").arg(&optimised);
    process::run("wasm-opt", &mut command)?;
    std::fs::read(&optimised).map(Some).with_context(|| format!("can't read {}", optimised.display()))
}
