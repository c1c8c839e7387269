//! Packages of a plugin for platforms that load no bundle: the shell, the bundle and what is made of its description.
//!
//! Everything is made in memory, byte for byte the same each time, and written when all of it is there.

pub mod archive;
mod bundle;
pub mod mcpb;
pub mod openapi;
mod publisher;
pub mod python;
mod text;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub use bundle::Bundle;
pub use publisher::Publisher;

/// A file of a package: its path, with `/` between its parts, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// The path.
    pub path: String,
    /// The content.
    pub content: Vec<u8>,
    /// Whether it is a program.
    pub is_program: bool,
}

/// Why there is no package, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The bundle can't be loaded.
    #[error(transparent)]
    Bundle(#[from] plugin_host_core::bundle::BundleError),
    /// The description breaks the contract.
    #[error("there can't be a package of {}: {why}", bundle.display())]
    Description {
        /// The bundle's folder.
        bundle: PathBuf,
        /// What is wrong with it.
        why: plugin_host_core::description::ContractError,
    },
    /// A file of the bundle is missing, or not the one that its sums name.
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
    /// The package can't be written.
    #[error("can't write {}: {source}", path.display())]
    Unwritten {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl File {
    /// A file that is no program.
    pub fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into(), is_program: false }
    }

    /// The same file in a folder.
    #[must_use]
    pub fn within(&self, folder: &str) -> Self {
        Self { path: format!("{folder}/{}", self.path), ..self.clone() }
    }
}

/// Writes files into a folder, each as a whole or not at all, and tells their paths.
///
/// # Errors
/// If the folder can't be made, or a file not be written.
pub fn write(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, PackageError> {
    let unwritten = |path: &Path, source| PackageError::Unwritten { path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, error))?;
    let whole = |file: &File| -> io::Result<tempfile::NamedTempFile> {
        let mut written = tempfile::Builder::new().prefix(".package-").tempfile_in(folder)?;
        written.write_all(&file.content)?;
        written.as_file().sync_all()?;
        open_to_all(written.as_file())?;
        Ok(written)
    };
    let mut all = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        all.push((whole(file).map_err(|error| unwritten(&path, error))?, path));
    }
    let mut paths = Vec::new();
    for (written, path) in all {
        written.persist(&path).map_err(|error| unwritten(&path, error.error))?;
        paths.push(path);
    }
    Ok(paths)
}

/// What is made in secret is for everybody once it is whole.
#[cfg(unix)]
fn open_to_all(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn open_to_all(_: &fs::File) -> io::Result<()> {
    Ok(())
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
    fn a_package_takes_the_place_of_an_older_one_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        for content in ["old", "new"] {
            let paths = write(&out, &[File::new("one.txt", content), File::new("two.txt", content)]).unwrap();
            assert_eq!(paths, [out.join("one.txt"), out.join("two.txt")]);
            assert_eq!(fs::read_to_string(&paths[1]).unwrap(), content);
        }
        assert_eq!(fs::read_dir(&out).unwrap().count(), 2);
        let refused = write(&out.join("one.txt"), &[]).unwrap_err().to_string();
        assert!(refused.starts_with("can't write") && refused.contains("one.txt"), "{refused}");
    }
}
