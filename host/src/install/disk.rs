//! Writing what no crash leaves half-written.

use std::fs::File;
use std::io;
use std::path::Path;

/// How what is not complete is called.
pub const NEW: &str = ".new-";

/// Lets a file, which nobody else could read while it was written, be read as any other.
#[cfg(unix)]
pub fn for_all(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

/// The same, where who may read a file is said otherwise.
#[cfg(not(unix))]
pub fn for_all(_: &File) -> io::Result<()> {
    Ok(())
}

/// Writes the names of a folder through to the disk.
#[cfg(unix)]
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The same, where a folder can't be opened.
#[cfg(not(unix))]
pub fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
