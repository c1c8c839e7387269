//! Rows as they stand in the input.

use std::fs::File;
use std::io::{self, BufReader};

use csv::ByteRecord;

use super::csv::Records;
use super::lines::Lines;
use super::spool::BOM;

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
    /// A line of JSON, or what should be one.
    Json(Vec<u8>),
}

/// Rows, one after the other.
pub enum Rows<'a> {
    /// Of a CSV file, whose header has been read.
    Csv(Box<Records<BufReader<&'a File>>>),
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
            Self::Ndjson(lines) => loop {
                let mut text = Vec::new();
                if !lines.next(&mut text)? {
                    return Ok(None);
                }
                if text.starts_with(BOM) && lines.number == 1 {
                    text.drain(..BOM.len());
                }
                if !text.trim_ascii().is_empty() {
                    return Ok(Some(Row { line: lines.number, content: Content::Json(text) }));
                }
            },
        }
    }
}
