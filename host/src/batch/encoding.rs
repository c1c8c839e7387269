//! How a file's characters are written as bytes: recognised, or as the caller says.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The mark that Windows programs put before UTF-8.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// How a file is encoded; results are written the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coding {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// How many bytes its byte order mark takes; 0 if it has none.
    pub mark: usize,
    /// Whether it was guessed from what the letters would be.
    pub guessed: bool,
}

impl Coding {
    /// UTF-8 with the mark by which spreadsheets know it.
    pub const MARKED: Self = Self { encoding: UTF_8, mark: BOM.len(), guessed: false };

    /// Looks at a file, whose caller may have said how it is encoded.
    ///
    /// # Errors
    /// If it can't be read, or is no text; the message says what to do.
    pub fn of(mut file: &File, said: Option<&'static Encoding>) -> io::Result<Self> {
        file.rewind()?;
        let mut first = [0; 4];
        let read = read_full(file, &mut first)?;
        if matches!(first, [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff]) && read == 4 {
            return Err(no_text("it is UTF-32, which no spreadsheet reads"));
        }
        let sure = |encoding, mark| Self { encoding, mark, guessed: false };
        if let Some((encoding, mark)) = Encoding::for_bom(&first[..read]) {
            return Ok(sure(encoding, mark));
        }
        if let Some(encoding) = said {
            return Ok(sure(encoding, 0));
        }
        let looks = Looks::of(file)?;
        match looks.nul {
            [0, 0] if looks.utf8 => Ok(sure(UTF_8, 0)),
            [0, 0] => looks.guess(),
            // The upper half of a Latin letter.
            [0, odd] if odd * 8 >= looks.length => Ok(sure(UTF_16LE, 0)),
            [even, 0] if even * 8 >= looks.length => Ok(sure(UTF_16BE, 0)),
            _ => Err(no_text("it holds bytes that no text has")),
        }
    }

    /// Writes the file as UTF-8, without a mark.
    ///
    /// # Errors
    /// If it can't be read or written, or is not encoded so.
    pub fn decode(&self, mut file: &File, out: &mut dyn Write) -> io::Result<()> {
        file.seek(io::SeekFrom::Start(self.mark as u64))?;
        let mut decoder = self.encoding.new_decoder_without_bom_handling();
        let (mut bytes, mut text, mut line) = (vec![0; 64 << 10], vec![0; 256 << 10], 1);
        loop {
            let read = read_full(file, &mut bytes)?;
            let mut part = &bytes[..read];
            loop {
                let (result, taken, made) = decoder.decode_to_utf8_without_replacement(part, &mut text, read == 0);
                out.write_all(&text[..made])?;
                line += text[..made].iter().filter(|byte| **byte == b'\n').count();
                part = &part[taken..];
                match result {
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => {
                        let name = self.encoding.name();
                        return Err(no_text(&format!("it is not {name}, as line {line} shows")));
                    }
                }
            }
            if read == 0 {
                return Ok(());
            }
        }
    }
}

/// What a whole file looks like.
struct Looks {
    length: u64,
    /// Zeros in places with even and with odd numbers.
    nul: [u64; 2],
    utf8: bool,
    detector: EncodingDetector,
}

impl Looks {
    fn of(mut file: &File) -> io::Result<Self> {
        file.rewind()?;
        let detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let mut looks = Self { length: 0, nul: [0, 0], utf8: true, detector };
        let mut decoder = UTF_8.new_decoder_without_bom_handling();
        let (mut bytes, mut text) = (vec![0; 64 << 10], vec![0; 256 << 10]);
        loop {
            let read = read_full(file, &mut bytes)?;
            let part = &bytes[..read];
            for (place, _) in part.iter().enumerate().filter(|(_, byte)| **byte == 0) {
                looks.nul[place % 2] += 1;
            }
            looks.length += read as u64;
            looks.detector.feed(part, read == 0);
            if looks.utf8 {
                let (result, ..) = decoder.decode_to_utf8_without_replacement(part, &mut text, read == 0);
                looks.utf8 = result == DecoderResult::InputEmpty;
            }
            if read == 0 {
                return Ok(looks);
            }
        }
    }

    fn guess(&self) -> io::Result<Coding> {
        let encoding = self.detector.guess(None, Utf8Detection::Deny);
        // Whatever is in none of the files that people have is a mixture, or damaged.
        if PLAUSIBLE.contains(&encoding.name()) {
            return Ok(Coding { encoding, mark: 0, guessed: true });
        }
        Err(no_text("how it is encoded can't be told"))
    }
}

