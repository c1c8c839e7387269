//! Results as CSV, written as the input is.

use std::io::{self, Write};

use csv::{ByteRecord, Terminator, Writer, WriterBuilder};
use plugin_host_core::redact::Redactor;

use super::csv::{Dialect, Ends};
use super::encoding::{Coding, Encoded};
use super::outcome::Outcome;
use crate::cell;

/// How results of a workbook are written: Excel opens it where its language has decimal commas, and
/// other programs recognise it.
pub const OF_WORKBOOK: Dialect = Dialect { delimiter: b';', ends: Ends::CrLf, declared: 0 };

/// The columns that results add.
const COLUMNS: [&str; 7] = ["line", "ok", "kind", "message", "retry", "effect", "output"];

/// A sheet of results.
pub struct Sheet<'a> {
    writer: Writer<Encoded<'a>>,
    /// How many of the input's columns are kept: all but those of earlier results.
    kept: usize,
}

impl<'a> Sheet<'a> {
    /// Writes the header.
    pub fn begin(
        dialect: Dialect,
        coding: Coding,
        header: &ByteRecord,
        redactor: &Redactor,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        // Results that were mended and are used as an input get new results, not a second set.
        let mut names: Vec<_> = header.iter().map(<[u8]>::trim_ascii).collect();
        if names.ends_with(&COLUMNS.map(str::as_bytes)) {
            names.truncate(names.len() - COLUMNS.len());
        }
        // A column of the merchant's own keeps its name.
        let added = COLUMNS.map(|column| {
            let taken = names.iter().any(|name| name.eq_ignore_ascii_case(column.as_bytes()));
            if taken { format!("result_{column}") } else { column.to_owned() }
        });
        let mut writer = WriterBuilder::new()
            .delimiter(dialect.delimiter)
            .terminator(match dialect.ends {
                Ends::Lf => Terminator::Any(b'\n'),
                Ends::CrLf => Terminator::CRLF,
                Ends::Cr => Terminator::Any(b'\r'),
            })
            .from_writer(Encoded::begin(coding, out)?);
        let kept = names.len();
        let own = header.iter().take(kept).map(|name| redactor.bytes(name));
        writer.write_record(own.chain(added.iter().map(|name| name.as_bytes().into())))?;
        Ok(Self { writer, kept })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &ByteRecord, outcome: &Outcome, redactor: &Redactor) -> io::Result<()> {
        let line = outcome.line.to_string();
        let message = cell::harmless(&outcome.message);
        let output = outcome.output.as_ref().map_or("", |output| output.get());
        let ok = if outcome.ok { "true" } else { "false" };
        let added = [line.as_str(), ok, &outcome.kind, &message, outcome.retry, outcome.effect, output];
        // A row that has too few cells, or too many, must not shift what follows.
        let own = (0..self.kept).map(|place| redactor.bytes(cells.get(place).unwrap_or_default()));
        Ok(self.writer.write_record(own.chain(added.iter().map(|cell| cell.as_bytes().into())))?)
    }

    /// Writes what is still to be written, and tells how many characters the encoding lacks.
    pub fn end(mut self) -> io::Result<u64> {
        self.writer.flush()?;
        Ok(self.writer.get_ref().lacking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(dialect: Dialect, header: &[&str], rows: &[&[&str]]) -> String {
        let mut out = Vec::new();
        let (coding, header) = (Coding::MARKED, ByteRecord::from(header.to_vec()));
        let mut sheet = Sheet::begin(dialect, coding, &header, &Redactor::default(), &mut out).unwrap();
        for row in rows {
            let message = "=1+1".to_owned();
            let outcome = Outcome {
                line: 2,
                ok: false,
                kind: "rejected".to_owned(),
                message,
                retry: "never",
                effect: "none",
                output: None,
            };
            sheet.row(&ByteRecord::from(row.to_vec()), &outcome, &Redactor::default()).unwrap();
        }
        sheet.end().unwrap();
        String::from_utf8(out).unwrap().strip_prefix('\u{feff}').unwrap().to_owned()
    }

    #[test]
    fn results_are_written_as_the_input_is() {
        let dialect = OF_WORKBOOK;
        let text = sheet(dialect, &["id", "x"], &[&["1", "a;b"]]);
        assert_eq!(
            text,
            "id;x;line;ok;kind;message;retry;effect;output\r\n1;\"a;b\";2;false;rejected;'=1+1;never;none;\r\n"
        );
    }

    #[test]
    fn rows_of_another_length_do_not_shift_the_outcome() {
        let dialect = Dialect { delimiter: b',', ..Dialect::default() };
        let text = sheet(dialect, &["id", "x"], &[&["1"], &["1", "2", "3"]]);
        assert!(text.contains("\n1,,2,false") && text.contains("\n1,2,2,false"), "{text}");
    }

    #[test]
    fn columns_of_the_merchants_own_stay_and_those_of_earlier_results_go() {
        let dialect = Dialect { delimiter: b',', ..Dialect::default() };
        let header = sheet(dialect, &["id", "Message"], &[]);
        assert_eq!(header, "id,Message,line,ok,kind,result_message,retry,effect,output\n");
        let earlier = ["id", "line", "ok", "kind", "message", "retry", "effect", "output"];
        let again = sheet(dialect, &earlier, &[&["1", "2", "true", "", "m", "", "", "{}"]]);
        assert!(again.ends_with("\n1,2,false,rejected,'=1+1,never,none,\n"), "{again}");
    }
}
