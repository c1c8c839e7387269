//! Files, read as far as somebody might have written them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::json::{self, Malformed};
use crate::text::{line, within_line};

/// The largest file that a person wrote.
const LARGEST: u64 = 16 << 20;

/// The text of a file that a person wrote: UTF-8, without the byte order mark that some editors put
/// before it.
///
/// # Errors
/// If it can't be read, or is of another encoding; the message names the file and what to do.
pub fn read(path: &Path) -> Result<String, String> {
    let path_told = path.display().to_string();
    let shown = within_line(&path_told);
    let bytes = read_bytes(path, LARGEST).map_err(|error| format!("can't read {shown}: {error}"))?;
    match json::text(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(Malformed::Encoding(name)) => Err(format!("{shown} is {name}: save it as UTF-8")),
        Err(Malformed::NotUtf8(place)) => Err(format!("{shown} is not UTF-8 ({place}): save it as UTF-8")),
        Err(other) => Err(other.of(&shown)),
    }
}

/// A file of at most so many bytes: what has no end, such as a device, is not read to it.
///
/// # Errors
/// If it can't be read, or is larger.
pub fn read_bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {} MiB", most >> 20)));
    }
    Ok(bytes)
}

/// What a text in TOML holds.
///
/// # Errors
/// The line to look at. What toml says itself repeats that line, and it may hold a secret.
pub fn toml<T: DeserializeOwned>(text: &str) -> Result<T, usize> {
    toml::from_str(text).map_err(|error| line(text, error.span().map_or(0, |span| span.start)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_without_an_end_is_not_read_to_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [b'a'; 9]).unwrap();
        assert_eq!(read_bytes(file.path(), 9).unwrap().len(), 9);
        assert!(read_bytes(file.path(), 8).is_err());
        #[cfg(unix)]
        assert!(super::read(Path::new("/dev/zero")).unwrap_err().contains("more than 16 MiB"));
    }

    #[test]
    fn what_is_no_toml_is_told_by_its_line() {
        assert_eq!(
            toml("[a]\nkey = 'it is'\n"),
            Ok(toml::toml! { [a]
            key = "it is" })
        );
        assert_eq!(toml::<toml::Table>("[a]\nkey = it is\n"), Err(2));
        assert_eq!(toml::<toml::Table>("a = ["), Err(1));
    }

    #[test]
    fn a_file_may_begin_with_a_mark_and_is_told_its_encoding_if_that_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path)
        };
        assert_eq!(read(b"\xef\xbb\xbfa\n").as_deref(), Ok("a\n"));
        assert_eq!(read(b"").as_deref(), Ok(""));
        assert!(read(b"\xff\xfea\0").unwrap_err().ends_with("f is UTF-16: save it as UTF-8"));
        assert!(read(b"a\0b\0").unwrap_err().contains("is UTF-16"));
        assert!(read(b"a\nb\xff").unwrap_err().ends_with("f is not UTF-8 (line 2, column 2): save it as UTF-8"));
        assert!(super::read(folder.path()).unwrap_err().starts_with("can't read "));
    }
}
