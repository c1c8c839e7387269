//! A bundle: a module with all that a host or a platform wants to know of it.
//!
//! It is put together in a folder of its own and takes the old one's place when it is complete, so nobody
//! ever loads half of one.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::icon;

/// The manifest: where the module is, and for stock hosts what it may do.
pub const MANIFEST: &str = "extism.json";

/// The licences of what is inside the module: they go wherever it goes.
pub const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";

/// The folder of the description's texts in other languages, a file for each.
pub const LANGUAGES: &str = "i18n";

/// Who publishes a plugin's packages.
pub const PUBLISHER: &str = "publisher.json";
/// How directories list a plugin and show it, and what people build with it: written by hand beside its
/// manifest, as far as it is there.
const LISTING: [&str; 6] = ["icon.svg", "icon.dark.svg", icon::NAME, "listing.json", "automations.json", PUBLISHER];

/// The files of a bundle, by their paths.
pub struct Bundle(Vec<(String, Vec<u8>)>);

impl Bundle {
    /// A bundle of a module of this name. `template` is its manifest, which lacks path and hash.
    ///
    /// # Errors
    /// If that is none.
    pub fn new(name: &str, module: &[u8], template: &[u8]) -> Result<Self> {
        let path = format!("{name}.wasm");
        let manifest = extism_manifest(template, &path, module)?;
        Ok(Self(vec![(path, module.to_owned()), (MANIFEST.to_owned(), manifest)]))
    }

    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.push((path.into(), content.into()));
    }

    /// Adds a file that describes the plugin, if bundles have it: the description itself, JSON Schemas and
    /// languages.
    pub fn add_described(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        if path == "describe.json" || path.ends_with(".schema.json") || Path::new(path).starts_with(LANGUAGES) {
            self.add(path, content);
        }
    }

    /// Adds what directories show of a plugin, from the folder of its manifest.
    ///
    /// # Errors
    /// If a file can't be read, or `icon.png` is no picture that is shown.
    pub fn add_listing(&mut self, beside: &Path) -> Result<()> {
        for name in LISTING.into_iter().filter(|name| beside.join(name).is_file()) {
            let (path, content) = (beside.join(name), read(&beside.join(name))?);
            if name == icon::NAME {
                icon::check(&content).map_err(|why| anyhow!("{}: {why}", path.display()))?;
            }
            self.add(name, content);
        }
        Ok(())
    }

    /// Writes all of it, and the sums, into a folder.
    ///
    /// # Errors
    /// If a file can't be written.
    pub fn write(mut self, folder: &Path) -> Result<()> {
        self.0.sort();
        let sums = checksums(self.0.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
        self.add("SHA256SUMS", sums);
        for (name, content) in self.0 {
            let path = folder.join(name);
            make(path.parent().unwrap_or(folder))?;
            std::fs::write(&path, content).with_context(|| format!("can't write {}", path.display()))?;
        }
        Ok(())
    }
}

/// The manifest for stock Extism hosts, with where the module is and what it must hash to.
fn extism_manifest(template: &[u8], path: &str, module: &[u8]) -> Result<Vec<u8>> {
    let mut manifest: Value = serde_json::from_slice(template).context("the plugin's extism.json is not JSON")?;
    let main = manifest.pointer_mut("/wasm/0").and_then(Value::as_object_mut);
    let main = main.context("the plugin's extism.json has no object at wasm[0]")?;
    main.insert("path".to_owned(), path.into());
    main.insert("hash".to_owned(), sha256(module).into());
    let mut text = serde_json::to_string_pretty(&manifest)?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// In the format of `sha256sum`, so that `sha256sum -c SHA256SUMS` checks a copy of the bundle.
pub fn checksums<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    files.map(|(name, content)| format!("{}  {name}\n", sha256(content))).collect()
}

/// The SHA-256 of bytes, in lower-case hex.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// A folder in which something is put together, gone when this value is.
pub struct Staging(PathBuf);

impl Staging {
    /// A folder within `beside`, which has to be on the file system of what it is to replace.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new(beside: &Path) -> Result<Self> {
        let folder = beside.join(format!(".dist-{}", std::process::id()));
        make(&folder)?;
        Ok(Self(folder))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Puts it in the place of `dist`, which was made like this before, or is not there yet. One that is the same stays:
    /// somebody may be reading it.
    ///
    /// # Errors
    /// If it can't be moved, or what is there is no bundle.
    pub fn replace(self, dist: &Path) -> Result<()> {
        if dist.exists() {
            if !dist.join("SHA256SUMS").is_file() && dist.read_dir().is_ok_and(|mut files| files.next().is_some()) {
                bail!("{} is there and is no bundle: name another folder, or take it away", dist.display());
            }
            if is_same(&self.0, dist)? {
                return Ok(());
            }
            // Into the staging folder, and away with it.
            let new = self.0.join("new");
            std::fs::create_dir(&new)?;
            for entry in self.0.read_dir()?.flatten().filter(|entry| entry.path() != new) {
                std::fs::rename(entry.path(), new.join(entry.file_name()))?;
            }
            std::fs::rename(dist, self.0.join("old")).with_context(|| format!("can't move {}", dist.display()))?;
            std::fs::rename(new, dist)
        } else {
            std::fs::rename(&self.0, dist)
        }
        .with_context(|| format!("can't write {}", dist.display()))
    }
}

