//! Whatever bytes a file consists of: nothing panics, nothing hangs, and what comes out is rows or
//! one line that says what is wrong.

use std::fs;
use std::io::{Cursor, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use plugin_host_core::redact::Redactor;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use zip::write::SimpleFileOptions;

use super::journal::{Header, Journal};
use super::names::tests::names;
use super::*;

#[path = "../../tests/common/pieces.rs"]
mod pieces;

use pieces::PIECES;

/// Nothing here takes as long on a busy machine, unless it hangs.
const SOON: Duration = Duration::from_secs(60);

fn files() -> impl Strategy<Value = Vec<u8>> {
    let begins = select(vec![
        &b""[..],
        b"id,status\n1,cancel\n",
        b"id;status;date\r\n2;cancel;25.11.2026\r\n",
        b"{\"id\":1,\"status\":\"cancel\"}\n",
        b"[{\"id\":1,\"status\":\"cancel\"},",
        b"i\0d\0,\0s\0t\0a\0t\0u\0s\0\n\0",
        b"\xff\xfei\0d\0,\0s\0t\0a\0t\0u\0s\0\n\0",
    ]);
    (begins, vec(select(PIECES.to_vec()), 0..40)).prop_map(|(begin, pieces)| [begin, &pieces.concat()].concat())
}

/// What is done to a text: a place, how much of it goes, and what comes there.
type Change = (Index, usize, Vec<u8>);

fn changes(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<Change>> {
    let new = prop_oneof![vec(select(pieces), 0..3).prop_map(|all| all.concat()), vec(any::<u8>(), 0..4)];
    vec((any::<Index>(), 0..40_usize, new), 0..4)
}

fn changed(mut text: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for (place, gone, new) in changes {
        let begin = place.index(text.len() + 1);
        let end = (begin + gone).min(text.len());
        text.splice(begin..end, new);
    }
    text
}

/// The parts of a workbook with two orders, by their names.
fn parts(book: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let part = |place| {
        let mut entry = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        io::Read::read_to_end(&mut entry, &mut content).unwrap();
        (entry.name().unwrap().into_owned(), content)
    };
    (0..book_length(book)).map(part).collect()
}

fn book_length(book: &[u8]) -> usize {
    zip::ZipArchive::new(Cursor::new(book)).unwrap().len()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn excel() -> Vec<(String, Vec<u8>)> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let date = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-25").unwrap();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap().write(0, 1, "status").unwrap().write(0, 2, "date").unwrap();
    sheet.write(1, 0, 1).unwrap().write(1, 1, "cancel").unwrap().write_with_format(1, 2, date, &day).unwrap();
    parts(&book.save_to_buffer().unwrap())
}

fn libreoffice() -> Vec<(String, Vec<u8>)> {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: [&str; 2]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
    let content = format!(
        "<office:document-content><office:spreadsheet><table:table table:name=\"S\">{}{}</table:table></office:spreadsheet></office:document-content>",
        row(["id", "status"]),
        row(["1", "cancel"])
    );
    vec![("content.xml".to_owned(), content.into_bytes()), ("META-INF/manifest.xml".to_owned(), b"<a/>".to_vec())]
}

/// What may come into XML.
const XML: [&[u8]; 22] = [
    b"<",
    b">",
    b"/>",
    b"</",
    b"\"",
    b"&",
    b"&amp;",
    b"&#0;",
    b"<!--",
    b"<![CDATA[",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"&b;",
    b" table:number-rows-repeated=\"4294967295\"",
    b" table:number-columns-repeated=\"4294967295\"",
    b" office:value-type=\"float\" office:value=\"",
    b"<text:s text:c=\"4294967295\"/>",
    b" r=\"ZZZ99999999\"",
    b" r=\"A0\"",
    b" s=\"99\"",
    b"<c r=\"A1\" t=\"s\"><v>99</v></c>",
    b"1e999",
    b"\xff",
];

/// A workbook of which something is not as it should be, in one of its parts or in its bytes.
fn workbook() -> impl Strategy<Value = Vec<u8>> {
    let book = prop_oneof![Just(excel()), Just(libreoffice())];
    (book, any::<Index>(), changes(&XML), changes(&PIECES).prop_map(|all| all.into_iter().take(1).collect::<Vec<_>>()))
        .prop_map(|(mut parts, part, inside, outside)| {
            let part = part.index(parts.len());
            let whole = inside.is_empty();
            parts[part].1 = changed(std::mem::take(&mut parts[part].1), inside);
            let book = zipped(&parts);
            if whole { changed(book, outside) } else { book }
        })
}

/// Reads a file as a batch does, to its results, and checks what comes out.
fn read(bytes: &[u8], format: Format) -> Result<(), String> {
    let one_line = |what: &str, text: &str| match text {
        "" => Err(format!("{what} says nothing")),
        text if text.contains(['\n', '\r']) => Err(format!("{what} takes several lines: {text:?}")),
        _ => Ok(()),
    };
    let spool = match Spool::copy(bytes, None) {
        Ok(spool) => spool,
        Err(error) => return one_line("a file", &error.to_string()),
    };
    let sha256 = spool.sha256.clone();
    let table = match Table::survey(spool, format, None, names(&[], &[]), Some("id")) {
        Ok(table) => table,
        Err(refusal) => return one_line("a refusal", &refusal.0),
    };
    let (mut rows, mut count, mut last) = (table.rows().map_err(|error| error.to_string())?, 0, 0);
    while let Some(row) = rows.next().map_err(|error| error.to_string())? {
        (count, last) = match row.line > last {
            true => (count + 1, row.line),
            false => return Err(format!("line {} comes after {last}", row.line)),
        };
        match table.request(&row) {
            Ok(request) => {
                let input: Value = serde_json::from_str(&request.input).map_err(|error| error.to_string())?;
                let known = |name: &String| ["id", "status", "date"].contains(&name.as_str());
                let fields = input.as_object().ok_or("an input is no object")?;
                if !fields.iter().all(|(name, value)| known(name) && !value.is_null() && value != "") {
                    return Err(format!("{input} is sent"));
                }
            }
            Err(error) => one_line("a row", &error.message)?,
        }
    }
    drop(rows);
    if count != table.rows {
        return Err(format!("{count} rows of {}", table.rows));
    }
    let text = String::new;
    let header = Header {
        journal: Header::VERSION,
        id: None,
        plugin: text(),
        plugin_version: text(),
        action: text(),
        connection: text(),
        account: text(),
        input: text(),
        input_sha256: sha256,
        columns_sha256: text(),
        rows: count,
    };
    let journal = Journal::passing(&header).map_err(|refusal| refusal.0)?;
    let journal = journal.writer().map_err(|error| error.to_string())?.finish();
    let mut out = Vec::new();
    let written =
        results::write(&table, &journal, &Redactor::default(), &mut out).map_err(|error| error.to_string())?;
    if written.0.rows != count { Err(format!("{} results of {count}", written.0.rows)) } else { Ok(()) }
}

/// The same, within a time.
fn is_read(bytes: &[u8], format: Format) -> Result<(), TestCaseError> {
    let (sender, receiver) = mpsc::channel();
    let owned = bytes.to_vec();
    thread::spawn(move || sender.send(read(&owned, format)));
    match receiver.recv_timeout(SOON) {
        Ok(read) => read.map_err(TestCaseError::fail),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(TestCaseError::fail("it panics")),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(TestCaseError::fail("it hangs")),
    }
}

fn format() -> impl Strategy<Value = Format> {
    select(vec![Format::Csv, Format::Ndjson])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_rows_or_one_clear_error(bytes in vec(any::<u8>(), 0..300), format in format()) {
        is_read(&bytes, format)?;
    }

    #[test]
    fn what_nearly_is_a_table_is_rows_or_one_clear_error(bytes in files(), format in format()) {
        is_read(&bytes, format)?;
    }

    #[test]
    fn what_nearly_is_a_workbook_is_rows_or_one_clear_error(bytes in workbook()) {
        is_read(&bytes, Format::Csv)?;
    }
}

proptest! {
    // Each writes through to the disk some times.
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nearly_is_a_journal_is_gone_on_with_or_refused_in_one_line(
        damage in changes(&PIECES), cut in any::<Index>(), torn in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let header = Header {
            journal: Header::VERSION,
            id: None, plugin: "p".to_owned(), plugin_version: "1".to_owned(), action: "a".to_owned(),
            connection: String::new(), account: "x".to_owned(), input: "o.csv".to_owned(), input_sha256: "y".to_owned(),
            columns_sha256: "z".to_owned(), rows: 3,
        };
        let writer = Journal::begin(&path, &header).unwrap().writer().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let error = plugin_host_core::error::ActionError::internal("m", plugin_host_core::error::Effect::Unknown);
        for (row, entry) in [(2, journal::Entry::Begun), (2, journal::Entry::Done("{}")), (3, journal::Entry::Open(&error))] {
            runtime.block_on(writer.record(row, &entry)).unwrap();
        }
        drop(writer.finish());
        let mut text = changed(fs::read(&path).unwrap(), damage.clone());
        if torn {
            text.truncate(cut.index(text.len() + 1));
        }
        fs::write(&path, &text).unwrap();
        match Journal::resume(&path, &header) {
            Err(refusal) => prop_assert!(!refusal.0.is_empty() && !refusal.0.contains('\n'), "{}", refusal.0),
            Ok((journal, _)) => {
                // A row is done only where a whole line says so.
                let says = text.windows(8).any(|part| part == b"\"done\":2");
                prop_assert!(journal.ledger().mark(2) != journal::Mark::Done || says);
                if !torn && damage.is_empty() {
                    prop_assert_eq!(journal.ledger().mark(3), journal::Mark::Open);
                }
                let finished = journal.writer().unwrap().finish();
                for row in 1..5 {
                    prop_assert!(finished.past(row, &mut finished.reader()).is_ok(), "row {}", row);
                }
            }
        }
    }
}
