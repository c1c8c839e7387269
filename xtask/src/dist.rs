//! The bundles: each plugin, and all that a host or a platform wants to know of it.
//!
//! They are put together in a folder of their own and take the old ones' place when they are complete,
//! so nobody ever loads half of one.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::plugins::{JUSTCLICK, PLUGINS, Plugin};
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::ui::say;
use crate::wasm::{self, Module};
use crate::{generated, notices, shells, ui};

/// The licences of what is inside the module: they go wherever it goes.
const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";

/// How directories list a plugin and show it, and what people build with it: written by hand beside its `extism.json`,
/// as far as it is there.
const LISTING: [&str; 4] = ["icon.svg", "icon.dark.svg", "listing.json", "automations.json"];

/// `cargo xtask dist`.
///
/// # Errors
/// When a step fails or a module is too large.
pub fn chore(project: &Project) -> Result<()> {
    build(project, &Toolchain::find_or_set_up()?)
}

/// Builds every plugin and its bundle.
///
/// # Errors
/// When a step fails or a module is too large.
pub fn build(project: &Project, toolchain: &Toolchain) -> Result<()> {
    let staging = Staging::new(project)?;
    let mut built = Vec::new();
    for plugin in PLUGINS {
        let module = wasm::build(project, toolchain, plugin)?;
        check_size(plugin, &module)?;
        let notices = notices::of_module(toolchain.cargo(), project.root(), plugin.package)?;
        let folder = staging.0.join(plugin.bundle);
        let described = folder.join("described");
        make(&described)?;
        generated::describe(project, toolchain, plugin, &described)?;
        let beside = project.root().join(plugin.manifest);
        for name in LISTING.into_iter().filter(|name| beside.join(name).is_file()) {
            std::fs::write(described.join(name), read(&beside.join(name))?)?;
        }
        let manifest = read(&beside.join("extism.json"))?;
        fill(&folder, plugin, &manifest, &described, &module.bytes, notices)?;
        std::fs::remove_dir_all(&described)?;
        built.push((plugin, module));
    }
    add_shells(project, &staging.0)?;
    staging.replace(&project.dist())?;
    for (plugin, module) in built {
        say(format!(
            "{}: {} bytes, {} with gzip",
            project.typed(&plugin.dist(project).join(plugin.module())).display(),
            grouped(module.bytes.len()),
            grouped(gzipped(&module.bytes)?),
        ));
    }
    Ok(())
}

/// Puts the shells beside the bundles, for the host that is built next. Whoever has no Node, or can't get what they are
/// built with, has everything else all the same.
fn add_shells(project: &Project, folder: &Path) -> Result<()> {
    let built = match shells::build(project) {
        Err(error) if !ui::on_ci() => {
            say(format!("{error:#}: plugin-host will make no packages for n8n, Node-RED and Zapier"));
            None
        }
        built => built?,
    };
    let (old, new) = (project.dist().join(shells::FILE), folder.join(shells::FILE));
    match built {
        None => Ok(()),
        // The same file, or cargo would build the host anew.
        Some(shells) if std::fs::read(&old).is_ok_and(|there| there == shells) => std::fs::rename(&old, &new),
        Some(shells) => std::fs::write(&new, shells),
    }
    .with_context(|| format!("can't write {}", new.display()))
}

/// What modules may have with gzip, where a README says how much that is.
const LARGEST_WITH_GZIP: [(&str, usize); 1] = [(JUSTCLICK.name, 90_000)];

fn check_size(plugin: &Plugin, module: &Module) -> Result<()> {
    let (name, size, largest) = (plugin.name, module.bytes.len(), plugin.largest);
    if module.optimised && size > largest {
        bail!("the module of {name} has {} bytes, more than the {} it may have", grouped(size), grouped(largest));
    }
    let packed = gzipped(&module.bytes)?;
    let promised = LARGEST_WITH_GZIP.iter().find(|(other, _)| *other == name).map(|(_, largest)| *largest);
    if let Some(largest) = promised.filter(|largest| module.optimised && packed > *largest) {
        bail!(
            "the module of {name} has {} bytes with gzip, more than the {} it may have",
            grouped(packed),
            grouped(largest)
        );
    }
    Ok(())
}

/// Writes every file of a bundle into `folder`; `described` is the folder of what describes the plugin.
fn fill(
    folder: &Path,
    plugin: &Plugin,
    manifest: &[u8],
    described: &Path,
    module: &[u8],
    notices: String,
) -> Result<()> {
    let mut files = vec![
        (plugin.module(), module.to_owned()),
        ("extism.json".to_owned(), extism_manifest(manifest, &plugin.module(), module)?),
        (NOTICES.to_owned(), notices.into_bytes()),
    ];
    for name in bundled(described)? {
        let content = read(&described.join(&name))?;
        files.push((name, content));
    }
    files.sort();
    let sums = checksums(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    for (name, content) in files {
        let path = folder.join(name);
        make(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, content).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(())
}

/// The folder of the description's texts in other languages, a file for each.
const LANGUAGES: &str = "i18n";

/// The files that go into the bundle as they are, by their paths.
fn bundled(described: &Path) -> Result<Vec<String>> {
    let is_told = |name: &String| name == "describe.json" || name.ends_with(".schema.json");
    let mut names = files_of(described)?;
    names.retain(|name| is_told(name) || LISTING.contains(&name.as_str()));
    let languages = described.join(LANGUAGES);
    if languages.is_dir() {
        names.extend(files_of(&languages)?.into_iter().map(|name| format!("{LANGUAGES}/{name}")));
    }
    Ok(names)
}

fn files_of(folder: &Path) -> Result<Vec<String>> {
    let entries = folder.read_dir().with_context(|| format!("can't read {}", folder.display()))?;
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    Ok(files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
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

fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))
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
        make(&folder)?;
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

    #[test]
    fn only_an_optimised_module_is_held_to_the_limit() {
        let module = |length, optimised| Module { bytes: vec![0; length], optimised };
        let largest = JUSTCLICK.largest;
        assert!(check_size(&JUSTCLICK, &module(largest, true)).is_ok());
        assert!(check_size(&JUSTCLICK, &module(largest + 1, true)).is_err());
        assert!(check_size(&JUSTCLICK, &module(largest + 1, false)).is_ok());
        // What can't be packed is as large with gzip as without.
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let bytes: Vec<u8> = std::iter::repeat_with(&mut random).take(90_000).collect();
        let refusal = check_size(&JUSTCLICK, &Module { bytes, optimised: true }).unwrap_err().to_string();
        assert!(refusal.contains("bytes with gzip, more than the 90,000"), "{refusal}");
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
        let (described, dist) = (root.join("described"), root.join("dist"));
        make(&described).unwrap();
        make(&dist).unwrap();
        std::fs::write(dist.join("stale"), "").unwrap();
        for name in ["describe.json", "input.schema.json", "icon.svg", "tools.json"] {
            std::fs::write(described.join(name), "{}").unwrap();
        }

        let staging = Staging(root.join(".dist-1"));
        make(&staging.0).unwrap();
        make(&described.join("i18n")).unwrap();
        std::fs::write(described.join("i18n/ru.json"), "{}").unwrap();
        fill(&staging.0, &JUSTCLICK, br#"{"wasm": [{}]}"#, &described, b"abc", "a 1.0.0: MIT".to_owned()).unwrap();
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
                "justclick.wasm"
            ]
        );
        let sums = std::fs::read_to_string(dist.join("SHA256SUMS")).unwrap();
        assert!(dist.join("i18n/ru.json").is_file() && sums.contains("  i18n/ru.json\n"), "{sums}");
    }
}
