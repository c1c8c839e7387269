//! Packages of a plugin for platforms that load no bundle: the shell, the bundle and what is made of its description.
//!
//! Everything is made in memory, byte for byte the same each time, and written when all of it is there.

pub mod archive;
mod bundle;
pub mod javascript;
pub mod mcpb;
pub mod openapi;
mod publisher;
pub mod python;
mod record;
mod script;
mod text;
mod write;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

pub use bundle::Bundle;
pub use publisher::Publisher;
pub use write::write;

/// A file of a package: its path, with `/` between its parts, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// The path.
    pub path: String,
    /// The content.
    pub content: Vec<u8>,
    /// Whether it is a program.
    pub is_program: bool,
    /// Whether it is a JSON object that others write into, too: their members stay.
    pub is_shared: bool,
}

/// The longest path in a package, in bytes: what every archive has room for.
const LONGEST_PATH: usize = 200;

/// What is written for a platform, and what there is to tell of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Made {
    /// The files, by their paths in the folder that is written to.
    pub files: Vec<File>,
    /// What is missing in it, and what to do.
    pub notes: Vec<String>,
    /// How it is installed there: one line, in which `{path}` stands for where it is.
    pub next: String,
    /// The file or folder, in the folder that is written to, that is the package; else all the files are.
    pub root: Option<String>,
}

/// Why there is no package, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The bundle can't be loaded.
    #[error(transparent)]
    Bundle(#[from] plugin_host_core::bundle::BundleError),
    /// The module can't be run, or its description would be misread.
    #[error(transparent)]
    Load(#[from] plugin_host_core::LoadError),
    /// The description breaks the contract.
    #[error("there can't be a package of {} before its description keeps the contract:{}", bundle.display(), faults.iter().map(|fault| format!("\n  - {fault}")).collect::<String>())]
    Faults {
        /// The bundle's folder.
        bundle: PathBuf,
        /// What is wrong with it.
        faults: Vec<plugin_host_core::description::Fault>,
    },
    /// A file of the bundle can't be read, or not be what it is.
    #[error("{}: {why}. Get the bundle again, or make it anew.", file.display())]
    File {
        /// Its path.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Something in the bundle can't be in such a package.
    #[error("there can't be such a package of {plugin}: {why}")]
    Unfit {
        /// The plugin's name.
        plugin: String,
        /// What, and what to do.
        why: String,
    },
    /// The shells of platforms in JavaScript are not in this program.
    #[error(
        "this plugin-host was built without the shells that a package for {platform} is made of: where Node is installed, build it again with `cargo xtask dist` before it, or use a released one"
    )]
    NoShells {
        /// The platform.
        platform: &'static str,
    },
    /// What stands where the package is to be was not written by this command, or has been changed since.
    #[error("{} is there already, and is not as an earlier package left it: name another folder, or say --force", path.display())]
    Foreign {
        /// Its path.
        path: PathBuf,
    },
    /// The package can't be written.
    #[error("can't write {}: {source}", path.display())]
    Unwritten {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Made {
    /// Files with nothing missing in them, and how they are installed.
    pub fn new(files: Vec<File>, next: impl Into<String>) -> Self {
        Self { files, notes: Vec::new(), next: next.into(), root: None }
    }
}

impl File {
    /// A file that is no program.
    pub fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into(), is_program: false, is_shared: false }
    }

    /// Whether its path stays within a package, on every system.
    ///
    /// # Errors
    /// If it does not: one line.
    pub fn check_path(&self) -> Result<(), String> {
        let path = &self.path;
        let is_plain = |part: &str| {
            !matches!(part, "" | "." | "..")
                && !part.ends_with(['.', ' '])
                && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
                && !part.chars().any(char::is_control)
        };
        let is_sound = path.len() <= LONGEST_PATH && path.split('/').all(is_plain);
        if is_sound { Ok(()) } else { Err(format!("{path:?} is no path within a package")) }
    }

    /// The same file in a folder.
    #[must_use]
    pub fn within(&self, folder: &str) -> Self {
        Self { path: format!("{folder}/{}", self.path), ..self.clone() }
    }
}

/// More files are no package.
const MOST_FILES: usize = 10_000;
/// More bytes in all are no package: 512 MiB.
const MOST_BYTES: usize = 512 << 20;

/// Holds the files of a package against what every system can unpack: each has a path of its own, within the package.
///
/// # Errors
/// With the path that can't be, or the limit that is exceeded: one line.
pub fn check(files: &[File]) -> Result<(), String> {
    if files.len() > MOST_FILES || files.iter().map(|file| file.content.len()).sum::<usize>() > MOST_BYTES {
        return Err(format!("a package has at most {MOST_FILES} files with {MOST_BYTES} bytes in all"));
    }
    let mut paths = BTreeSet::new();
    for file in files {
        file.check_path()?;
        if !paths.insert(file.path.to_lowercase()) {
            return Err(format!("{} is in it twice", file.path));
        }
    }
    // No file is another's folder.
    let folders = |path: &str| path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect::<Vec<_>>();
    match paths.iter().flat_map(|path| folders(path)).find(|folder| paths.contains(folder)) {
        Some(folder) => Err(format!("{folder} is in it as a file and as a folder")),
        None => Ok(()),
    }
}

/// The SHA-256 of bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_within_the_package() {
        for path in ["", "/", "/etc/passwd", "a//b", "../a", "a/../b", "a/.", "c:x", "a\\b", "a\nb", "a. ", "a./b"] {
            assert!(check(&[File::new(path, "")]).is_err(), "{path:?}");
        }
        for path in ["a", ".npmignore", "dist/a.b/c-d_e.js", "__proto__/x"] {
            check(&[File::new(path, "")]).unwrap();
        }
    }

    #[test]
    fn no_file_takes_the_place_of_another() {
        let files = |path: &str| [File::new("a/b", "1"), File::new(path, "2")];
        for path in ["a/b", "A/b", "a", "a/b/c"] {
            assert!(check(&files(path)).is_err(), "{path}");
        }
        check(&files("a/c")).unwrap();
        let many: Vec<_> = (0..=MOST_FILES).map(|number| File::new(number.to_string(), "")).collect();
        assert!(check(&many).unwrap_err().contains("at most"));
    }
}
