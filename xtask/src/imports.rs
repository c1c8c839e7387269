//! Files that name each other in a circle. Whoever wants to understand one of them has to read all, and
//! none can be taken out.
//!
//! A plain look at the sources is enough for this: which modules a file declares, and which paths it
//! names. Tests are left out, as they may know everything.

mod graph;
mod source;
mod tokens;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use graph::Graph;

/// Fails if files of a crate of the workspace, or its top-level modules, name each other in a circle.
///
/// # Errors
/// With every circle; or if the sources can't be read.
pub fn check(mut cargo: Command, root: &Path) -> Result<()> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let said = cargo.args(arguments).current_dir(root).output().context("can't run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&said.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr).trim()))?;
    let mut circles = Vec::new();
    for file in crate_roots(&metadata) {
        let graph = Graph::of_crate(Path::new(file))?;
        circles.extend(graph.circles(root));
    }
    circles.sort();
    circles.dedup();
    if !circles.is_empty() {
        bail!("files name each other in a circle: move what both need to where it belongs\n  {}", circles.join("\n  "));
    }
    Ok(())
}

/// The first file of each library and program.
fn crate_roots(metadata: &Value) -> Vec<&str> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let ships = |target: &&Value| {
        let mut kinds = target["kind"].as_array().into_iter().flatten().filter_map(Value::as_str);
        kinds.any(|kind| matches!(kind, "lib" | "rlib" | "cdylib" | "proc-macro" | "bin"))
    };
    targets.filter(ships).filter_map(|target| target["src_path"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_crate_of_the_workspace_has_a_circle() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        check(Command::new(cargo), root).unwrap();
    }
}
