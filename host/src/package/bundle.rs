//! The bundle that a package is made of.

use std::fs;
use std::path::{Path, PathBuf};

use plugin_host_core::Host;
use plugin_host_core::bundle::{self, SIGNATURE, SUMS, Sums};
use plugin_host_core::description::Description;
use plugin_host_core::host::Settings;
use serde_json::Value;
use toolchain::bundle::PUBLISHER;

use super::Publisher;
use super::error::PackageError;
use super::file::File;

const MANIFEST: &str = "extism.json";
const DESCRIPTION: &str = "describe.json";
/// The folder with a file for each language.
const LANGUAGES: &str = "i18n";
/// The notices of what is compiled into the module.
pub const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";
/// A file beside the module that is larger is none of a bundle's: 4 MiB.
const MOST_BYTES: u64 = 4 << 20;
/// The licences of this project, whose shells are in every package.
const LICENSES: [(&str, &str); 2] = [
    ("LICENSE-APACHE", include_str!("../../../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../../../LICENSE-MIT")),
];

/// A bundle that a host runs: its module is the one that the manifest names, and describes itself as the contract
/// has it. Where the bundle has sums, all that is taken of it is what they say.
#[non_exhaustive]
pub struct Bundle {
    folder: PathBuf,
    sums: Option<Sums>,
    /// What the plugin says of itself, in all languages that its bundle has.
    pub description: Description,
    /// The same, as JSON.
    pub value: Value,
    /// The manifest, `extism.json`.
    pub manifest: File,
    /// The description, `describe.json`: the bundle's, or else the module's own.
    pub describe: File,
    /// The module, by the name that the manifest has for it.
    pub module: File,
    /// Who publishes it.
    pub publisher: Publisher,
}

impl Bundle {
    /// Reads a bundle: its folder, or the `extism.json` in it. The module is asked what it can do.
    ///
    /// # Errors
    /// If a file is not the one that was hashed, or the description is not the module's or breaks the contract.
    pub fn read(path: &Path) -> Result<Self, PackageError> {
        let manifest = if path.is_dir() { path.join(MANIFEST) } else { path.to_owned() };
        let folder = manifest.parent().unwrap_or(Path::new("")).to_owned();
        let loaded = bundle::Bundle::load(&manifest)?;
        let plugin = Host::new(Settings::default())?.load(&loaded)?;
        let description = plugin.description().clone();
        let faults = description.faults();
        if !faults.is_empty() {
            return Err(PackageError::Faults { bundle: folder, faults });
        }
        let sums = sums(&folder.join(SUMS))?;
        let content = read(&manifest)?;
        let named: Value = serde_json::from_slice(&content).unwrap_or_default();
        let module = named["wasm"][0]["path"].as_str().unwrap_or_default();
        let module = File::new(module, loaded.wasm);
        module.check_path().map_err(|why| PackageError::File { file: manifest, why })?;
        let value = serde_json::from_str(&description.text).unwrap_or_default();
        let described = File::new(DESCRIPTION, description.text.clone());
        let mut bundle = Self {
            folder,
            sums,
            description,
            value,
            manifest: File::new(MANIFEST, content),
            describe: described,
            module,
            publisher: Publisher::default(),
        };
        bundle.read_beside()?;
        Ok(bundle)
    }

    /// The files that say the same as the module, or go beyond it.
    fn read_beside(&mut self) -> Result<(), PackageError> {
        if let Some(written) = self.file(DESCRIPTION)? {
            // Those in other languages may stand in it already.
            let same = |text: &str| {
                let text = bundle::with_languages(text.to_owned(), &self.languages_by_name());
                serde_json::from_str::<Value>(&text).is_ok_and(|value| value == self.value)
            };
            if !std::str::from_utf8(&written.content).is_ok_and(same) {
                let why = "it is not what the module says of itself".to_owned();
                return Err(PackageError::File { file: self.folder.join(DESCRIPTION), why });
            }
            self.describe = written;
        }
        if let Some(own) = self.file(PUBLISHER)? {
            let file = self.folder.join(PUBLISHER);
            self.publisher = Publisher::read(&own.content).map_err(|why| PackageError::File { file, why })?;
        }
        Ok(())
    }

