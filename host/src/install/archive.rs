//! Bundles in a .tar.gz, from anybody: nothing of one is written before all of it was looked at.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use plugin_host_core::bundle::{SUMS, check_path};
use tar::{Archive, EntryType};

use super::bundle::{Files, MOST_BYTES, MOST_FILES};
use super::error::InstallError;

/// The files of an archive, in which a bundle stands by itself or in one folder.
///
/// # Errors
/// If it is none, holds anything but files and folders within it, or unpacks to more than a bundle may have.
pub fn unpacked(packed: &[u8], what: &str) -> Result<Files, InstallError> {
    let refused = |why: String| InstallError::Archive { what: what.to_owned(), why };
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Err(refused("it does not begin as gzip does".to_owned()));
    }
    let mut archive = Archive::new(Bounded { inner: GzDecoder::new(packed), left: MOST_BYTES });
    let mut files = Files::new();
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => InstallError::TooLarge { what: what.to_owned(), most: MOST_BYTES },
        _ => refused(format!("it can't be unpacked: {error}")),
    };
    for (count, entry) in archive.entries().map_err(unread)?.enumerate() {
        let mut entry = entry.map_err(unread)?;
        if count == MOST_FILES {
            return Err(refused(format!("it has more than {MOST_FILES} files")));
        }
        let path = entry.path_bytes();
        let path = std::str::from_utf8(&path).map_err(|_| refused("a path in it is not UTF-8".to_owned()))?;
        let path = path.strip_prefix("./").unwrap_or(path).to_owned();
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular => {}
            _ => return Err(refused(format!("{path:?} in it is neither a file nor a folder"))),
        }
        check_path(&path).map_err(&refused)?;
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(unread)?;
        if files.insert(path.clone(), content).is_some() {
            return Err(refused(format!("{path} is in it twice")));
        }
    }
    Ok(without_folder(files))
}

/// The same without the folder in which all of them are, if the bundle begins there.
fn without_folder(files: Files) -> Files {
    let folder = files.keys().next().and_then(|path| path.split_once('/')).map(|(folder, _)| format!("{folder}/"));
    match folder {
        Some(folder)
            if files.keys().all(|path| path.starts_with(&folder)) && files.contains_key(&format!("{folder}{SUMS}")) =>
        {
            files.into_iter().map(|(path, content)| (path[folder.len()..].to_owned(), content)).collect()
        }
        _ => files,
    }
}

/// A reader that ends with an error after so many bytes.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;

    fn packed(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        for (path, kind, content) in entries {
            let mut header = Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            // As no honest tool writes it.
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            if *kind == EntryType::Symlink {
                header.set_link_name("/etc/passwd").unwrap();
            }
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn names(entries: &[(&str, EntryType, &[u8])]) -> Vec<String> {
        unpacked(&packed(entries), "it").unwrap().into_keys().collect()
    }

    fn refusal(packed: &[u8]) -> String {
        unpacked(packed, "it").unwrap_err().to_string()
    }

    const FILE: EntryType = EntryType::Regular;

    #[test]
    fn a_bundle_stands_in_an_archive_by_itself_or_in_one_folder() {
        let whole = ["SHA256SUMS", "i18n/ru.json"];
        assert_eq!(names(&[("SHA256SUMS", FILE, b"a"), ("i18n/ru.json", FILE, b"b")]), whole);
        let folder = ("shop-1.0.0/", EntryType::Directory, &b""[..]);
        let (sums, texts) =
            (("./shop-1.0.0/SHA256SUMS", FILE, &b"a"[..]), ("shop-1.0.0/i18n/ru.json", FILE, &b"b"[..]));
        assert_eq!(names(&[folder, sums, texts]), whole);
        assert_eq!(names(&[sums, ("b", FILE, b"")]), ["b", "shop-1.0.0/SHA256SUMS"]);
    }

    #[test]
    fn what_leads_out_of_a_bundle_or_is_no_file_is_refused() {
        for path in ["../evil", "/etc/passwd", "a/../../b", "a\\b", "c:/x", "a//b"] {
            let told = refusal(&packed(&[(path, FILE, b"")]));
            assert!(told.contains("no path within"), "{path}: {told}");
        }
        for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo] {
            assert!(refusal(&packed(&[("a", kind, b"")])).contains("neither a file nor a folder"), "{kind:?}");
        }
        assert!(refusal(&packed(&[("a", FILE, b"1"), ("a", FILE, b"2")])).contains("a is in it twice"));
        let many: Vec<_> = (0..=MOST_FILES).map(|number| number.to_string()).collect();
        let many: Vec<_> = many.iter().map(|path| (path.as_str(), FILE, &b""[..])).collect();
        assert!(refusal(&packed(&many)).contains("more than 2000 files"));
    }

    #[test]
    fn what_is_no_archive_or_unpacks_to_too_much_is_told() {
        assert!(refusal(b"<html>").contains("does not begin as gzip does"));
        let whole = packed(&[("a", FILE, &[7; 5000])]);
        assert!(refusal(&whole[..whole.len() / 2]).contains("can't be unpacked"));
        // Some 130 kB that stand for more than a bundle may have.
        let mut header = Header::new_gnu();
        header.set_path("a").unwrap();
        header.set_size(MOST_BYTES + 1);
        header.set_cksum();
        let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
        bomb.write_all(header.as_bytes()).unwrap();
        for _ in 0..129 {
            bomb.write_all(&vec![0; 1 << 20]).unwrap();
        }
        assert!(refusal(&bomb.finish().unwrap()).contains("more than the 128 MiB"));
    }
}
