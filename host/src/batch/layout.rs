//! How the rows of an input are laid out, and what its columns are called.

use csv::ByteRecord;
use plugin_host_core::path::Path;
use plugin_host_core::text::{list, on_one_line, trim, unquoted};

use super::Refusal;
use super::csv::Dialect;
use super::encoding::Coding;
use super::names::Names;
use crate::cell;

/// How the rows are laid out.
pub enum Layout {
    /// In cells with a header: as CSV, or in a workbook's sheet, which has no dialect.
    Cells { dialect: Option<Dialect>, coding: Coding, head: Head },
    /// As JSON.
    Ndjson,
}

/// The header of cells.
pub struct Head {
    /// The line on which it begins.
    pub line: u64,
    /// Its cells.
    pub cells: ByteRecord,
    /// The field of each column, or the part of one.
    pub fields: Vec<Option<Path>>,
    /// The columns by which rows make one input; none if each row is one.
    pub group_by: Vec<usize>,
    /// Whether the cells are in quotation marks of a word processor.
    pub typographic: bool,
}

impl Head {
    /// By what the columns are called.
    pub fn of(line: u64, cells: ByteRecord, names: &Names) -> Self {
        let columns = || cells.iter().map(|cell| String::from_utf8_lossy(cell));
        let typographic = columns().all(|column| {
            let column = trim(&column);
            unquoted(column) != column
        });
        let fields = columns().map(|column| names.column(&column)).collect();
        let place = |name: &String| columns().position(|column| cell::name(&column) == cell::name(name));
        let group_by = names.group_by().iter().filter_map(place).collect();
        Self { line, cells, fields, group_by, typographic }
    }

    /// What the columns are called, as it is told.
    pub fn columns(&self) -> Vec<String> {
        self.cells.iter().map(|cell| on_one_line(&String::from_utf8_lossy(cell))).collect()
    }

    /// Checks that every column means one thing, and that those are there which tell what belongs
    /// together.
    ///
    /// # Errors
    /// If one could mean several, or it is no header.
    pub fn check(&self, names: &Names) -> Result<(), Refusal> {
        let columns = self.columns();
        let is_there = |name: &&String| columns.iter().any(|column| cell::name(column) == cell::name(name));
        if let Some(name) = names.group_by().iter().find(|name| !is_there(name)) {
            let columns = list(&columns);
            return Err(Refusal(format!(
                "--group-by names the column {name}, which is not there. The columns: {columns}"
            )));
        }
        let is_odd = |it: char| it.is_control() && !"\r\n\t".contains(it);
        if self.cells.iter().any(|cell| String::from_utf8_lossy(cell).contains(is_odd)) {
            let what = "its first line is no header of a CSV file: save it as \"CSV UTF-8\"";
            return Err(Refusal(what.to_owned()));
        }
        let mut known = self.fields.iter().zip(&columns).filter_map(|(field, column)| Some((field.as_ref()?, column)));
        if let Some((field, column)) = known.find(|(field, _)| field.has_each() && self.group_by.is_empty()) {
            return Err(Refusal(format!(
                "the column {column} holds one line of several: name the lines one by one, as in {}, or say with --group-by COLUMN which rows make one input",
                field.at(0)
            )));
        }
        for (place, field) in self.fields.iter().enumerate() {
            let same = self.fields[..place].iter().position(|other| other == field);
            if let Some((first, field)) = same.zip(field.as_ref()) {
                let (first, second) = (&columns[first], &columns[place]);
                let what = format!(
                    "the columns {first} and {second} are both taken for {field}: rename one, or say which with --map COLUMN={field}"
                );
                return Err(Refusal(what));
            }
        }
        Ok(())
    }

    /// Whether a cell that is sent holds more than ASCII.
    pub fn sends_letters(&self, cells: &ByteRecord) -> bool {
        let sent = cells.iter().zip(&self.fields).filter(|(_, field)| field.is_some());
        sent.map(|(cell, _)| String::from_utf8_lossy(cell)).any(|text| !trim(&text).is_ascii())
    }
}