    fn languages_by_name(&self) -> bundle::Languages {
        serde_json::from_value(self.value["i18n"].clone()).unwrap_or_default()
    }

    /// One of its other files, if it is there.
    ///
    /// # Errors
    /// If it is there, and can't be read or is not the one that was hashed.
    pub fn file(&self, name: &str) -> Result<Option<File>, PackageError> {
        let path = self.folder.join(name);
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let content = read(&path)?;
        if self.sums.as_ref().is_some_and(|sums| sums.check(name, &content).is_err()) {
            return Err(PackageError::File { file: path, why: format!("it is not what {SUMS} says") });
        }
        Ok(Some(File::new(name, content)))
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
        let entries = self.folder.join(LANGUAGES).read_dir().into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
        names.sort();
        let files = names.iter().map(|name| self.file(&format!("{LANGUAGES}/{name}")));
        Ok(files.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// All that its sums name, the sums, and their signature if it is signed, by their paths.
    ///
    /// # Errors
    /// If it has no sums, or a file is missing or not the one that was hashed.
    pub fn files(&self) -> Result<Vec<File>, PackageError> {
        let refused = |name: &str, why: &str| PackageError::File { file: self.folder.join(name), why: why.to_owned() };
        let sums = self.sums.as_ref().ok_or_else(|| refused(SUMS, "a bundle that is handed out has it"))?;
        let mut files = vec![File::new(SUMS, read(&self.folder.join(SUMS))?)];
        for needed in [&self.manifest, &self.module] {
            sums.check(&needed.path, &needed.content).map_err(|error| refused(&needed.path, &error.to_string()))?;
        }
        for name in sums.paths() {
            let file = if name == self.module.path { Some(self.module.clone()) } else { self.file(name)? };
            files.push(file.ok_or_else(|| refused(name, &format!("{SUMS} names it, and it is not there")))?);
        }
        let signature = self.folder.join(SIGNATURE);
        if signature.symlink_metadata().is_ok() {
            files.push(File::new(SIGNATURE, read(&signature)?));
        }
        files.sort();
        Ok(files)
    }

    /// Its version, where packages take a semantic one alone.
    ///
    /// # Errors
    /// If it is none.
    pub fn version(&self) -> Result<&str, PackageError> {
        let version = self.description.version.as_str();
        let is_plain = |it: char| it.is_ascii_alphanumeric() || ".+-".contains(it);
        let core = version.split(['-', '+']).next().unwrap_or_default();
        let is_number = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit());
        if core.split('.').count() == 3 && core.split('.').all(is_number) && version.chars().all(is_plain) {
            return Ok(version);
        }
        Err(self.unfit(format!("its version {version:?} is no semantic one: write it as 1.4.0 or 1.4.0-rc.1")))
    }

    /// Why there can't be such a package of it.
    pub fn unfit(&self, why: impl Into<String>) -> PackageError {
        PackageError::Unfit { plugin: self.description.name.clone(), why: why.into() }
    }
}

/// The sums of a bundle's files; none if it has none.
fn sums(file: &Path) -> Result<Option<Sums>, PackageError> {
    if file.symlink_metadata().is_err() {
        return Ok(None);
    }
    let refused = |error: bundle::SumsError| PackageError::File { file: file.to_owned(), why: error.to_string() };
    Sums::parse(&read(file)?).map(Some).map_err(refused)
}

/// A file's content. What a link leads to is not the bundle's to hand out.
fn read(file: &Path) -> Result<Vec<u8>, PackageError> {
    let refused = |why: String| PackageError::File { file: file.to_owned(), why };
    let found = file.symlink_metadata().map_err(|error| refused(format!("can't be read: {error}")))?;
    if !found.is_file() || found.len() > MOST_BYTES {
        return Err(refused(format!("it is no file of at most {MOST_BYTES} bytes")));
    }
    fs::read(file).map_err(|error| refused(format!("can't be read: {error}")))
}
