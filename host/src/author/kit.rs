//! The kit in a plugin's folder: its sources as this program has them, for it is in no registry.

use std::fs;
use std::io;
use std::path::Path;

use toml::{Table, Value};

mod sources {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"));
}

/// Where it lies in a plugin's folder.
pub const FOLDER: &str = "vendor/plugin-kit";
/// The text of the MIT licence.
pub const MIT: &str = include_str!("../../../LICENSE-MIT");
/// The text of the Apache licence.
pub const APACHE: &str = include_str!("../../../LICENSE-APACHE");

const NAME: &str = "plugin-kit";
const MANIFEST: &str = "Cargo.toml";
/// Its manifest in this workspace, and the workspace's own.
const OWN_MANIFEST: &str = include_str!("../../../kit/Cargo.toml");
const WORKSPACE: &str = include_str!("../../../Cargo.toml");

/// All its files, by their paths in its folder.
///
/// # Errors
/// Never: this workspace's manifests are read by Cargo as well.
pub fn files() -> Result<Vec<(String, String)>, String> {
    let source = |(path, text): &(&str, &str)| (format!("src/{path}"), (*text).to_owned());
    let mut files: Vec<_> = sources::FILES.iter().map(source).collect();
    files.push((MANIFEST.to_owned(), manifest()?));
    files.push(("LICENSE-MIT".to_owned(), MIT.to_owned()));
    files.push(("LICENSE-APACHE".to_owned(), APACHE.to_owned()));
    Ok(files)
}

/// Puts this program's kit in the place of the one in a plugin's folder, whole or not at all, and tells whether it is
/// another.
///
/// # Errors
/// If there is none, or it can't be written.
pub fn renew(plugin: &Path) -> Result<bool, String> {
    let kit = plugin.join(FOLDER);
    let manifest = fs::read_to_string(kit.join(MANIFEST)).unwrap_or_default().parse::<Table>().unwrap_or_default();
    if manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str) != Some(NAME) {
        return Err(format!("{} is not the kit: name the folder of a plugin that plugin-host new made", kit.display()));
    }
    let files = files()?;
    if is_as(&kit, &files) {
        return Ok(false);
    }
    let told = |error: io::Error| format!("can't write {}: {error}", kit.display());
    let staging = tempfile::Builder::new().prefix(".kit-").tempdir_in(kit.parent().unwrap_or(plugin)).map_err(told)?;
    let (new, old) = (staging.path().join("new"), staging.path().join("old"));
    write(&new, &files).map_err(told)?;
    fs::rename(&kit, &old).map_err(told)?;
    fs::rename(&new, &kit).map_err(|error| {
        // The folder is never left without one.
        let _ = fs::rename(&old, &kit);
        told(error)
    })?;
    Ok(true)
}

/// Writes files into a folder.
///
/// # Errors
/// If one can't be written.
pub fn write(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    for (path, text) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(&file, text)?;
    }
    Ok(())
}

/// Whether a folder has these files, and no other source.
fn is_as(folder: &Path, files: &[(String, String)]) -> bool {
    let same = |(path, text): &(String, String)| fs::read_to_string(folder.join(path)).is_ok_and(|it| it == *text);
    let sources = files.iter().filter(|(path, _)| path.starts_with("src/")).count();
    files.iter().all(same) && count(&folder.join("src")) == sources
}

fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}

/// The kit's manifest outside of this workspace: without what only its own tests take, and with the values
/// that the workspace has for all.
fn manifest() -> Result<String, String> {
    let read = |text: &str| text.parse::<Table>().map_err(|error| error.to_string());
    let (mut manifest, workspace) = (read(OWN_MANIFEST)?, read(WORKSPACE)?);
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
    fn it_stands_on_its_own() {
        let manifest = manifest().unwrap();
        assert!(!manifest.contains("workspace") && !manifest.contains("path ="), "{manifest}");
    }

    #[test]
    fn it_is_renewed_whole_and_nothing_else_is() {
        let plugin = tempfile::tempdir().unwrap();
        let kit = plugin.path().join(FOLDER);
        assert!(renew(plugin.path()).unwrap_err().contains("is not the kit"));
        write(&kit, &files().unwrap()).unwrap();
        assert_eq!(renew(plugin.path()), Ok(false));

        fs::write(kit.join("src/gone.rs"), "").unwrap();
        fs::write(kit.join("src/lib.rs"), "older").unwrap();
        fs::write(plugin.path().join("vendor/mine"), "mine").unwrap();
        assert_eq!(renew(plugin.path()), Ok(true));
        assert!(is_as(&kit, &files().unwrap()) && !kit.join("src/gone.rs").exists());
        assert_eq!(fs::read_dir(plugin.path().join("vendor")).unwrap().count(), 2);

        fs::write(kit.join("Cargo.toml"), "[package]\nname = \"mine\"\n").unwrap();
        assert!(renew(plugin.path()).unwrap_err().contains("is not the kit"));
    }
}
