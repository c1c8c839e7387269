//! What the project is made of: whose code it is, under which licence, and how often.
//!
//! Only what the lock file and the crates themselves say is asked, so this needs no network once they are
//! there. What is known to be unsafe about them is in lists that others keep: docs/security.md says which.

mod licence;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Licences that ask for nothing but their text beside what is given away: `cargo xtask dist` and the
/// packages put it there.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // The certificates of public authorities: data.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates under another licence, and why they may be there.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("cbindgen", "MPL-2.0", "it writes a C header while Extism's SDK is built, and nothing of it is in a program"),
    ("libfuzzer-sys", "(MIT OR Apache-2.0) AND NCSA", "it is in fuzz targets alone, which nobody is given"),
];

/// How the source of a crate of a registry begins. All others are of this repository.
const REGISTRY: &str = "registry+";

/// What takes long to build, or is much of a program, and is not to be there twice.
const HEAVY: [&str; 17] = [
    "axum",
    "clap_builder",
    "cranelift-codegen",
    "hyper",
    "jiff",
    "jsonschema",
    "libsqlite3-sys",
    "regex-automata",
    "ring",
    "rmcp",
    "rustls",
    "syn",
    "tokio",
    "ureq",
    "wasmparser",
    "wasmtime",
    "wast",
];

/// Those that are there twice all the same, and why.
const TWICE: [(&str, &str); 4] = [
    ("jiff", "Restate's macros, which run in the compiler, still use the older one; the program holds the newer"),
    ("syn", "derive macros are moving to the newer one; neither is in a program"),
    ("wasmparser", "the newer one is of `wat`, with which tests write modules; programs hold wasmtime's"),
    ("wast", "the older one reads the definitions of WASI for Extism's SDK, the newer one is of `wat`"),
];

/// Fails if a crate comes from elsewhere, is under a licence that is not allowed, or is heavy and there
/// twice; and if an exception is none any more.
///
/// # Errors
/// With everything that is wrong; or if the crates are not there to be looked at.
pub fn check(cargo: Command, root: &Path) -> Result<()> {
    let metadata = metadata(cargo, root)?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let wrong = faults(packages);
    if !wrong.is_empty() {
        bail!("dependencies: mend these, or say in xtask/src/dependencies.rs why not\n  {}", wrong.join("\n  "));
    }
    Ok(())
}

/// All crates of the lock file, those of other systems and of features that are off too.
fn metadata(mut cargo: Command, root: &Path) -> Result<Value> {
    let arguments = ["metadata", "--all-features", "--format-version", "1", "--locked"];
    let said = cargo.args(arguments).current_dir(root).output().context("can't run cargo metadata")?;
    serde_json::from_slice(&said.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr).trim()))
}

fn faults(packages: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (mut wrong, mut excepted) = (Vec::new(), BTreeSet::new());
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages.iter().filter(|package| !is_own(package)) {
        let (name, version, licence) = (text(&package["name"]), text(&package["version"]), text(&package["license"]));
        if package["source"].as_str().is_none_or(|source| !source.starts_with(REGISTRY)) {
            let source =
                if package["source"].is_null() { "a folder outside".to_owned() } else { text(&package["source"]) };
            wrong.push(format!("{name} {version} comes from {source}, and not from the registry"));
        }
        let exception = EXCEPTIONS.iter().find(|(crate_, licence_, _)| (*crate_, *licence_) == (&name, &licence));
        match exception {
            Some((name, ..)) => drop(excepted.insert(*name)),
            None if licence::allowed(&licence, &ALLOWED) => {}
            None => {
                wrong.push(format!("{name} {version} is under {licence:?}, which is not one of the allowed licences"))
            }
        }
        versions.entry(name).or_default().insert(version);
    }
    let is_twice = |name: &str| versions.get(name).is_some_and(|versions| versions.len() > 1);
    for name in HEAVY.into_iter().filter(|name| is_twice(name) && !TWICE.iter().any(|(known, _)| known == name)) {
        let all: Vec<_> = versions[name].iter().map(String::as_str).collect();
        wrong.push(format!("{name} is there more than once: {}", all.join(", ")));
    }
    let stale = TWICE.iter().map(|(name, _)| *name).filter(|name| !is_twice(name));
    wrong.extend(stale.map(|name| format!("{name} is there once now: take it off the list TWICE")));
    let stale = EXCEPTIONS.iter().map(|(name, ..)| *name).filter(|name| !excepted.contains(name));
    wrong.extend(stale.map(|name| format!("{name} needs no exception any more: take it off the list EXCEPTIONS")));
    wrong
}

/// Whether a package is of this repository: it is published nowhere.
fn is_own(package: &Value) -> bool {
    package["source"].is_null() && package["publish"].as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, version: &str, licence: &str) -> Value {
        json!({ "name": name, "version": version, "license": licence, "source": REGISTRY, "publish": null })
    }

    /// What the exceptions are for, and nothing else.
    fn fine() -> Vec<Value> {
        let twice = TWICE.iter().flat_map(|(name, _)| [package(name, "1.0.0", "MIT"), package(name, "2.0.0", "MIT")]);
        twice.chain(EXCEPTIONS.iter().map(|(name, licence, _)| package(name, "1.0.0", licence))).collect()
    }

    #[test]
    fn what_is_wrong_with_a_dependency_is_named() {
        assert_eq!(faults(&fine()), [""; 0]);
        let with = |package: Value| faults(&[fine(), vec![package]].concat()).join(" ");
        assert!(with(package("a", "1.0.0", "GPL-3.0-only")).contains("a 1.0.0 is under \"GPL-3.0-only\""));
        assert!(with(package("a", "1.0.0", "MPL-2.0")).contains("MPL-2.0"));
        let git = json!({ "name": "a", "version": "1.0.0", "license": "MIT", "source": "git+https://a.example" });
        assert!(with(git).contains("comes from git+https://a.example"));
        let path = json!({ "name": "a", "version": "1.0.0", "license": "MIT", "source": null, "publish": null });
        assert!(with(path).contains("comes from a folder outside"));
        let tokio = [fine(), vec![package("tokio", "1.0.0", "MIT"), package("tokio", "2.0.0", "MIT")]].concat();
        assert_eq!(faults(&tokio), ["tokio is there more than once: 1.0.0, 2.0.0"]);
    }

    #[test]
    fn an_exception_that_is_none_any_more_is_told() {
        let told = faults(&[]).join(" ");
        assert!(told.contains("list TWICE") && told.contains("list EXCEPTIONS"), "{told}");
    }
}
