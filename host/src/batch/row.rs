//! Rows as they stand in the input.

use std::fs::File;
use std::io::{self, BufReader};

use csv::ByteRecord;

use super::csv::Records;
use super::lines::Lines;

/// A row as it stands in the input.
pub struct Row {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// What stands there.
    pub content: Content,
}

/// What stands in a row.
pub enum Content {
    /// Cells.
    Cells(ByteRecord),
    /// The cells of several rows that make one input.
    Group(Group),
    /// A line of JSON, or what should be one.
    Json(Vec<u8>),
}

/// Rows that make one input.
pub struct Group {
    /// The first of them, with the line on which each begins.
    pub rows: Vec<(u64, ByteRecord)>,
    /// How many there are in all.
    pub count: usize,
}

/// Rows, one after the other.
pub enum Rows<'a> {
    /// Of a CSV file, whose header has been read.
    Csv(Box<Records<BufReader<&'a File>>>),
    /// Of a workbook's sheet, whose header has been read.
    Sheet(Lines<BufReader<&'a File>>),
    /// Of JSON on lines.
    Ndjson(Lines<BufReader<&'a File>>),
}

impl Rows<'_> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// If the input can't be read on.
    pub fn next(&mut self) -> io::Result<Option<Row>> {
        match self {
            Self::Csv(records) => {
                let mut cells = ByteRecord::new();
                let line = records.next(&mut cells)?;
                Ok(line.map(|line| Row { line, content: Content::Cells(cells) }))
            }
            Self::Sheet(lines) => {
                let mut cells = ByteRecord::new();
                let line = sheet_row(lines, &mut cells)?;
                Ok(line.map(|line| Row { line, content: Content::Cells(cells) }))
            }
            Self::Ndjson(lines) => loop {
                let mut text = Vec::new();
                if !lines.next(&mut text)? {
                    return Ok(None);
                }
                if !text.trim_ascii().is_empty() {
                    return Ok(Some(Row { line: lines.number, content: Content::Json(text) }));
                }
            },
        }
    }
}

/// Reads the next row of a workbook's sheet, as [`workbook`](super::workbook) writes it, and returns
/// its number; `None` at the end.
///
/// # Errors
/// If it can't be read.
pub fn sheet_row<R: io::BufRead>(lines: &mut Lines<R>, cells: &mut ByteRecord) -> io::Result<Option<u64>> {
    loop {
        let mut text = Vec::new();
        if !lines.next(&mut text)? {
            return Ok(None);
        }
        if !text.is_empty() {
            *cells = ByteRecord::from(serde_json::from_slice::<Vec<String>>(&text)?);
            return Ok(Some(lines.number));
        }
    }
}