/// What spreadsheets and shops write that is not Unicode.
const PLAUSIBLE: [&str; 14] = [
    "windows-1251",
    "windows-1252",
    "windows-1250",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1257",
    "KOI8-U",
    "IBM866",
    "ISO-8859-2",
    "ISO-8859-5",
    "Shift_JIS",
    "gb18030",
    "EUC-KR",
];

/// The encoding of a name, as people write it.
///
/// # Errors
/// If it is none; the text explains.
pub fn named(name: &str) -> Result<&'static Encoding, String> {
    let lower = name.trim().to_lowercase().replace(['_', ' '], "-");
    let plain =
        lower.trim_start_matches("windows").trim_start_matches("win").trim_start_matches("cp").trim_start_matches('-');
    let label = match (lower.as_str(), plain) {
        ("ansi" | "oem" | "dos", _) => {
            let explained = "each Windows has one of its own: windows-1251 (ANSI) and cp866 (OEM, DOS) where it is Russian, windows-1252 and cp850 in Western Europe";
            return Err(explained.to_owned());
        }
        ("utf8" | "utf-8-sig" | "utf-8-bom" | "utf8-bom" | "utf8-sig", _) => "utf-8".to_owned(),
        ("unicode" | "utf16" | "utf16le" | "utf-16-le" | "unicode-text", _) => "utf-16le".to_owned(),
        ("utf16be" | "utf-16-be", _) => "utf-16be".to_owned(),
        ("koi8r" | "koi8", _) => "koi8-r".to_owned(),
        (_, number @ ("1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257" | "1258")) => {
            format!("windows-{number}")
        }
        (_, "866") => "ibm866".to_owned(),
        (_, "65001") => "utf-8".to_owned(),
        (_, "1200") => "utf-16le".to_owned(),
        _ => lower.clone(),
    };
    let found = Encoding::for_label_no_replacement(label.as_bytes()).filter(|it| it.name() != "x-user-defined");
    found.ok_or("it is none that is known; windows-1251, cp866, koi8-r and utf-16 are some".to_owned())
}

/// Writes UTF-8 in a file's own encoding. A character that it lacks is written as JSON would escape
/// it, `\u2713`, and counted.
pub struct Encoded<'a> {
    out: &'a mut dyn Write,
    encoding: &'static Encoding,
    /// The beginning of a character whose end is still to come.
    begun: Vec<u8>,
    /// How many characters the encoding lacks.
    pub lacking: u64,
}

impl<'a> Encoded<'a> {
    /// Writes the mark, where the file has one or a program would need it.
    pub fn begin(coding: Coding, out: &'a mut dyn Write) -> io::Result<Self> {
        let utf16 = coding.encoding == UTF_16LE || coding.encoding == UTF_16BE;
        let mut encoded = Self { out, encoding: coding.encoding, begun: Vec::new(), lacking: 0 };
        if coding.mark > 0 || utf16 {
            encoded.text("\u{feff}")?;
        }
        Ok(encoded)
    }

