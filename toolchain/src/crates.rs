//! What a crate is linked with, as cargo tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

/// A crate that is compiled into a module or a program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// An SPDX expression, or what its author wrote for one.
    pub licence: String,
    /// Where its source is kept; empty if it does not say.
    pub repository: String,
    /// Where its files are on this machine.
    pub folder: PathBuf,
}

/// The crates of others that `package` is linked with on a target, by name: neither what only builds or tests it, nor
/// what is in its own workspace.
///
/// # Errors
/// When cargo does not tell what it is made of.
pub fn linked(mut cargo: Command, root: &Path, package: &str, target: &str) -> Result<Vec<Crate>> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", target];
    let said = cargo.args(arguments).current_dir(root).output().context("can't run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&said.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr).trim()))?;
    let ids = reached(&metadata, package).with_context(|| format!("cargo metadata does not know {package}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own: Vec<_> = metadata["workspace_members"].as_array().into_iter().flatten().collect();
    // What is in the workspace is the project's own; a kit that lies beside it is not.
    let others = packages.iter().filter(|it| ids.contains(text(&it["id"])) && !own.contains(&&it["id"]));
    let mut crates: Vec<_> = others.map(described).collect();
    crates.sort();
    Ok(crates)
}

/// The package and all that it is linked with, by their ids.
fn reached<'a>(metadata: &'a Value, package: &str) -> Option<BTreeSet<&'a str>> {
    let packages: BTreeMap<_, _> =
        metadata["packages"].as_array()?.iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<_, _> =
        metadata["resolve"]["nodes"].as_array()?.iter().map(|node| (text(&node["id"]), node)).collect();
    let first = packages.iter().find(|(_, it)| it["name"] == package).map(|(id, _)| *id)?;
    let (mut found, mut left) = (BTreeSet::new(), vec![first]);
    while let Some(id) = left.pop() {
        if !found.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).and_then(|node| node["deps"].as_array());
        for dependency in dependencies.into_iter().flatten() {
            let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            let id = text(&dependency["pkg"]);
            if kinds.any(|kind| kind["kind"].is_null()) && !packages.get(id).is_some_and(|package| is_macro(package)) {
                left.push(id);
            }
        }
    }
    Some(found)
}

/// A macro runs in the compiler.
fn is_macro(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    let mut kinds = targets.flat_map(|target| target["kind"].as_array().into_iter().flatten());
    kinds.any(|kind| kind == "proc-macro")
}

fn described(package: &Value) -> Crate {
    Crate {
        name: text(&package["name"]).to_owned(),
        version: text(&package["version"]).to_owned(),
        licence: text(&package["license"]).to_owned(),
        repository: text(&package["repository"]).to_owned(),
        folder: Path::new(text(&package["manifest_path"])).parent().unwrap_or(Path::new("")).to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_linked_is_in_it_and_what_builds_or_tests_it_is_not() {
        let package = |id: &str, kind: &str| json!({ "id": id, "name": id, "targets": [{ "kind": [kind] }] });
        let dep = |id: &str, kind: Value| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("p", "cdylib"), package("a", "lib"), package("b", "lib"), package("m", "proc-macro"),
                package("build", "lib"), package("dev", "lib"), package("other", "lib")],
            "resolve": { "nodes": [
                { "id": "p", "deps": [dep("a", Value::Null), dep("m", Value::Null), dep("build", json!("build")),
                    dep("dev", json!("dev"))] },
                { "id": "a", "deps": [dep("b", Value::Null), dep("p", Value::Null)] },
            ] },
        });
        assert_eq!(reached(&metadata, "p").unwrap(), BTreeSet::from(["a", "b", "p"]));
        assert!(reached(&metadata, "q").is_none());
    }
}
