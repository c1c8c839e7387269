//! Workbooks of Excel and LibreOffice: rows or one line that says what is wrong, and no more memory than a
//! table takes, however much an archive or a sheet says that it has.

use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;

use plugin_host::batch::Format;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::table::{names, read};
use crate::memory;
use crate::seeds::Seeds;
use crate::target::{Target, choice};

pub const TARGET: Target = Target { name: "workbook", seeds, run };

/// Parts of an archive, by their names.
type Parts = Vec<(String, Vec<u8>)>;

/// What a workbook takes: shared texts and a sheet are read as a whole.
const MOST: usize = 64 << 20;

/// The parts of workbooks, one of which the bytes stand for.
static BOOKS: LazyLock<[Parts; 2]> = LazyLock::new(|| [parts(&excel()), libreoffice()]);

fn seeds(seeds: &mut Seeds) {
    let mut place = 0;
    for book in BOOKS.iter() {
        for (_, content) in book {
            seeds.choosing(place, content);
            place += 1;
        }
        // The last one that there is: the file itself.
        seeds.choosing(255, zipped(book));
    }
}

fn run(data: &[u8]) {
    let (place, data) = choice(data);
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (book, parts) in BOOKS.iter().enumerate() {
        all.extend((0..parts.len()).map(|part| (book, part)));
    }
    let file = match all.get(place % (all.len() + 1)).filter(|_| place != 255) {
        None => data.to_vec(),
        Some(&(book, part)) => {
            let mut parts = BOOKS[book].clone();
            parts[part].1 = data.to_vec();
            zipped(&parts)
        }
    };
    let names = names(0);
    memory::at_most(MOST, || read(&file, Format::Csv, &names));
}

fn excel() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let date = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-25").expect("a date");
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["bill_id", "status", "date"]) {
        sheet.write(0, column, name).expect("a cell");
    }
    sheet.write(1, 0, 100_000).expect("a cell").write(1, 1, "sent").expect("a cell");
    sheet.write_with_format(1, 2, date, &day).expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

fn libreoffice() -> Parts {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: [&str; 2]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
    let content = format!(
        "<office:document-content><office:spreadsheet><table:table table:name=\"S\">{}{}</table:table></office:spreadsheet></office:document-content>",
        row(["bill_id", "status"]),
        row(["1", "cancel"])
    );
    vec![("content.xml".to_owned(), content.into_bytes()), ("META-INF/manifest.xml".to_owned(), b"<a/>".to_vec())]
}

fn parts(book: &[u8]) -> Parts {
    let mut archive = ZipArchive::new(Cursor::new(book)).expect("an archive");
    let part = |place| {
        let mut entry = archive.by_index(place).expect("a part");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        (entry.name().expect("its name").into_owned(), content)
    };
    (0..ZipArchive::new(Cursor::new(book)).expect("an archive").len()).map(part).collect()
}

fn zipped(parts: &Parts) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        // Not packed, so that the fuzzer sees what it changes.
        zip.start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))
            .expect("a part");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}
