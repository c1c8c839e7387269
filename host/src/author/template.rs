//! The folder of a new plugin: the files of `template/`, with its name in them, and the kit, which is in no
//! registry.

use std::fs;
use std::io;
use std::path::Path;

use toml::{Table, Value};

mod own {
    include!(concat!(env!("OUT_DIR"), "/template.rs"));
}

mod kit {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"));
}

/// The kit's manifest in this workspace, and the workspace's own.
const KIT_MANIFEST: &str = include_str!("../../../kit/Cargo.toml");
const WORKSPACE: &str = include_str!("../../../Cargo.toml");
/// The licences' texts.
const MIT: &str = include_str!("../../../LICENSE-MIT");
const APACHE: &str = include_str!("../../../LICENSE-APACHE");

/// Where the kit lies in a plugin's folder.
const KIT: &str = "vendor/plugin-kit";

/// The licences that a plugin is given, with the files of each; the first is the usual one.
pub const LICENCES: [&str; 4] = ["MIT OR Apache-2.0", "MIT", "Apache-2.0", "none"];

/// Writes the folder of a new plugin, all of it or nothing.
///
/// # Errors
/// If the folder is there already, or can't be written.
pub fn write(folder: &Path, name: &str, licence: &str) -> Result<(), String> {
    let told = |error: io::Error| format!("can't write {}: {error}", folder.display());
    if folder.symlink_metadata().is_ok() {
        return Err(format!("{} is there already: choose another name, or go to another folder", folder.display()));
    }
    let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staging = tempfile::Builder::new().prefix(".new-").tempdir_in(beside).map_err(told)?;
    for (path, text) in files(name, licence)? {
        let file = staging.path().join(&path);
        fs::create_dir_all(file.parent().unwrap_or(folder)).map_err(told)?;
        fs::write(&file, text).map_err(told)?;
    }
    let whole = staging.keep();
    allow(&whole).and_then(|()| fs::rename(&whole, folder)).map_err(|error| {
        // What can't take its place is not left behind.
        let _ = fs::remove_dir_all(&whole);
        told(error)
    })
}

/// A temporary folder is its owner's alone; a plugin's is as others are, and its script can be run.
fn allow(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in [folder.to_owned(), folder.join(".ci/run")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// All files, by their paths.
fn files(name: &str, licence: &str) -> Result<Vec<(String, String)>, String> {
    let title = title(name);
    let named = if licence == "none" { String::new() } else { format!("license = {licence:?}\n") };
    let filled = |text: &str| {
        let crate_name = format!("{}_plugin", name.replace('-', "_"));
        let text = text.replace("{{name}}", name).replace("{{title}}", &title);
        text.replace("{{crate}}", &crate_name).replace("{{license}}", &named)
    };
    let mut files: Vec<_> = own::FILES.iter().map(|(path, text)| ((*path).to_owned(), filled(text))).collect();
    if licence.contains("MIT") {
        files.push(("LICENSE-MIT".to_owned(), granted_by(&format!("The authors of {name}"))));
    }
    if licence.contains("Apache") {
        files.push(("LICENSE-APACHE".to_owned(), APACHE.to_owned()));
    }
    files.extend(kit::FILES.iter().map(|(path, text)| (format!("{KIT}/src/{path}"), (*text).to_owned())));
    files.push((format!("{KIT}/Cargo.toml"), kit_manifest()?));
    files.push((format!("{KIT}/LICENSE-MIT"), MIT.to_owned()));
    files.push((format!("{KIT}/LICENSE-APACHE"), APACHE.to_owned()));
    Ok(files)
}

/// The text of the MIT licence, of others than who wrote this program.
fn granted_by(authors: &str) -> String {
    let line = |line: &str| match line.strip_prefix("Copyright (c) ").and_then(|rest| rest.split_once(' ')) {
        Some((year, _)) => format!("Copyright (c) {year} {authors}\n"),
        None => format!("{line}\n"),
    };
    MIT.lines().map(line).collect()
}

/// `my-shop` as `My shop`.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let first = words.chars().next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(words.chars().skip(1)).collect()
}

/// The kit's manifest outside of this workspace: without what only its own tests take, and with the values
/// that the workspace has for all.
fn kit_manifest() -> Result<String, String> {
    let read = |text: &str| text.parse::<Table>().map_err(|error| error.to_string());
    let (mut manifest, workspace) = (read(KIT_MANIFEST)?, read(WORKSPACE)?);
    for own in ["dev-dependencies", "example", "lints"] {
        manifest.remove(own);
    }
    if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
        for (key, value) in package.iter_mut().filter(|(_, value)| value.get("workspace").is_some()) {
            if let Some(shared) = workspace["workspace"].get("package").and_then(|package| package.get(key)) {
                *value = shared.clone();
            }
        }
    }
    Ok(manifest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_has_its_name_in_it_and_nothing_left_to_fill_in() {
        let files = files("my-shop", "MIT").unwrap();
        for (path, text) in &files {
            let mine = !path.starts_with(KIT);
            assert!(
                !(mine && ["{{name", "{{title", "{{crate", "{{license"].iter().any(|it| text.contains(it))),
                "{path}"
            );
        }
        let find = |path: &str| files.iter().find(|(other, _)| other == path).map(|(_, text)| text.as_str());
        assert!(find("Cargo.toml").unwrap().contains("license = \"MIT\"\n"));
        assert!(find("LICENSE-MIT").is_some() && find("LICENSE-APACHE").is_none());
        assert!(find("LICENSE-MIT").unwrap().contains(" The authors of my-shop\n\nPermission"));
        assert!(find("tests/plugin.rs").unwrap().contains("use my_shop_plugin::PLUGIN;"));
        assert!(find("src/lib.rs").unwrap().contains("\"My shop\""));
    }

    #[test]
    fn the_authors_own_part_is_forty_lines() {
        let (_, text) = own::FILES.iter().find(|(path, _)| *path == "src/lib.rs").unwrap();
        let own = text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count();
        assert!(own <= 40, "{own}");
    }

    #[test]
    fn the_kit_stands_on_its_own() {
        let manifest = kit_manifest().unwrap();
        assert!(!manifest.contains("workspace") && !manifest.contains("path ="), "{manifest}");
    }

    #[test]
    fn nothing_that_is_there_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("parcel");
        fs::write(&there, "mine").unwrap();
        assert!(write(&there, "parcel", LICENCES[0]).unwrap_err().contains("is there already"));
        assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
