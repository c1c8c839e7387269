//! The files of a package, and what every system can unpack.

use std::collections::BTreeSet;

use plugin_host_core::bundle::check_path;

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
        check_path(&self.path)
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
