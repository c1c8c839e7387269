//! Archives whose bytes follow from their files alone: no time, no owner, one order.

use std::io::{Cursor, Write as _};

use toolchain::archive::{Entry, FILE, PROGRAM};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::File;

/// A zip of these files, in this order.
///
/// # Errors
/// If two of them have one path, or it is larger than a zip may be.
pub fn zip(files: &[File]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let mode = if file.is_program { PROGRAM } else { FILE };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(mode);
        writer.start_file(file.path.as_str(), options)?;
        writer.write_all(&file.content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A tar of these files, in this order.
///
/// # Errors
/// If a path is longer than a tar takes.
pub fn tar(files: &[File]) -> std::io::Result<Vec<u8>> {
    toolchain::archive::tar(entries(files))
}

/// A tar with gzip of these files, in this order.
///
/// # Errors
/// If a path is longer than a tar takes.
pub fn tar_gz(files: &[File]) -> std::io::Result<Vec<u8>> {
    toolchain::archive::tar_gz(entries(files))
}

fn entries(files: &[File]) -> impl Iterator<Item = Entry<'_>> {
    files.iter().map(|file| Entry { path: &file.path, content: &file.content, is_program: file.is_program })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn files() -> Vec<File> {
        let program = File { is_program: true, ..File::new("b/run", "program") };
        vec![File::new("a.txt", "text"), program, File::new(format!("c/{}/d", "long".repeat(40)), "deep")]
    }

    #[test]
    fn the_same_files_make_the_same_archives() {
        assert_eq!(zip(&files()).unwrap(), zip(&files()).unwrap());
        assert_eq!(tar_gz(&files()).unwrap(), tar_gz(&files()).unwrap());
        assert!(zip(&[File::new("a", ""), File::new("a", "")]).is_err(), "no reader could tell which counts");
    }

    #[test]
    fn what_is_put_in_comes_out() {
        let mut read = zip::ZipArchive::new(Cursor::new(zip(&files()).unwrap())).unwrap();
        for file in files() {
            let mut entry = read.by_name(&file.path).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert_eq!(content, file.content);
            assert_eq!(entry.unix_mode().unwrap() & 0o111 != 0, file.is_program);
        }
        let unpacked = tar_gz(&files()).unwrap();
        let mut read = tar::Archive::new(flate2::read::GzDecoder::new(unpacked.as_slice()));
        let found: Vec<_> = read
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let (path, mode) =
                    (entry.path().unwrap().to_string_lossy().into_owned(), entry.header().mode().unwrap());
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                File { path, content, is_program: mode & 0o111 != 0, is_shared: false }
            })
            .collect();
        assert_eq!(found, files());
    }
}
