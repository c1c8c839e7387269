//! The folder of a new plugin: the files of `template/`, with its name in them, and the kit.

use std::fs;
use std::io;
use std::path::Path;

use super::kit;

mod own {
    include!(concat!(env!("OUT_DIR"), "/template.rs"));
}

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
    kit::write(staging.path(), &files(name, licence)?).map_err(told)?;
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
        files.push(("LICENSE-APACHE".to_owned(), kit::APACHE.to_owned()));
    }
    files.extend(kit::files()?.into_iter().map(|(path, text)| (format!("{}/{path}", kit::FOLDER), text)));
    Ok(files)
}

/// The text of the MIT licence, of others than who wrote this program.
fn granted_by(authors: &str) -> String {
    let line = |line: &str| match line.strip_prefix("Copyright (c) ").and_then(|rest| rest.split_once(' ')) {
        Some((year, _)) => format!("Copyright (c) {year} {authors}\n"),
        None => format!("{line}\n"),
    };
    kit::MIT.lines().map(line).collect()
}

/// `my-shop` as `My shop`.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let first = words.chars().next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(words.chars().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_has_its_name_in_it_and_nothing_left_to_fill_in() {
        let files = files("my-shop", "MIT").unwrap();
        for (path, text) in &files {
            let mine = !path.starts_with(kit::FOLDER);
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
    fn nothing_that_is_there_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("parcel");
        fs::write(&there, "mine").unwrap();
        assert!(write(&there, "parcel", LICENCES[0]).unwrap_err().contains("is there already"));
        assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
