//! The bundle: the plugin, and all that a host or a platform wants to know of it.
//!
//! It is put together in a folder of its own and takes the old one's place when it is complete, so
//! nobody ever loads half of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::notices;
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::ui::say;
use crate::wasm::{self, Module};

/// The module's name in the bundle.
const WASM: &str = "justclick.wasm";

/// The licences of what is inside the module: they go wherever it goes.
const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";

/// What people see of the plugin where packages are listed; written by hand beside what is generated.
const LISTING: [&str; 3] = ["icon.svg", "icon.dark.svg", "listing.json"];

/// The largest module that may be released, in bytes.
const LARGEST: usize = 110 * 1024;

/// `cargo xtask dist`.
///
/// # Errors
/// When a step fails or the module is too large.
pub fn chore(project: &Project) -> Result<()> {
    build(project, &Toolchain::find_or_set_up()?)
}

/// Builds the plugin and its bundle.
///
/// # Errors
/// When a step fails or the module is too large.
pub fn build(project: &Project, toolchain: &Toolchain) -> Result<()> {
    let module = wasm::build(project, toolchain)?;
    check_size(&module)?;
    let staging = Staging::new(project)?;
    let notices = notices::of_module(toolchain.cargo(), project.root(), "justclick-plugin")?;
    fill(&staging.0, &project.root().join("manifest"), &module.bytes, notices)?;
    staging.replace(&project.dist())?;
    say(format!(
        "{}: {} bytes, {} with gzip",
        project.typed(&project.dist().join(WASM)).display(),
        grouped(module.bytes.len()),
        grouped(gzipped(&module.bytes)?),
    ));
    Ok(())
}

fn check_size(module: &Module) -> Result<()> {
    let size = module.bytes.len();
    if module.optimised && size > LARGEST {
        bail!("the module has {} bytes, more than the {} it may have", grouped(size), grouped(LARGEST));
    }
    Ok(())
}

/// Writes every file of the bundle into `folder`.
fn fill(folder: &Path, manifest: &Path, module: &[u8], notices: String) -> Result<()> {
    let mut files = vec![
        (WASM.to_owned(), module.to_owned()),
        ("extism.json".to_owned(), extism_manifest(&read(&manifest.join("extism.json"))?, module)?),
        (NOTICES.to_owned(), notices.into_bytes()),
    ];
    for name in described(manifest)? {
        let content = read(&manifest.join(&name))?;
        files.push((name, content));
    }
    files.sort();
    let sums = checksums(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(())
}

/// The files of `manifest/` that go into the bundle as they are.
fn described(manifest: &Path) -> Result<Vec<String>> {
    let entries = manifest.read_dir().with_context(|| format!("can't read {}", manifest.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_told = |name: &String| name == "describe.json" || name.ends_with(".schema.json");
    let names: Vec<_> = names.filter(|name| is_told(name) || LISTING.contains(&name.as_str())).collect();
    if !names.iter().any(|name| name == "describe.json") {
        bail!("manifest/describe.json is missing; make it: cargo xtask manifest");
    }
    Ok(names)
}

/// The manifest for stock Extism hosts, with where the module is and what it must hash to.
fn extism_manifest(template: &[u8], module: &[u8]) -> Result<Vec<u8>> {
    let mut manifest: Value = serde_json::from_slice(template).context("manifest/extism.json is not JSON")?;
    let main = manifest.pointer_mut("/wasm/0").and_then(Value::as_object_mut);
    let main = main.context("manifest/extism.json has no object at wasm[0]")?;
    main.insert("path".to_owned(), WASM.into());
    main.insert("hash".to_owned(), sha256(module).into());
    let mut text = serde_json::to_string_pretty(&manifest)?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// In the format of `sha256sum`, so that `sha256sum -c SHA256SUMS` checks a copy of the bundle.
fn checksums<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    files.map(|(name, content)| format!("{}  {name}\n", sha256(content))).collect()
}

/// Lower-case hex.
fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn gzipped(content: &[u8]) -> Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// `93184` as `93,184`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// A folder beside the bundle's, gone when this value is.
struct Staging(PathBuf);

impl Staging {
    fn new(project: &Project) -> Result<Self> {
        // Beside the bundle, as a folder can't be renamed onto another file system.
        let folder = project.root().join(format!(".dist-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn replace(&self, dist: &Path) -> Result<()> {
        if dist.exists() {
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
        let manifest: Value = serde_json::from_slice(&extism_manifest(template, b"abc").unwrap()).unwrap();
        assert_eq!(
            manifest,
            serde_json::json!({
                "wasm": [{"name": "main", "path": "justclick.wasm", "hash": ABC}],
                "allowed_hosts": ["*.justclick.ru"],
            })
        );
    }

    #[test]
    fn a_manifest_without_a_module_is_refused() {
        for template in ["", "[]", r#"{"wasm": []}"#, r#"{"wasm": ["main"]}"#] {
            let error = extism_manifest(template.as_bytes(), b"abc").unwrap_err().to_string();
            assert!(error.contains("manifest/extism.json"), "{error}");
        }
    }

    #[test]
    fn checksums_are_in_the_format_of_sha256sum() {
        let sums = checksums([("a.json", b"abc".as_slice())].into_iter());
        assert_eq!(sums, format!("{ABC}  a.json\n"));
    }

    #[test]
    fn only_an_optimised_module_is_held_to_the_limit() {
        let module = |length, optimised| Module { bytes: vec![0; length], optimised };
        assert!(check_size(&module(LARGEST, true)).is_ok());
        assert!(check_size(&module(LARGEST + 1, true)).is_err());
        assert!(check_size(&module(LARGEST + 1, false)).is_ok());
    }

    #[test]
    fn sizes_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (93184, "93,184"), (1234567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_bundle_is_complete_and_replaces_the_old_one_whole() {
        let root = std::env::temp_dir().join(format!("xtask-dist-{}", std::process::id()));
        let _guard = Staging(root.clone());
        let (manifest, dist) = (root.join("manifest"), root.join("dist"));
        std::fs::create_dir_all(&manifest).unwrap();
        std::fs::create_dir_all(&dist).unwrap();
        std::fs::write(dist.join("stale"), "").unwrap();
        let described = [("describe.json", "{}"), ("input.schema.json", "{}"), ("icon.svg", "<svg/>")];
        for (name, text) in [("extism.json", r#"{"wasm": [{}]}"#)].into_iter().chain(described) {
            std::fs::write(manifest.join(name), text).unwrap();
        }
        std::fs::write(manifest.join("notes.txt"), "").unwrap();

        let staging = Staging(root.join(".dist-1"));
        std::fs::create_dir_all(&staging.0).unwrap();
        fill(&staging.0, &manifest, b"abc", "a 1.0.0: MIT".to_owned()).unwrap();
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
                "icon.svg",
                "input.schema.json",
                "justclick.wasm"
            ]
        );
    }
}
