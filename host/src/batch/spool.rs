//! A copy of the input: what is counted, sent and reported is the same, whoever saves the file
//! meanwhile.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};

use encoding_rs::{Decoder, Encoding, UTF_8};
use sha2::{Digest, Sha256};

/// The mark that Windows programs put before UTF-8.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// The copy. It has no name, so nothing of it is left when the process ends, however it ends.
pub struct Spool {
    file: File,
    /// SHA-256 of the input, in hex.
    pub sha256: String,
}

impl Spool {
    /// Copies the input to its end, as UTF-8. Without an `encoding` it is taken for UTF-8, or for
    /// UTF-16 if it begins with that one's byte order mark.
    ///
    /// # Errors
    /// If it can't be read, or there is no room for a copy in the folder for temporary files.
    pub fn copy(mut input: impl Read, encoding: Option<&'static Encoding>) -> io::Result<Self> {
        let folder = std::env::temp_dir();
        let no_room = |error: io::Error| {
            let what = format!("no room for a copy in {}, the folder for temporary files: {error}", folder.display());
            io::Error::new(error.kind(), what)
        };
        let mut file = tempfile::tempfile_in(&folder).map_err(no_room)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        let mut decoder: Option<Decoder> = None;
        let mut begun = false;
        loop {
            let read = match input.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => &buffer[..read?],
            };
            if !begun {
                begun = true;
                let marked = || Encoding::for_bom(read).map(|(encoding, _)| encoding);
                decoder = encoding.or_else(marked).filter(|it| *it != UTF_8).map(Encoding::new_decoder);
                // By this mark spreadsheets know the results, too, for UTF-8.
                file.write_all(if decoder.is_some() { BOM } else { b"" }).map_err(no_room)?;
            }
            digest.update(read);
            match &mut decoder {
                Some(decoder) => file.write_all(decode(decoder, read).as_bytes()),
                None => file.write_all(read),
            }
            .map_err(no_room)?;
            if read.is_empty() {
                break;
            }
        }
        Ok(Self { file, sha256: hex(&digest.finalize()) })
    }

    /// Reads from the beginning. One reader at a time: they share the place in the file.
    pub fn reader(&self) -> io::Result<BufReader<&File>> {
        (&self.file).rewind()?;
        Ok(BufReader::with_capacity(64 << 10, &self.file))
    }
}

/// The next part of a text; an empty one is the last.
fn decode(decoder: &mut Decoder, part: &[u8]) -> String {
    let room = decoder.max_utf8_buffer_length(part.len()).expect("a buffer is far from the end of the memory");
    let mut text = String::with_capacity(room);
    let _ = decoder.decode_to_string(part, &mut text, part.is_empty());
    text
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_read_as_often_as_wanted_and_knows_its_hash() {
        let spool = Spool::copy(&b"abc"[..], None).unwrap();
        for _ in 0..2 {
            let mut text = String::new();
            spool.reader().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "abc");
        }
        assert_eq!(spool.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_copy_is_utf_8_whatever_the_input_is() {
        let copy = |input: &[u8], label: &str| {
            let mut text = String::new();
            let spool = Spool::copy(input, Encoding::for_label(label.as_bytes())).unwrap();
            spool.reader().unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(copy(b"\xc7\xe0\xea\xe0\xe7", "windows-1251"), "\u{feff}Заказ");
        assert_eq!(copy(b"\xff\xfea\0;\0\x17\x04", ""), "\u{feff}a;З");
        assert_eq!(copy("\u{feff}З".as_bytes(), "utf-8"), "\u{feff}З");
        // A character that is cut in two by the buffer's end.
        let long = [b"x".repeat((64 << 10) - 1), "З".as_bytes().to_vec()].concat();
        assert!(copy(&long, "").ends_with("xЗ"));
        let wide: Vec<u8> = "З".repeat(40_000).encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(copy(&[b"\xfe\xff\0", &wide[1..]].concat(), "").chars().count(), 40_001);
    }
}
