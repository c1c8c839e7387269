//! The results: every row of the input, in its order, with what became of it. Rows that made one
//! input have the same outcome, each with its own line.

use std::io::{self, Write};

use plugin_host_core::redact::Redactor;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::journal::Finished;
use super::layout::Layout;
use super::outcome::Outcome;
use super::row::Content;
use super::sheet::{OF_WORKBOOK, Sheet};
use super::table::Table;
use super::tally::Tally;

/// Writes the results, and counts them; and the characters that the input's encoding lacks.
///
/// # Errors
/// If they can't be written, or input or journal can't be read.
pub fn write(table: &Table, journal: &Finished, redactor: &Redactor, out: &mut dyn Write) -> io::Result<(Tally, u64)> {
    let mut tally = Tally::default();
    let mut reader = journal.reader();
    let (mut rows, mut keys) = (table.each_row()?, table.keys());
    let mut form = match table.layout() {
        Layout::Cells { dialect, coding, head } => {
            let dialect = dialect.unwrap_or(OF_WORKBOOK);
            Form::Csv(Box::new(Sheet::begin(dialect, *coding, &head.cells, redactor, out)?))
        }
        Layout::Ndjson => Form::Ndjson(out),
    };
    while let Some(row) = rows.next()? {
        let begins = keys.begins(&row);
        let past = journal.past(begins, &mut reader)?;
        if begins == row.line {
            tally.count(row.line, &past);
        }
        let outcome = Outcome::of(row.line, past, table.subject());
        match (&mut form, &row.content) {
            (Form::Csv(sheet), Content::Cells(cells)) => sheet.row(cells, &outcome, redactor)?,
            (Form::Ndjson(out), Content::Json(text)) => {
                let input = input(text, redactor);
                let line = serde_json::to_string(&Line { outcome, input })?;
                writeln!(out, "{line}")?;
            }
            _ => unreachable!("cells have a header, and nothing else has"),
        }
    }
    let lacking = match form {
        Form::Csv(sheet) => sheet.end()?,
        Form::Ndjson(out) => out.flush().map(|()| 0)?,
    };
    Ok((tally, lacking))
}

enum Form<'a> {
    Csv(Box<Sheet<'a>>),
    Ndjson(&'a mut dyn Write),
}

/// A line of NDJSON: the outcome, and the row as it stands in the input under a name of its own.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    outcome: Outcome,
    input: Box<RawValue>,
}

/// The row as it stands in the input, or as a text if it is no JSON; without secrets.
fn input(text: &[u8], redactor: &Redactor) -> Box<RawValue> {
    let text = String::from_utf8_lossy(text.trim_ascii());
    let shown = match serde_json::from_str::<IgnoredAny>(&text) {
        Ok(_) => RawValue::from_string(redactor.json(text.into_owned())),
        Err(_) => serde_json::value::to_raw_value(&redactor.text(&text)),
    };
    shown.unwrap_or_default()
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_row_of_json_is_kept_digit_for_digit_without_a_secret() {
        let redactor = Redactor::of(["hunter2hunter2"]);
        let shown = |text: &str| input(text.as_bytes(), &redactor).get().to_owned();
        assert_eq!(shown(r#" {"a": 99999999999999999999.50} "#), r#"{"a": 99999999999999999999.50}"#);
        assert_eq!(shown("no \"json\""), r#""no \"json\"""#);
        for (text, masked) in [
            (r#"{"a":"hunter2hunter2","b":1.0}"#, r#"{"a":"***","b":1.0}"#),
            (r#"{"a":"\u0068unter2hunter2"}"#, r#"{"a":"***"}"#),
            ("no json hunter2hunter2", r#""no json ***""#),
        ] {
            assert_eq!(shown(text), masked);
        }
    }
}
