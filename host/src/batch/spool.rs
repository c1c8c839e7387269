//! A copy of the input: what is counted, sent and reported is the same, whoever saves the file
//! meanwhile.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use encoding_rs::{Encoding, UTF_8};
use plugin_kit::signature::hex;
use sha2::{Digest, Sha256};

use super::encoding::{BOM, Coding};

/// The copy. It has no name, so nothing of it is left when the process ends, however it ends.
pub struct Spool {
    file: File,
    /// Where its text begins.
    begins: u64,
    /// SHA-256 of the input, in hex.
    pub sha256: String,
    /// What the input is, by its first bytes.
    pub kind: Kind,
    /// How the input is encoded; the copy of a text is UTF-8.
    pub coding: Coding,
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A ZIP archive, as newer workbooks are.
    Zip,
    /// A compound file, as older workbooks are, and protected ones.
    Compound,
    /// Something else, of this name.
    Other(&'static str),
}

impl Kind {
    fn of(first: &[u8]) -> Self {
        const KNOWN: [(&[u8], Kind); 7] = [
            (b"PK\x03\x04", Kind::Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Compound),
            (b"%PDF", Kind::Other("a PDF file")),
            (b"{\\rtf", Kind::Other("a text document (RTF)")),
            (b"\x1f\x8b", Kind::Other("a compressed file (gzip)")),
            (b"Rar!", Kind::Other("an archive (RAR)")),
            (b"7z\xbc\xaf", Kind::Other("an archive (7-Zip)")),
        ];
        const PAGES: [&[u8]; 4] = [b"<!doct", b"<html", b"<table", b"<?xml"];
        let page = first.strip_prefix(BOM).unwrap_or(first).trim_ascii_start().to_ascii_lowercase();
        if PAGES.iter().any(|begins| page.starts_with(begins)) {
            // Shops give such files the names of workbooks.
            return Self::Other("a web page, or XML (open it in the spreadsheet and save it as .xlsx)");
        }
        KNOWN.iter().find(|(begins, _)| first.starts_with(begins)).map_or(Self::Text, |(_, kind)| *kind)
    }
}

impl Spool {
    /// Copies the input to its end; a text as UTF-8. Without an `encoding` that is recognised.
    ///
    /// # Errors
    /// If it can't be read or is no text, or there is no room for a copy in the folder for temporary
    /// files.
    pub fn copy(mut input: impl Read, encoding: Option<&'static Encoding>) -> io::Result<Self> {
        let mut file = temporary()?;
        let mut digest = Sha256::new();
        let mut first = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = match input.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => &buffer[..read?],
            };
            if read.is_empty() {
                break;
            }
            first.extend(read.iter().take(16 - first.len()));
            digest.update(read);
            file.write_all(read).map_err(no_room)?;
        }
        let (kind, sha256) = (Kind::of(&first), hex(&digest.finalize()));
        if kind != Kind::Text {
            return Ok(Self { file, begins: 0, sha256, kind, coding: Coding::MARKED });
        }
        let coding = Coding::of(&file, encoding)?;
        if coding.encoding == UTF_8 {
            // Nothing is made anew, but it is to be UTF-8.
            coding.decode(&file, &mut io::sink())?;
            return Ok(Self { file, begins: coding.mark as u64, sha256, kind, coding });
        }
        let spool = Self { file, begins: 0, sha256, kind, coding };
        spool.rewritten(|raw, out| coding.decode(&raw.file, out))
    }

    /// The same input, laid out anew.
    ///
    /// # Errors
    /// Those of `write`, and if there is no room for another copy.
    pub fn rewritten<E: From<io::Error>>(
        &self,
        write: impl FnOnce(&Self, &mut dyn Write) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut out = BufWriter::with_capacity(64 << 10, temporary()?);
        write(self, &mut out)?;
        let file = out.into_inner().map_err(|error| no_room(error.into_error()))?;
        Ok(Self { file, begins: 0, sha256: self.sha256.clone(), ..*self })
    }

    /// Reads from the beginning. One reader at a time: they share the place in the file.
    pub fn reader(&self) -> io::Result<BufReader<&File>> {
        (&self.file).seek(SeekFrom::Start(self.begins))?;
        Ok(BufReader::with_capacity(64 << 10, &self.file))
    }

    /// The copy itself, at its beginning.
    pub fn file(&self) -> io::Result<&File> {
        (&self.file).rewind()?;
        Ok(&self.file)
    }
}

fn temporary() -> io::Result<File> {
    tempfile::tempfile_in(std::env::temp_dir()).map_err(no_room)
}

fn no_room(error: io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    let what = format!("no room for a copy in {}, the folder for temporary files: {error}", folder.display());
    io::Error::new(error.kind(), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spool: &Spool) -> String {
        let mut text = String::new();
        spool.reader().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_copy_is_read_as_often_as_wanted_and_knows_its_hash() {
        let spool = Spool::copy(&b"abc"[..], None).unwrap();
        for _ in 0..2 {
            assert_eq!(text(&spool), "abc");
        }
        assert_eq!(spool.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_copy_is_utf_8_without_a_mark_whatever_the_input_is() {
        let copy =
            |input: &[u8], label: &str| text(&Spool::copy(input, Encoding::for_label(label.as_bytes())).unwrap());
        assert_eq!(copy(b"\xc7\xe0\xea\xe0\xe7", "windows-1251"), "Заказ");
        assert_eq!(copy(b"\xff\xfea\0;\0\x17\x04", ""), "a;З");
        assert_eq!(copy("\u{feff}З".as_bytes(), "utf-8"), "З");
        let wide: Vec<u8> = "З".repeat(40_000).encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(copy(&[b"\xfe\xff", &wide[..]].concat(), "").chars().count(), 40_000);
    }

    #[test]
    fn what_is_no_text_is_known_by_its_first_bytes() {
        for (bytes, kind) in [
            (&b"PK\x03\x04..."[..], Kind::Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Compound),
            (
                b"\xef\xbb\xbf\n<HTML>",
                Kind::Other("a web page, or XML (open it in the spreadsheet and save it as .xlsx)"),
            ),
            (b"%PDF-1.7", Kind::Other("a PDF file")),
            (b"PK", Kind::Text),
        ] {
            assert_eq!(Spool::copy(bytes, None).unwrap().kind, kind);
        }
    }
}
