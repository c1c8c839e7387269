//! Archives whose bytes follow from their files alone: no time, no owner, one order.

use std::io::{self, Read as _, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// The rights of a program.
pub const PROGRAM: u32 = 0o755;
/// The rights of any other file.
pub const FILE: u32 = 0o644;
/// The time that all files in a tar have: zip knows none before 1980, and some tools refuse 1970.
const SECONDS: u64 = 315_532_800;

/// A file in an archive.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its path, with `/` between its parts.
    pub path: &'a str,
    /// What is in it.
    pub content: &'a [u8],
    /// Whether it is a program.
    pub is_program: bool,
}

/// A tar of these files, in this order.
///
/// # Errors
/// If a path is longer than a tar takes.
pub fn tar<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> io::Result<Vec<u8>> {
    written(Vec::new(), entries)
}

/// A tar with gzip of these files, in this order.
///
/// # Errors
/// If a path is longer than a tar takes.
pub fn tar_gz<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> io::Result<Vec<u8>> {
    written(GzEncoder::new(Vec::new(), Compression::default()), entries)?.finish()
}

fn written<'a, W: Write>(into: W, entries: impl IntoIterator<Item = Entry<'a>>) -> io::Result<W> {
    let mut writer = tar::Builder::new(into);
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(entry.content.len() as u64);
        header.set_mode(if entry.is_program { PROGRAM } else { FILE });
        header.set_mtime(SECONDS);
        writer.append_data(&mut header, entry.path, entry.content)?;
    }
    writer.into_inner()
}

/// The content of the first file of a tar with gzip whose path ends so; none if there is none.
///
/// # Errors
/// If it is no such archive.
pub fn find(archive: &[u8], ending: &str) -> io::Result<Option<Vec<u8>>> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.to_string_lossy().ends_with(ending) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            return Ok(Some(content));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found_and_nothing_else() {
        let entry = |path, content| Entry { path, content, is_program: false };
        let archive = tar_gz([entry("a/one.txt", b"1"), entry("a/two.txt", b"2")]).unwrap();
        assert_eq!(archive, tar_gz([entry("a/one.txt", b"1"), entry("a/two.txt", b"2")]).unwrap());
        assert_eq!(find(&archive, "/two.txt").unwrap(), Some(b"2".to_vec()));
        assert_eq!(find(&archive, "/three.txt").unwrap(), None);
        assert!(find(b"no archive", "x").is_err());
    }
}
