//! The bundles: each plugin, and all that a host or a platform wants to know of it.
//!
//! They are put together in a folder of their own and take the old ones' place when they are complete,
//! so nobody ever loads half of one.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toolchain::bundle::{Bundle, LANGUAGES, MANIFEST, NOTICES, PUBLISHER, Staging};
use toolchain::ui::{self, say};
use toolchain::{Toolchain, WASM_TARGET, crates, notices};

use crate::plugins::{JUSTCLICK, PLUGINS, Plugin};
use crate::project::Project;
use crate::wasm::{self, Module};
use crate::{generated, needed, shells};

/// `cargo xtask dist`.
///
/// # Errors
/// When a step fails or a module is too large.
pub fn chore(project: &Project) -> Result<()> {
    build(project, &needed::toolchain()?)
}

/// Builds every plugin and its bundle.
///
/// # Errors
/// When a step fails or a module is too large.
pub fn build(project: &Project, toolchain: &Toolchain) -> Result<()> {
    let staging = Staging::new(project.root())?;
    let mut built = Vec::new();
    for plugin in PLUGINS {
        let module = wasm::build(project, toolchain, plugin)?;
        check_size(plugin, &module)?;
        let folder = staging.path().join(plugin.bundle);
        let described = folder.join("described");
        std::fs::create_dir_all(&described).with_context(|| format!("can't make {}", described.display()))?;
        generated::describe(project, toolchain, plugin, &described)?;
        let beside = project.root().join(plugin.manifest);
        let mut bundle = Bundle::new(plugin.name, &module.bytes, &read(&beside.join(MANIFEST))?)?;
        for name in described_files(&described)? {
            bundle.add_described(&name, read(&described.join(&name))?);
        }
        bundle.add_listing(&beside)?;
        // All of the project's own have the same one.
        if !beside.join(PUBLISHER).is_file() {
            bundle.add(PUBLISHER, read(&project.root().join(JUSTCLICK.manifest).join(PUBLISHER))?);
        }
        let linked = crates::linked(toolchain.cargo(), project.root(), plugin.package, WASM_TARGET)?;
        bundle.add(NOTICES, notices::of(&linked));
        std::fs::remove_dir_all(&described)?;
        bundle.write(&folder)?;
        built.push((plugin, module));
    }
    add_shells(project, staging.path())?;
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

/// What describes a plugin, by its paths from the folder that has it.
fn described_files(described: &Path) -> Result<Vec<String>> {
    let mut names = files_of(described)?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
