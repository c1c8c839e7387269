//! Whether a file of a folder has changed since. The files of a plugin are few, so they are looked at from
//! time to time, which works on every file system alike.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

/// How often files are looked at.
const INTERVAL: Duration = Duration::from_millis(100);
/// What builds write, and nobody edits.
const BUILT: [&str; 3] = ["target", "dist", "node_modules"];

/// The files that there were, with when each was changed and how long it was.
#[derive(Debug, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl Stamp {
    /// The files of a folder as they are now, and those besides. What is hidden or built is passed over.
    pub fn of(folder: &Path, besides: &[&Path]) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = entry.path();
                if name.starts_with('.') || BUILT.contains(&name.as_str()) {
                    continue;
                }
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.extend(besides.iter().map(|path| (*path).to_owned()));
        files.sort();
        let stamped = |path: PathBuf| {
            let about = fs::metadata(&path).ok();
            let (changed, length) = about.map_or((None, 0), |about| (about.modified().ok(), about.len()));
            (path, changed, length)
        };
        // Cargo writes it while it builds.
        files.retain(|path| !path.ends_with("Cargo.lock"));
        Self(files.into_iter().map(stamped).collect())
    }

    /// Waits until something is no more as it was.
    pub fn wait(&self, folder: &Path, besides: &[&Path]) {
        while Self::of(folder, besides) == *self {
            thread::sleep(INTERVAL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_edited_is_a_change_and_what_is_built_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let now = || Stamp::of(folder.path(), &[]);
        let write = |path: &str, text: &str| {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("src/lib.rs", "1");
        let before = now();
        write("target/x", "1");
        write(".git/x", "1");
        write("Cargo.lock", "1");
        assert_eq!(now(), before);
        write("src/lib.rs", "12");
        assert_ne!(now(), before);
    }
}
