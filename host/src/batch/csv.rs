//! CSV as spreadsheets write it: records with the line on which each begins.
//!
//! The crate's own line numbers are off by one for CRLF and after blank lines, and it does not tell
//! a quotation mark that is never closed; so records are told apart here, and taken apart there.

use std::io::{self, BufRead, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::header::{self, Candidate, Fit};
use super::lines::{LONGEST, Lines, too_long};

/// How a file writes its cells; results are written the same way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// How its lines end.
    pub ends: Ends,
    /// The line that is Excel's `sep=;`, if there is one; 0 if not.
    pub declared: u64,
}

/// How lines end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// With LF.
    #[default]
    Lf,
    /// With CRLF.
    CrLf,
    /// With CR, as old Macs wrote them and Excel for Mac still can.
    Cr,
}

impl Ends {
    fn of(text: &[u8]) -> Self {
        match text.iter().position(|byte| *byte == b'\n') {
            Some(place) if text[..place].ends_with(b"\r") => Self::CrLf,
            None if text.contains(&b'\r') => Self::Cr,
            _ => Self::Lf,
        }
    }

    fn last(self) -> u8 {
        if self == Self::Cr { b'\r' } else { b'\n' }
    }

    /// The end of a line.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::Cr => b"\r",
        }
    }
}

impl Dialect {
    /// Finds out how a file is written, and where its header is: of several ways to read it, the one
    /// that makes most sense of the header is right. `None` if there is nothing in it.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn detect<R: BufRead>(
        open: impl Fn() -> io::Result<R>,
        fit: impl Fn(&ByteRecord) -> Fit,
    ) -> io::Result<Option<(Self, Candidate)>> {
        let mut sample = Vec::new();
        open()?.take(64 << 10).read_to_end(&mut sample)?;
        let ends = Ends::of(&sample);
        let mut lines = sample.split(|byte| *byte == ends.last()).zip(1..);
        let first = lines.find(|(line, _)| !line.trim_ascii().is_empty());
        let declared = first.and_then(|(line, number)| Some((separator(line)?, number)));
        let (known, line) = declared.map_or((None, 0), |(delimiter, line)| (Some(delimiter), line));
        let mut best: Option<(Self, Candidate)> = None;
        let mut failed = None;
        for delimiter in known.map_or(b",;\t|".to_vec(), |delimiter| vec![delimiter]) {
            let dialect = Self { delimiter, ends, declared: line };
            let mut records = Records::new(open()?, dialect)?;
            match header::find(|cells| records.next(cells), &fit) {
                Ok(Some(found)) if best.as_ref().is_none_or(|(_, best)| best.rank() < found.rank()) => {
                    best = Some((dialect, found));
                }
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        match (best, failed) {
            (None, Some(error)) => Err(error),
            (best, _) => Ok(best),
        }
    }
}

/// What stands between cells, if this is the line in which Excel says so: `sep=;`, in any case, in
/// quotation marks, or with more of the same behind it, as a spreadsheet saves it again.
fn separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (name, rest) = line.split_at_checked(4)?;
    let (delimiter, rest) = rest.split_first()?;
    let names = name.eq_ignore_ascii_case(b"sep=");
    let usable = delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() && !b"\"\r\n".contains(delimiter);
    (names && usable && rest.iter().all(|byte| b"\" ".contains(byte) || byte == delimiter)).then_some(*delimiter)
}

/// The records of a CSV file, its header among them.
pub struct Records<R> {
    lines: Lines<R>,
    dialect: Dialect,
    text: Vec<u8>,
    parser: csv::Reader<Feed>,
}

impl<R: BufRead> Records<R> {
    /// Records from the file's beginning.
    pub fn new(reader: R, dialect: Dialect) -> io::Result<Self> {
        let mut lines = Lines::ending(reader, dialect.ends.last());
        while lines.number < dialect.declared && lines.next(&mut Vec::new())? {}
        let parser = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.delimiter)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(Feed::default());
        Ok(Self { lines, dialect, text: Vec::new(), parser })
    }

    /// Reads the next record that has anything in it, and returns the number of its first line;
    /// `None` at the end.
    ///
    /// # Errors
    /// If the file can't be read, or a quotation mark is not closed before its end.
    pub fn next(&mut self, cells: &mut ByteRecord) -> io::Result<Option<u64>> {
        loop {
            let Some(line) = self.next_text()? else {
                return Ok(None);
            };
            self.text.push(b'\n');
            self.parser.get_mut().0 = io::Cursor::new(std::mem::take(&mut self.text));
            let read = self.parser.read_byte_record(cells);
            self.text = std::mem::take(self.parser.get_mut().0.get_mut());
            read?;
            // Spreadsheets write rows of nothing but delimiters below the last one.
            if cells.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(line));
            }
        }
    }

    /// Reads the text of the next record that is not a blank line.
    fn next_text(&mut self) -> io::Result<Option<u64>> {
        self.text.clear();
        while self.text.is_empty() {
            if !self.lines.next(&mut self.text)? {
                return Ok(None);
            }
        }
        let line = self.lines.number;
        let mut quotes = Quotes::default();
        quotes.pass(&self.text, self.dialect.delimiter);
        while quotes.0 == Place::Quoted {
            self.text.extend(self.dialect.ends.bytes());
            let passed = self.text.len();
            if !self.lines.next(&mut self.text)? {
                let what = format!("line {line} opens a quotation mark that is not closed before the file's end");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            if self.text.len() as u64 > LONGEST {
                return Err(too_long(line));
            }
            quotes.pass(&self.text[passed..], self.dialect.delimiter);
        }
        Ok(Some(line))
    }
}

