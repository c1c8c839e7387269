//! The notices of what is inside the module: the crates that are compiled into it, and their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::compiler::WASM_TARGET;

/// A crate that is compiled into the module.
struct Part {
    name: String,
    version: String,
    licence: String,
    repository: String,
    /// Its licence files, by name.
    texts: BTreeMap<String, String>,
}

/// The text that has to go wherever the module goes.
///
/// # Errors
/// When cargo does not tell what the plugin is made of.
pub fn of_module(mut cargo: Command, root: &Path, plugin: &str) -> Result<String> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", WASM_TARGET];
    let said = cargo.args(arguments).current_dir(root).output().context("can't run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&said.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr).trim()))?;
    let ids = linked(&metadata, plugin).with_context(|| format!("cargo metadata does not know {plugin}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own: Vec<_> = metadata["workspace_members"].as_array().into_iter().flatten().collect();
    let mut parts: Vec<_> = packages
        .iter()
        // What is in the workspace is the project's own; a kit that lies beside it is not.
        .filter(|package| ids.contains(text(&package["id"])) && !own.contains(&&package["id"]))
        .map(part)
        .collect();
    parts.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    Ok(written(&parts))
}

/// The plugin and all that it is linked with: neither what only builds it nor what only tests it.
fn linked<'a>(metadata: &'a Value, plugin: &str) -> Option<BTreeSet<&'a str>> {
    let packages: BTreeMap<_, _> =
        metadata["packages"].as_array()?.iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<_, _> =
        metadata["resolve"]["nodes"].as_array()?.iter().map(|node| (text(&node["id"]), node)).collect();
    let first = packages.iter().find(|(_, package)| package["name"] == plugin).map(|(id, _)| *id)?;
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

fn part(package: &Value) -> Part {
    let folder = Path::new(text(&package["manifest_path"])).parent().unwrap_or(Path::new(""));
    Part {
        name: text(&package["name"]).to_owned(),
        version: text(&package["version"]).to_owned(),
        licence: text(&package["license"]).to_owned(),
        repository: text(&package["repository"]).to_owned(),
        texts: licences(folder),
    }
}

fn licences(folder: &Path) -> BTreeMap<String, String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_licence = |name: &String| {
        let name = name.to_ascii_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"].iter().any(|start| name.starts_with(start))
    };
    let read = |name: String| Some((name.clone(), std::fs::read_to_string(folder.join(name)).ok()?));
    names.filter(is_licence).filter_map(read).collect()
}

/// Each crate with its licence; texts that several have stand there once.
fn written(parts: &[Part]) -> String {
    let mut page =
        "The module holds code of these crates, and of Rust's standard library (MIT OR Apache-2.0).\n".to_owned();
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Part { name, version, licence, repository, texts: own } in parts {
        page += &format!("\n{name} {version}: {licence}\n{repository}\n");
        for (file, text) in own {
            texts.entry(text.trim()).or_default().push(format!("{name} {version}, {file}"));
        }
    }
    for (text, files) in texts {
        page += &format!("\n{}\n{}\n\n{text}\n", "-".repeat(80), files.join("\n"));
    }
    page
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
        assert_eq!(linked(&metadata, "p").unwrap(), BTreeSet::from(["a", "b", "p"]));
        assert!(linked(&metadata, "q").is_none());
    }

    #[test]
    fn a_licence_that_several_have_stands_there_once() {
        let part = |name: &str| Part {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            repository: String::new(),
            texts: BTreeMap::from([("LICENSE".to_owned(), "Permission is granted\n".to_owned())]),
        };
        let page = written(&[part("a"), part("b")]);
        assert_eq!(page.matches("Permission is granted").count(), 1);
        assert!(page.contains("a 1.0.0, LICENSE\nb 1.0.0, LICENSE\n"));
    }
}
