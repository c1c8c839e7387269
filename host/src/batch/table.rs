//! The input of a batch: its rows, and what each of them asks for.

use std::collections::BTreeMap;
use std::io;

use csv::ByteRecord;
use serde::de::IgnoredAny;

use super::Refusal;
use super::csv::{Dialect, Records};
use super::lines::Lines;
use super::names::Names;
use super::request::Request;
use super::row::{Content, Row, Rows};
use super::spool::Spool;
use crate::error::ActionError;

/// How an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and a record for each row, with `,`, `;`, `|` or tabs between the cells.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

/// An input that was read once, to the end, and can be used.
pub struct Table {
    spool: Spool,
    names: Names,
    layout: Layout,
    /// The action's field that names what a row changes.
    subject: Option<String>,
    /// How many rows there are.
    pub rows: u64,
    /// The columns that mean nothing to the action: they are not sent.
    pub carried: Vec<String>,
}

/// How the rows are laid out.
pub enum Layout {
    /// As CSV, with this header, and the field of each column.
    Csv { dialect: Dialect, header: ByteRecord, fields: Vec<Option<String>> },
    /// As JSON.
    Ndjson,
}

impl Table {
    /// Reads the input once: counts its rows and checks its columns.
    ///
    /// # Errors
    /// If it can't be read as what it should be, or lacks a column that the action requires.
    pub fn survey(spool: Spool, format: Format, names: Names, subject: Option<&str>) -> Result<Self, Refusal> {
        let subject = subject.map(str::to_owned);
        let mut table = Self { spool, names, layout: Layout::Ndjson, subject, rows: 0, carried: Vec::new() };
        let mut columns = match format {
            Format::Csv => table.read_header()?,
            Format::Ndjson => Vec::new(),
        };
        let mut rows = table.rows()?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            if let Content::Json(line) = &row.content {
                let fields = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(line).unwrap_or_default();
                for name in fields.into_keys() {
                    // As many as a person reads.
                    if columns.len() < 1000 && !columns.contains(&name) {
                        columns.push(name);
                    }
                }
            }
        }
        drop(rows);
        if count == 0 {
            return Err(Refusal("there are no rows in it".to_owned()));
        }
        table.names.check_columns(&columns)?;
        columns.retain(|name| table.names.field(name).is_none());
        table.rows = count;
        table.carried = columns;
        Ok(table)
    }

    fn read_header(&mut self) -> Result<Vec<String>, Refusal> {
        let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
        let known = |header: &ByteRecord| header.iter().filter(|cell| self.names.field(&name(cell)).is_some()).count();
        let dialect = Dialect::detect(self.spool.reader()?, known)?;
        let mut header = ByteRecord::new();
        if Records::new(self.spool.reader()?, dialect)?.next(&mut header)?.is_none() {
            return Err(Refusal("it is empty".to_owned()));
        }
        if header.iter().any(|cell| cell.contains(&b'\r') || cell.contains(&0)) {
            let what = "its first line is no header of a CSV file with usual line ends: save it as \"CSV UTF-8\"";
            return Err(Refusal(what.to_owned()));
        }
        let columns: Vec<String> = header.iter().map(name).collect();
        let fields: Vec<_> = columns.iter().map(|column| self.names.field(column).map(str::to_owned)).collect();
        for (place, field) in fields.iter().enumerate() {
            if let Some((first, field)) = fields[..place].iter().position(|other| other == field).zip(field.as_ref()) {
                let (first, second) = (&columns[first], &columns[place]);
                let what = format!(
                    "the columns {first} and {second} are both taken for {field}: rename one, or say which with --map COLUMN={field}"
                );
                return Err(Refusal(what));
            }
        }
        self.layout = Layout::Csv { dialect, header, fields };
        Ok(columns.into_iter().filter(|name| !name.is_empty()).collect())
    }

    /// The SHA-256 of the input, in hex.
    pub fn sha256(&self) -> &str {
        &self.spool.sha256
    }

    /// The field that names what a row changes; empty if the action has none.
    pub fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or_default()
    }

    /// How the rows are laid out.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The rows from the beginning. One reader at a time.
    ///
    /// # Errors
    /// If the input's copy can't be read.
    pub fn rows(&self) -> io::Result<Rows<'_>> {
        let reader = self.spool.reader()?;
        match &self.layout {
            Layout::Csv { dialect, .. } => {
                let mut records = Records::new(reader, *dialect)?;
                records.next(&mut ByteRecord::new())?;
                Ok(Rows::Csv(Box::new(records)))
            }
            Layout::Ndjson => Ok(Rows::Ndjson(Lines::new(reader))),
        }
    }

    /// What a row asks for.
    ///
    /// # Errors
    /// If it is not a row of such a table; the message tells what is wrong.
    pub fn request(&self, row: &Row) -> Result<Request, Box<ActionError>> {
        Request::of(row, &self.layout, &self.names, self.subject.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;

    fn survey(text: &str, format: Format) -> Result<Table, String> {
        let spool = Spool::copy(text.as_bytes(), None).unwrap();
        Table::survey(spool, format, names(&[], &[]), Some("id")).map_err(|refusal| refusal.0)
    }

    #[test]
    fn rows_are_counted_and_read_with_their_lines() {
        let table =
            survey("id;Status;customer;\r\n1;paid;x;\r\n\r\n;;;\r\n2;sent;\"a\r\nb\";\r\n3;paid;;\r\n", Format::Csv)
                .unwrap();
        assert_eq!((table.rows, table.carried.as_slice()), (3, &["customer".to_owned()][..]));
        let mut rows = table.rows().unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push((row.line, table.request(&row).unwrap().input));
        }
        let row = |line, id, status| (line, format!(r#"{{"id":"{id}","status":"{status}"}}"#));
        assert_eq!(found, [row(2, 1, "paid"), row(5, 2, "sent"), row(7, 3, "paid")]);
    }

    #[test]
    fn json_on_lines_is_counted_and_its_unknown_names_are_known() {
        let table = survey("\u{feff}{\"id\":1,\"note\":2}\n\nno json\n{\"Status\":1}", Format::Ndjson).unwrap();
        assert_eq!((table.rows, table.carried.as_slice()), (3, &["note".to_owned()][..]));
        let mut rows = table.rows().unwrap();
        let lines: Vec<_> = std::iter::from_fn(|| rows.next().unwrap()).map(|row| row.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }

    #[test]
    fn an_input_that_can_not_be_used_is_refused_as_a_whole() {
        for (text, format, why) in [
            ("", Format::Csv, "empty"),
            ("id,status\n", Format::Csv, "no rows"),
            ("\n\n", Format::Ndjson, "no rows"),
            ("id,customer\n1,x\n", Format::Csv, "no column for status"),
            ("{\"id\":1}", Format::Ndjson, "no column for status"),
            ("id,status,Order Number\n1,x,1\n", Format::Csv, "id and Order Number are both taken for id"),
            ("id,status\r1,x\r", Format::Csv, "usual line ends"),
            ("id,status\n\"1,x\n", Format::Csv, "line 2 opens a quotation mark"),
        ] {
            let refusal = survey(text, format).err().unwrap();
            assert!(refusal.contains(why), "{why} is not in {refusal}");
        }
    }
}
