//! CSV as spreadsheets write it: records with the line on which each begins.
//!
//! The crate's own line numbers are off by one for CRLF and after blank lines, and it does not tell
//! a quotation mark that is never closed; so records are told apart here, and taken apart there.

use std::io::{self, BufRead, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::lines::{LONGEST, Lines, too_long};
use super::spool::BOM;

/// How a file writes its cells; results are written the same way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// Whether its lines end with CRLF.
    pub crlf: bool,
    /// Whether its first line is Excel's `sep=;`.
    pub declared: bool,
}

impl Dialect {
    /// Finds out from the file's first line. `known` tells how many of a header's names mean
    /// something: of several ways to read it, the one that makes most sense is right.
    pub fn detect(mut text: impl BufRead, known: impl Fn(&ByteRecord) -> usize) -> io::Result<Self> {
        let mut line = Vec::new();
        (&mut text).take(LONGEST).read_until(b'\n', &mut line)?;
        let crlf = line.ends_with(b"\r\n");
        let bom = line.starts_with(BOM);
        let first = line.get(if bom { BOM.len() } else { 0 }..).unwrap_or_default().trim_ascii_end();
        if let Some([delimiter]) = first.strip_prefix(b"sep=") {
            return Ok(Self { delimiter: *delimiter, bom, crlf, declared: true });
        }
        let sense = |delimiter| {
            let header = split(first, delimiter);
            (known(&header), header.len())
        };
        // Of equals, the last is taken: the comma.
        let delimiter = b"|\t;,".iter().copied().max_by_key(|delimiter| sense(*delimiter)).unwrap_or(b',');
        Ok(Self { delimiter, bom, crlf, declared: false })
    }
}

/// The cells of a record that stands alone.
fn split(record: &[u8], delimiter: u8) -> ByteRecord {
    let mut cells = ByteRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(record);
    // Memory can't fail to be read, and every text is some CSV.
    let _ = reader.read_byte_record(&mut cells);
    cells
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
    pub fn new(mut reader: R, dialect: Dialect) -> io::Result<Self> {
        if dialect.bom {
            reader.read_exact(&mut [0; BOM.len()])?;
        }
        let mut lines = Lines::new(reader);
        if dialect.declared {
            lines.next(&mut Vec::new())?;
        }
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
            self.text.extend(if self.dialect.crlf { &b"\r\n"[..] } else { b"\n" });
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
        let known = |header: &ByteRecord| header.iter().filter(|name| [&b"id"[..], b"status"].contains(name)).count();
        Dialect::detect(text.as_bytes(), known).unwrap()
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
    fn a_byte_order_mark_and_excels_first_line_are_no_cells() {
        assert_eq!(read("\u{feff}id;status\n1;x").unwrap(), [record(1, &["id", "status"]), record(2, &["1", "x"])]);
        assert_eq!(read("\u{feff}sep=;\r\nid\r\n1;2\r\n").unwrap(), [record(2, &["id"]), record(3, &["1", "2"])]);
    }

    #[test]
    fn every_record_has_the_line_on_which_it_begins() {
        for end in ["\n", "\r\n"] {
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
