//! Items as a sheet: CSV for programs, and a table for people.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

use plugin_host_core::json;
use plugin_host_core::path::Path;
use plugin_host_core::schema;
use plugin_host_core::text::{self, on_one_line};
use serde_json::Value;

use super::spool::Spool;
use crate::cell;
use crate::cli::failure::Failure;
use crate::cli::output::written;
use crate::flat::{self, Columns};

/// A person reads no more of a cell.
const WIDEST: usize = 60;

/// Prints items of this schema as CSV.
///
/// # Errors
/// If they can't be written, or one has too many columns.
pub fn print_csv(schema: &Value, items: &mut Spool) -> Result<(), Failure> {
    write_csv(schema, items, BufWriter::new(io::stdout().lock()))
}

fn write_csv(schema: &Value, items: &mut Spool, out: impl Write) -> Result<(), Failure> {
    let mut columns = Columns::of(schema);
    for item in items.items()? {
        columns.note(&flat::cells(&item?)).map_err(Failure::Usage)?;
    }
    let columns: Vec<&Path> = columns.paths().collect();
    let mut out = csv::Writer::from_writer(out);
    written(out.write_record(columns.iter().map(|path| path.to_string())).map_err(io::Error::from))?;
    for item in items.items()? {
        let cells: HashMap<_, _> = flat::cells(&item?).into_iter().collect();
        let record = columns.iter().map(|path| match cells.get(*path) {
            Some(cell) if cell.is_text => cell::harmless(&cell.text).into_owned(),
            Some(cell) => cell.text.clone(),
            None => String::new(),
        });
        written(out.write_record(record).map_err(io::Error::from))?;
    }
    written(out.flush())
}

/// Prints items of this schema as a table. What is nested is shown as JSON.
///
/// # Errors
/// If they can't be written.
pub fn print_table(schema: &Value, items: &mut Spool) -> Result<(), Failure> {
    let mut columns: Vec<String> = schema::fields(schema).map(|field| field.name.to_owned()).collect();
    for item in items.items()? {
        for (name, _) in members(&item?) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    let row = |members: Vec<(String, String)>| -> Vec<String> {
        let members: HashMap<_, _> = members.into_iter().collect();
        columns.iter().map(|column| members.get(column).cloned().unwrap_or_default()).collect()
    };
    let mut widths: Vec<usize> = columns.iter().map(|name| name.chars().count()).collect();
    for item in items.items()? {
        for (width, cell) in widths.iter_mut().zip(row(members(&item?))) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    written(out.write_all(aligned(&columns, &widths).as_bytes()))?;
    for item in items.items()? {
        written(out.write_all(aligned(&row(members(&item?)), &widths).as_bytes()))?;
    }
    written(out.flush())
}

/// Rows for people, the first of them a header.
pub fn table(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cut(cell)).collect()).collect();
    let width = |place: usize| rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..count).map(|place| width(place).unwrap_or_default()).collect();
    rows.iter().map(|row| aligned(row, &widths)).collect()
}

fn aligned(cells: &[String], widths: &[usize]) -> String {
    let padded: Vec<_> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    format!("{}\n", padded.join("  ").trim_end())
}

/// The members of an item, as they are shown.
fn members(item: &serde_json::value::RawValue) -> Vec<(String, String)> {
    match json::object(item.get().as_bytes()) {
        Ok(object) => object.iter().map(|(name, value)| (name.to_owned(), cut(&shown(value)))).collect(),
        Err(_) => vec![("value".to_owned(), cut(&shown(item)))],
    }
}

fn shown(value: &serde_json::value::RawValue) -> String {
    if value.get() == "null" { String::new() } else { json::plain(value) }
}

fn cut(text: &str) -> String {
    text::cut(&on_one_line(text), WIDEST).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;
    use crate::batch;
    use crate::moment::Clock;

    #[test]
    fn what_is_listed_as_csv_is_the_same_when_it_is_read_as_inputs() {
        let line =
            json!({ "type": "object", "properties": { "sku": { "type": "string" }, "n": { "type": "number" } } });
        let schema = json!({ "type": "object", "properties": {
            "id": { "type": "string" }, "goods": { "type": "array", "items": line },
            "tags": { "type": "array", "items": { "type": "string" } }, "gift": { "type": "boolean" },
            "at": { "type": "object", "properties": { "city": { "type": "string" } } } } });
        let action = json!({ "name": "a", "title": "t", "description": "d", "inputSchema": schema });
        let items = [
            r#"{"at":{"city":"=1+1"},"gift":true,"goods":[{"n":12345678901234567890.5,"sku":"A,1"},{"sku":"'7"}],"id":"007"}"#,
            r#"{"goods":[{"n":-5,"sku":"+7 \"x\""}],"id":"-","tags":["a\nb","'s"]}"#,
            r#"{"at":{"city":"Évora"},"id":"8"}"#,
        ];
        let raw: Vec<_> = items.iter().map(|item| RawValue::from_string((*item).to_owned()).unwrap()).collect();
        let mut csv = Vec::new();
        assert!(write_csv(&schema, &mut Spool::of(&raw).ok().unwrap(), &mut csv).is_ok());

        let action = serde_json::from_value(action).unwrap();
        let names = batch::Names::new(&action, Vec::new(), Vec::new(), Clock::default()).unwrap();
        let spool = batch::Spool::copy(&csv[..], None).unwrap();
        let table =
            batch::Table::survey(spool, batch::Format::Csv, None, names, None).unwrap_or_else(|why| panic!("{why}"));
        let mut rows = table.rows().unwrap();
        let again: Vec<_> =
            std::iter::from_fn(|| rows.next().unwrap()).map(|row| table.request(&row).unwrap().input).collect();
        assert_eq!(again, items);
    }

    #[test]
    fn a_table_is_aligned_and_what_is_long_or_broken_is_cut_to_a_line() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let long = "x".repeat(100);
        let rows = [row(["value", "title"]), row(["A1", "Äpfel\nrot"]), row(["B", &long])];
        assert_eq!(table(&rows), format!("value  title\nA1     Äpfel rot\nB      {}…\n", "x".repeat(60)));
    }
}
