//! The bundle that a package is made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use plugin_host_core::bundle;
use plugin_host_core::description::Description;
use serde_json::Value;

use super::{File, PackageError, Publisher, sha256};

const MANIFEST: &str = "extism.json";
const DESCRIPTION: &str = "describe.json";
const SUMS: &str = "SHA256SUMS";
/// The notices of what is compiled into the module.
const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";
/// The licences of this project, whose shells are in every package.
const LICENSES: [(&str, &str); 2] = [
    ("LICENSE-APACHE", include_str!("../../../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../../../LICENSE-MIT")),
];

/// A bundle whose files are those that its sums name, and whose description keeps the contract.
#[non_exhaustive]
pub struct Bundle {
    folder: PathBuf,
    sums: BTreeMap<String, String>,
    /// What the plugin says of itself, in all its languages.
    pub description: Description,
    /// The same, as JSON.
    pub value: Value,
    /// The manifest.
    pub manifest: File,
    /// The description.
    pub describe: File,
    /// The module, by the name that the manifest has for it.
    pub module: File,
    /// Who publishes it.
    pub publisher: Publisher,
}

impl Bundle {
    /// Reads a bundle: its folder, or the `extism.json` in it.
    ///
    /// # Errors
    /// If a file is missing or not the one that was hashed, or the description breaks the contract.
    pub fn read(path: &Path) -> Result<Self, PackageError> {
        let manifest = if path.is_dir() { path.join(MANIFEST) } else { path.to_owned() };
        let folder = manifest.parent().unwrap_or(Path::new("")).to_owned();
        let loaded = bundle::Bundle::load(&manifest)?;
        let sums = sums(&folder.join(SUMS))?;
        let checked = |name: &str| checked(&folder, name, &sums);
        let (manifest, describe) = (checked(MANIFEST)?, checked(DESCRIPTION)?);
        let named: Value = serde_json::from_slice(&manifest.content).unwrap_or_default();
        let module = checked(named["wasm"][0]["path"].as_str().unwrap_or_default())?;
        let text = String::from_utf8(describe.content.clone())
            .map_err(|_| PackageError::File { file: folder.join(DESCRIPTION), why: "it is not UTF-8".to_owned() })?;
        let text = bundle::with_languages(text, &loaded.languages);
        let refused = |why| PackageError::Description { bundle: folder.clone(), why };
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let exports = claimed_exports(&value);
        let description =
            Description::check(text, &exports.iter().map(String::as_str).collect::<Vec<_>>()).map_err(refused)?;
        let own = optional(&folder, "publisher.json", &sums)?;
        let publisher = Publisher::read(own.as_ref().map(|file| file.content.as_slice()))
            .map_err(|why| PackageError::File { file: folder.join("publisher.json"), why })?;
        Ok(Self { folder, sums, description, value, manifest, describe, module, publisher })
    }

    /// One of its other files, if it is there.
    ///
    /// # Errors
    /// If it is there, and not the one that was hashed.
    pub fn file(&self, name: &str) -> Result<Option<File>, PackageError> {
        optional(&self.folder, name, &self.sums)
    }

    /// The licences of a package of it: its own, or else those of this project; and the notices of what is in it.
    ///
    /// # Errors
    /// If one is not the one that was hashed.
    pub fn licenses(&self) -> Result<Vec<File>, PackageError> {
        let mut files = Vec::new();
        for (name, usual) in LICENSES {
            files.push(self.file(name)?.unwrap_or_else(|| File::new(name, usual)));
        }
        files.extend(self.file(NOTICES)?);
        Ok(files)
    }

    /// The files of its languages.
    ///
    /// # Errors
    /// If one is not the one that was hashed.
    pub fn languages(&self) -> Result<Vec<File>, PackageError> {
        let names = self.sums.keys().filter(|name| name.starts_with("i18n/") && name.ends_with(".json"));
        names.map(|name| checked(&self.folder, name, &self.sums)).collect()
    }

    /// Why there can't be such a package of it.
    pub fn unfit(&self, why: impl Into<String>) -> PackageError {
        PackageError::Unfit { plugin: self.description.name.clone(), why: why.into() }
    }
}

/// What a description says that its module exports. Whether it does, `verify` tells, which runs it.
fn claimed_exports(description: &Value) -> Vec<String> {
    let list = |name: &str| description[name].as_array().into_iter().flatten();
    let calls = ["name", "subscribe", "unsubscribe"];
    let named = list("actions").chain(list("triggers")).flat_map(|it| calls.map(|call| it[call].as_str()));
    let named = named.chain([description["connection"]["check"].as_str()]);
    named.flatten().map(str::to_owned).collect()
}

/// The sums of a bundle's files, by their names.
fn sums(file: &Path) -> Result<BTreeMap<String, String>, PackageError> {
    let text = fs::read_to_string(file)
        .map_err(|error| PackageError::File { file: file.to_owned(), why: format!("can't be read: {error}") })?;
    let pairs = text.lines().filter_map(|line| line.split_once("  "));
    Ok(pairs.map(|(sum, name)| (name.to_owned(), sum.to_owned())).collect())
}

fn checked(folder: &Path, name: &str, sums: &BTreeMap<String, String>) -> Result<File, PackageError> {
    let refused = |why: String| PackageError::File { file: folder.join(name), why };
    // Only what has a sum: so no name leads out of the folder that its publisher has not hashed.
    let expected = sums.get(name).ok_or_else(|| refused(format!("{SUMS} has no sum of it")))?;
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':']);
    if !name.split('/').all(is_plain) {
        return Err(refused("it is not within the bundle".to_owned()));
    }
    let content = fs::read(folder.join(name)).map_err(|error| refused(format!("can't be read: {error}")))?;
    if !sha256(&content).eq_ignore_ascii_case(expected) {
        return Err(refused(format!("it is not what {SUMS} says")));
    }
    Ok(File::new(name, content))
}

fn optional(folder: &Path, name: &str, sums: &BTreeMap<String, String>) -> Result<Option<File>, PackageError> {
    if folder.join(name).is_file() { checked(folder, name, sums).map(Some) } else { Ok(None) }
}