    fn text(&mut self, mut text: &str) -> io::Result<()> {
        if self.encoding == UTF_8 {
            return self.out.write_all(text.as_bytes());
        }
        if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            let little = self.encoding == UTF_16LE;
            let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            return self.out.write_all(&text.encode_utf16().flat_map(bytes).collect::<Vec<_>>());
        }
        let mut encoder = self.encoding.new_encoder();
        let mut bytes = vec![0; 64 << 10];
        loop {
            let (result, taken, made) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
            self.out.write_all(&bytes[..made])?;
            text = &text[taken..];
            match result {
                EncoderResult::InputEmpty => return Ok(()),
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(lacking) => {
                    self.lacking += 1;
                    for unit in lacking.encode_utf16(&mut [0; 2]) {
                        write!(self.out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
    }
}

impl Write for Encoded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.begun);
        let whole = match std::str::from_utf8(&all) {
            Ok(text) => text,
            Err(error) => {
                let (whole, rest) = all.split_at(error.valid_up_to());
                self.begun = rest.to_vec();
                std::str::from_utf8(whole).unwrap_or_default()
            }
        };
        self.text(whole)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads until the buffer is full, or the file at its end.
fn read_full(mut file: &File, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn no_text(why: &str) -> io::Error {
    let what = format!("{why}: save it as \"CSV UTF-8\", or say how it is encoded, such as --encoding windows-1251");
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn read(bytes: &[u8], said: Option<&str>) -> Result<(&'static str, bool, String), String> {
        let file = file(bytes);
        let coding = Coding::of(&file, said.map(|name| named(name).unwrap())).map_err(|error| error.to_string())?;
        let mut text = Vec::new();
        coding.decode(&file, &mut text).map_err(|error| error.to_string())?;
        Ok((coding.encoding.name(), coding.guessed, String::from_utf8(text).unwrap()))
    }

    fn sure(name: &'static str, text: &str) -> Result<(&'static str, bool, String), String> {
        Ok((name, false, text.to_owned()))
    }

    #[test]
    fn unicode_is_known_by_its_mark_or_its_zeros() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        let text = "id;Заказ\r\n1;cancel\r\n";
        assert_eq!(read(text.as_bytes(), None), sure("UTF-8", text));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes(), None), sure("UTF-8", text));
        assert_eq!(read(&le(text), None), sure("UTF-16LE", text));
        assert_eq!(read(&be(text), None), sure("UTF-16BE", text));
        assert_eq!(read(&le(&format!("\u{feff}{text}")), Some("cp1251")), sure("UTF-16LE", text));
        assert_eq!(read(&be(&format!("\u{feff}{text}")), None), sure("UTF-16BE", text));
        assert_eq!(read(b"", None), sure("UTF-8", ""));
        // A character that is cut in two by a buffer's end.
        let long = "x".repeat((64 << 10) - 1) + "Заказ";
        assert_eq!(read(long.as_bytes(), None), sure("UTF-8", &long));
    }

    #[test]
    fn older_encodings_are_recognised() {
        let text = "bill_id;status;Покупатель\r\n100010;cancel;Пётр\r\n999999;cancel;Анна\r\n";
        for name in ["windows-1251", "koi8-u", "ibm866"] {
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, ..) = encoding.encode(text);
            assert_eq!(read(&bytes, None), Ok((encoding.name(), true, text.to_owned())), "{name}");
            assert_eq!(read(&bytes, Some(name)), sure(encoding.name(), text), "{name}");
        }
        let text = "id;Kunde\n1;Jürgen Müller, Köln\n2;Zoë\n";
        assert_eq!(read(&encoding_rs::WINDOWS_1252.encode(text).0, None), Ok(("windows-1252", true, text.to_owned())));
    }

    #[test]
    fn what_is_no_text_is_refused_with_what_to_do() {
        for bytes in [
            &b"a\0\0\0\0b"[..],
            b"\xff\xfe\0\0a\0\0\0",
            b"\xef\xbb\xbfa\n\xff",
            b"\xff\xfea",
            b"abcdefghijklmnopqrstuvwxyz\0abcde",
        ] {
            let refusal = read(bytes, None).unwrap_err();
            assert!(refusal.contains("CSV UTF-8"), "{bytes:?}: {refusal}");
        }
        assert!(read(b"a\nb\xff\n", Some("utf-8")).unwrap_err().contains("not UTF-8, as line 2 shows"));
    }

    #[test]
    fn encodings_have_the_names_that_people_give_them() {
        for (name, encoding) in [
            ("cp1251", "windows-1251"),
            ("1251", "windows-1251"),
            ("CP-1251", "windows-1251"),
            ("win1251", "windows-1251"),
            ("Windows_1251", "windows-1251"),
            ("windows 1251", "windows-1251"),
            ("866", "IBM866"),
            ("KOI8R", "KOI8-R"),
            ("UTF8", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("Unicode", "UTF-16LE"),
            ("latin1", "windows-1252"),
        ] {
            assert_eq!(named(name).map(Encoding::name), Ok(encoding), "{name}");
        }
        assert!(named("ansi").unwrap_err().contains("windows-1251 (ANSI)"));
        for name in ["klingon", "", "utf-32", "x-user-defined", "hz-gb-2312"] {
            assert!(named(name).unwrap_err().contains("windows-1251"), "{name}");
        }
    }

    #[test]
    fn results_are_written_in_the_files_encoding_and_nothing_is_lost() {
        let write = |encoding: &str, mark, text: &str| {
            let coding = Coding { encoding: named(encoding).unwrap(), mark, guessed: false };
            let mut out = Vec::new();
            let mut encoded = Encoded::begin(coding, &mut out).unwrap();
            // Byte by byte, so that characters are cut.
            text.bytes().for_each(|byte| encoded.write_all(&[byte]).unwrap());
            (encoded.lacking, out)
        };
        assert_eq!(write("cp1251", 0, "Заказ"), (0, b"\xc7\xe0\xea\xe0\xe7".to_vec()));
        assert_eq!(write("cp1251", 0, "З✓😀"), (2, b"\xc7\\u2713\\ud83d\\ude00".to_vec()));
        assert_eq!(write("utf-8", 3, "З"), (0, "\u{feff}З".into()));
        assert_eq!(write("utf-8", 0, "З"), (0, "З".into()));
        assert_eq!(write("utf-16", 0, "З"), (0, b"\xff\xfe\x17\x04".to_vec()));
    }
}