/// Hands the parser one record at a time.
#[derive(Default)]
struct Feed(io::Cursor<Vec<u8>>);

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

/// Whether a line break is one of a cell.
#[derive(Default)]
struct Quotes(Place);

#[derive(Default, PartialEq, Clone, Copy)]
enum Place {
    #[default]
    Begin,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl Quotes {
    fn pass(&mut self, text: &[u8], delimiter: u8) {
        for byte in text {
            self.0 = match (self.0, *byte) {
                (Place::Quoted, b'"') => Place::QuoteInQuoted,
                (Place::Begin | Place::QuoteInQuoted, b'"') | (Place::Quoted, _) => Place::Quoted,
                (_, byte) if byte == delimiter => Place::Begin,
                _ => Place::Plain,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> Dialect {
        let fit = |header: &ByteRecord| {
            let known = header.iter().filter(|name| [&b"id"[..], b"status"].contains(name)).count();
            Fit { whole: known == 2, known }
        };
        Dialect::detect(|| Ok(text.as_bytes()), fit).unwrap().map(|(dialect, _)| dialect).unwrap_or_default()
    }

    fn read(text: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
        let mut records = Records::new(text.as_bytes(), detect(text)).unwrap();
        let (mut cells, mut found) = (ByteRecord::new(), Vec::new());
        while let Some(line) = records.next(&mut cells).map_err(|error| error.to_string())? {
            found.push((line, cells.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect()));
        }
        Ok(found)
    }

    fn record(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_sense_of_the_header() {
        for (text, delimiter) in [
            ("id,status\n", b','),
            ("id;status\n", b';'),
            ("id\tstatus\n", b'\t'),
            ("id|status", b'|'),
            ("id;\"a,b,c,d\";status\n", b';'),
            ("id;a,b,c,d;status\n", b';'),
            ("id\n", b','),
            ("sep=|\nid|status\n", b'|'),
        ] {
            assert_eq!(detect(text).delimiter, delimiter, "{text}");
        }
    }

    #[test]
    fn excels_first_line_is_known_in_all_its_forms() {
        for (line, delimiter) in [
            ("sep=;", b';'),
            ("SEP=;", b';'),
            ("\"sep=;\"", b';'),
            ("sep=;;;", b';'),
            ("sep=; ", b';'),
            ("sep=\t", b'\t'),
            ("Sep=|", b'|'),
            ("sep=^", b'^'),
        ] {
            for end in ["\n", "\r\n", "\r"] {
                let text = [line, "id^status", "1^2", ""].join(end).replace('^', &char::from(delimiter).to_string());
                let found = [record(2, &["id", "status"]), record(3, &["1", "2"])];
                assert_eq!(read(&text).unwrap(), found, "{text:?}");
            }
        }
        for line in ["sep=", "sep=ab", "separator", "sep=\"", "sep=;x"] {
            assert_eq!(read(&format!("{line}\nid\n")).unwrap().len(), 2, "{line}");
        }
        assert_eq!(read("\r\n\r\nsep=;\r\nid\r\n1;2\r\n").unwrap(), [record(4, &["id"]), record(5, &["1", "2"])]);
    }

    #[test]
    fn a_title_or_an_empty_line_above_the_header_does_not_hide_the_delimiter() {
        assert_eq!(detect("\r\nid;status\r\n1;2\r\n").delimiter, b';');
        assert_eq!(detect("Orders, of 25.11.2026, all;;\n;;\nid;status\n1;2\n").delimiter, b';');
        assert_eq!(detect("The \"first\n\nid\tstatus\n1\t2\n").delimiter, b'\t');
    }

    #[test]
    fn every_record_has_the_line_on_which_it_begins() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "id,status\n\n1,2\n\"a\n\n\"\"b\",3\n,\n4,\"5\"\n".replace('\n', end);
            let broken = format!("a{end}{end}\"b");
            let expected = [
                record(1, &["id", "status"]),
                record(3, &["1", "2"]),
                record(4, &[&broken, "3"]),
                record(8, &["4", "5"]),
            ];
            assert_eq!(read(&text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_in_the_middle_of_a_cell_is_a_character() {
        assert_eq!(
            read("id,status\n5\" disk,\"a\"b\n1,2").unwrap()[1..],
            [record(2, &["5\" disk", "ab"]), record(3, &["1", "2"])]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told_by_its_line() {
        assert!(read("id,status\n1,2\n3,\"4\n5,6\n").unwrap_err().starts_with("line 3 opens"));
    }

    #[test]
    fn records_longer_than_the_parsers_buffer_stay_whole() {
        let long = "x".repeat(100_000);
        assert_eq!(
            read(&format!("id,status\n{long},1\n2,3\n")).unwrap()[1..],
            [record(2, &[&long, "1"]), record(3, &["2", "3"])]
        );
    }
}