/// Whether two folders hold the same files.
fn is_same(one: &Path, other: &Path) -> Result<bool> {
    let names = |folder: &Path| -> Result<BTreeSet<OsString>> {
        let entries = folder.read_dir().with_context(|| format!("can't read {}", folder.display()))?;
        Ok(entries.flatten().map(|entry| entry.file_name()).collect())
    };
    let (mine, its) = (names(one)?, names(other)?);
    if mine != its {
        return Ok(false);
    }
    for name in mine {
        let (mine, its) = (one.join(&name), other.join(&name));
        let same = match (mine.is_dir(), its.is_dir()) {
            (true, true) => is_same(&mine, &its)?,
            (false, false) => read(&mine)? == read(&its)?,
            _ => false,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Fails when the folder became the bundle: then there is nothing to remove.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2's example: the hash of `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_manifest_says_where_the_module_is_and_what_it_hashes_to() {
        let template = br#"{"wasm": [{"name": "main"}], "allowed_hosts": ["*.justclick.ru"]}"#;
        let manifest: Value = serde_json::from_slice(&extism_manifest(template, "shop.wasm", b"abc").unwrap()).unwrap();
        assert_eq!(
            manifest,
            serde_json::json!({
                "wasm": [{"name": "main", "path": "shop.wasm", "hash": ABC}],
                "allowed_hosts": ["*.justclick.ru"],
            })
        );
    }

    #[test]
    fn a_manifest_without_a_module_is_refused() {
        for template in ["", "[]", r#"{"wasm": []}"#, r#"{"wasm": ["main"]}"#] {
            let error = extism_manifest(template.as_bytes(), "shop.wasm", b"abc").unwrap_err().to_string();
            assert!(error.contains("extism.json"), "{error}");
        }
    }

    #[test]
    fn checksums_are_in_the_format_of_sha256sum() {
        let sums = checksums([("a.json", b"abc".as_slice())].into_iter());
        assert_eq!(sums, format!("{ABC}  a.json\n"));
    }

    /// A folder that is gone when the test is.
    fn scratch(name: &str) -> Staging {
        let root = Staging(std::env::temp_dir().join(format!("toolchain-{name}-{}", std::process::id())));
        make(root.path()).unwrap();
        root
    }

    #[test]
    fn a_bundle_that_is_the_same_stays_where_it_is_and_one_that_differs_does_not() {
        let root = scratch("same");
        let dist = root.path().join("dist");
        let built = |text: &str| {
            let staging = Staging::new(root.path()).unwrap();
            let mut bundle = Bundle::new("shop", b"abc", br#"{"wasm": [{}]}"#).unwrap();
            bundle.add_described("i18n/ru.json", text);
            bundle.write(staging.path()).unwrap();
            staging.replace(&dist).unwrap();
            std::fs::File::options().write(true).open(dist.join("shop.wasm")).unwrap()
        };
        let time = |file: &std::fs::File| file.metadata().unwrap().modified().unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        built("{}").set_modified(long_ago).unwrap();
        assert_eq!(time(&built("{}")), long_ago);
        assert_ne!(time(&built(r#"{"/title": ""}"#)), long_ago);
        assert_eq!(std::fs::read_to_string(dist.join("i18n/ru.json")).unwrap(), r#"{"/title": ""}"#);
    }

    #[test]
    fn a_bundle_is_complete_and_replaces_the_old_one_whole() {
        let root = scratch("bundle");
        let dist = root.path().join("dist");
        make(&dist).unwrap();
        std::fs::write(dist.join("stale"), "").unwrap();
        std::fs::write(dist.join("SHA256SUMS"), "").unwrap();
        std::fs::write(root.path().join("icon.svg"), "<svg/>").unwrap();

        let mut bundle = Bundle::new("shop", b"abc", br#"{"wasm": [{}]}"#).unwrap();
        for name in ["describe.json", "input.schema.json", "tools.json", "i18n/ru.json"] {
            bundle.add_described(name, "{}");
        }
        bundle.add_listing(root.path()).unwrap();
        bundle.add(NOTICES, "a 1.0.0: MIT");
        let staging = Staging::new(root.path()).unwrap();
        bundle.write(staging.path()).unwrap();
        staging.replace(&dist).unwrap();

        let mut names: Vec<_> =
            dist.read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "SHA256SUMS",
                "THIRD-PARTY-NOTICES.txt",
                "describe.json",
                "extism.json",
                "i18n",
                "icon.svg",
                "input.schema.json",
                "shop.wasm"
            ]
        );
        let sums = std::fs::read_to_string(dist.join("SHA256SUMS")).unwrap();
        assert!(dist.join("i18n/ru.json").is_file() && sums.contains("  i18n/ru.json\n"), "{sums}");
    }

    #[test]
    fn a_picture_that_nobody_shows_makes_no_bundle() {
        let root = scratch("icon");
        std::fs::write(root.path().join(icon::NAME), "<svg/>").unwrap();
        let mut bundle = Bundle::new("shop", b"abc", br#"{"wasm": [{}]}"#).unwrap();
        let refusal = bundle.add_listing(root.path()).unwrap_err().to_string();
        assert!(refusal.contains("icon.png: it is no PNG"), "{refusal}");
    }

    #[test]
    fn what_is_no_bundle_is_not_replaced() {
        let root = scratch("other");
        let dist = root.path().join("dist");
        make(&dist).unwrap();
        std::fs::write(dist.join("novel.txt"), "").unwrap();
        let refusal = Staging::new(root.path()).unwrap().replace(&dist).unwrap_err().to_string();
        assert!(refusal.contains("is no bundle") && dist.join("novel.txt").is_file(), "{refusal}");
    }
}
