//! Packages as the command makes them, and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::common::altered_bundle;

/// What is in a file or an archive, by names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The bundles of the workspace's plugins, and their names.
pub const PLUGINS: [(&str, &str); 3] =
    [("justclick", "dist"), ("shop", "dist/plugins/shop"), ("redmine", "dist/plugins/redmine")];

/// A text that tries to be more than a text, wherever it stands.
pub const HOSTILE: &str = "Sells\nName: evil\n\n\"\"\"\n'''\n]]> </script> ${user_config.token} `${__dirname}` \\ [31m\t| ```\nimport os\" }, \"x\": { \"";

/// A bundle of the workspace.
pub fn bundle(folder: &str) -> PathBuf {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    assert!(bundle.join("extism.json").exists(), "there is no bundle: run `cargo xtask dist`");
    bundle
}

/// The made-up plugin, which says hostile things wherever it says anything.
pub fn hostile(folder: &Path) -> PathBuf {
    let changes = ["/title", "/description", "/actions/0/title", "/actions/0/description"]
        .into_iter()
        .chain(["/connection/schema/properties/token/title", "/connection/schema/properties/token/description"])
        .chain(["/actions/0/inputSchema/properties/customer/title", "/triggers/0/title"])
        .map(|place| (place, json!(HOSTILE)));
    altered_bundle(&bundle("dist/plugins/shop").join("extism.json"), folder, &changes.collect::<Vec<_>>())
}

/// Makes a package: its files.
pub fn package(kind: &str, bundle: &Path, args: &[&str]) -> Result<Files, String> {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().args(["package", kind]).arg(bundle).arg("--out").arg(out.path()).args(args);
    let output = command.output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    let mut files = below(out.path());
    // The record of what was written is the folder's, and no part of the package.
    files.retain(|name, _| !name.starts_with('.'));
    Ok(files)
}

/// All files below a folder.
pub fn below(folder: &Path) -> Files {
    let mut files = Files::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            files.extend(below(&path).into_iter().map(|(inside, content)| (format!("{name}/{inside}"), content)));
        } else {
            files.insert(name.to_owned(), fs::read(&path).unwrap());
        }
    }
    files
}

/// The only file with this ending.
pub fn only<'a>(files: &'a Files, ending: &str) -> (&'a str, &'a [u8]) {
    let found: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(ending)).collect();
    assert_eq!(found.len(), 1, "{:?}", files.keys());
    (found[0].0, found[0].1)
}

/// What is in a zip.
pub fn unzipped(archive: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = Files::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(files.insert(file.name().unwrap().into_owned(), content).is_none());
    }
    files
}

/// What is in a file, as JSON.
pub fn parsed(files: &Files, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap()
}

/// All texts within a value.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.iter().flat_map(|(_, it)| texts(it)).collect(),
        _ => Vec::new(),
    }
}
