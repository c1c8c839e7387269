//! Files and folders, in an order that is the same each time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What is in a folder, but for what is hidden, by name.
///
/// # Errors
/// If it can't be read.
pub fn within(folder: &Path) -> Result<Vec<PathBuf>> {
    let unread = || format!("can't read {}", folder.display());
    let mut paths = Vec::new();
    for entry in folder.read_dir().with_context(unread)? {
        let entry = entry.with_context(unread)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// All files below a folder, hidden ones too, by path.
///
/// # Errors
/// If a folder can't be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A file's content.
///
/// # Errors
/// If it can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// Writes a file, and the folders that it is in.
///
/// # Errors
/// If it can't be written.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let written = fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| fs::write(path, content));
    written.with_context(|| format!("can't write {}", path.display()))
}
