use std::io::Read;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

fn fit(cells: &ByteRecord) -> Fit {
    let known = cells.iter().filter(|cell| [&b"id"[..], b"status"].contains(cell)).count();
    Fit { whole: known == 2, known }
}

fn read_bytes(bytes: &[u8], wanted: Option<&str>) -> Result<(String, u64, String), String> {
    let spool = Spool::copy(bytes, None).map_err(|error| error.to_string())?;
    let sheet = read(&spool, wanted, fit).map_err(|refusal| refusal.0)?;
    let mut text = String::new();
    sheet.rows.reader().unwrap().read_to_string(&mut text).unwrap();
    Ok((sheet.name, sheet.header.map_or(0, |header| header.line), text))
}

#[test]
fn cells_become_texts_that_say_what_they_are() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let moment = Format::new().set_num_format("dd.mm.yyyy hh:mm");
    let date = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
    sheet.write(0, 0, "id").unwrap().write(0, 1, "status").unwrap();
    sheet.write(2, 0, 100_010).unwrap().write(2, 1, 8.008e13).unwrap().write(2, 2, true).unwrap();
    sheet.write(2, 4, 1e20).unwrap().write(2, 5, 1.5).unwrap().write(2, 6, "007").unwrap();
    sheet.write_with_format(3, 0, date("2026-11-25T14:30:00"), &moment).unwrap();
    sheet.write_with_format(3, 1, date("2026-11-25"), &moment).unwrap();
    sheet.write_with_format(3, 2, date("14:30:00"), &moment).unwrap();
    sheet.write(3, 3, "a\n\"b\"").unwrap();
    sheet.write_formula(3, 4, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let (name, header, text) = read_bytes(&book.save_to_buffer().unwrap(), None).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((name.as_str(), header), ("Sheet1", 1));
    assert_eq!(
        lines,
        [
            r#"["id","status"]"#,
            "",
            r#"["100010","80080000000000","TRUE","","1E+20","1.5","007"]"#,
            r##"["2026-11-25 14:30:00","2026-11-25","14:30:00","a\n\"b\"","#DIV/0!"]"##,
        ]
    );
}

#[test]
fn the_sheet_is_the_first_that_fits_or_the_one_that_was_named() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "about").unwrap();
    let hidden = book.add_worksheet().set_name("Old").unwrap();
    hidden.write(0, 0, "id").unwrap().write(0, 1, "status").unwrap();
    hidden.set_hidden(true);
    let orders = book.add_worksheet().set_name("Заказы").unwrap();
    orders.write(3, 1, "id").unwrap().write(3, 2, "status").unwrap().write(4, 1, 1).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let (name, header, text) = read_bytes(&bytes, None).unwrap();
    assert_eq!((name.as_str(), header), ("Заказы", 4));
    assert_eq!(text, "\n\n\n[\"\",\"id\",\"status\"]\n[\"\",\"1\"]\n");
    for (wanted, name) in [("notes", "Notes"), ("1", "Notes"), ("2", "Old"), ("Old", "Old"), ("3", "Заказы")] {
        assert_eq!(read_bytes(&bytes, Some(wanted)).unwrap().0, name);
    }
    for wanted in ["4", "0", "-1", "x", ""] {
        assert!(read_bytes(&bytes, Some(wanted)).unwrap_err().contains("the sheets are Notes, Old, Заказы"));
    }
}

#[test]
fn what_is_no_workbook_is_refused_with_what_to_do() {
    let zip = |name: &str, content: &[u8]| {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more";
    for (bytes, why) in [
        (b"PK\x03\x04".to_vec(), "damaged"),
        (zip("orders.csv", b"id,status"), "unpack it first"),
        (zip("content.xml", b"<x/>"), "no sheet in it"),
        (zip("content.xml", b"<x>"), "no sheet in it"),
        (zip("Index/Document.iwa", b"x"), "Numbers"),
        (zip("xl/workbook.xml", b"<x/>"), "damaged"),
        (ole.to_vec(), "damaged"),
    ] {
        let refusal = read_bytes(&bytes, None).unwrap_err();
        assert!(refusal.contains(why), "{refusal}");
        assert!(!refusal.contains('\n'));
    }
}

#[test]
fn a_workbook_that_unpacks_to_more_than_fits_is_refused() {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/workbook.xml", options).unwrap();
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    zip.write_all(&vec![b' '; 3 << 20]).unwrap();
    let bytes = zip.finish().unwrap();
    assert!(archive(bytes.clone(), 4 << 20).is_ok());
    assert!(archive(bytes, 2 << 20).err().unwrap().0.contains("unpacks to more than 2 MB"));
}

/// A workbook with other texts in its parts.
fn changed(mut book: Workbook, change: impl Fn(&str) -> String) -> Vec<u8> {
    let whole = book.save_to_buffer().unwrap();
    let (mut from, mut to) =
        (zip::ZipArchive::new(io::Cursor::new(whole)).unwrap(), zip::ZipWriter::new(io::Cursor::new(Vec::new())));
    for place in 0..from.len() {
        let mut entry = from.by_index(place).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        to.start_file(entry.name().unwrap(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(change(&text).as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn what_a_workbook_says_of_its_size_is_not_believed() {
    let book = || {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, "id").unwrap().write(0, 1, "status").unwrap();
        book
    };
    let claiming =
        |count: &str| changed(book(), |text| text.replace("uniqueCount=\"2\"", &format!("uniqueCount=\"{count}\"")));
    assert!(read_bytes(&claiming("2000"), None).is_ok());
    // Some 24 TB, and more than there can be.
    for count in ["999999999999", "99999999999999999999"] {
        assert!(read_bytes(&claiming(count), None).unwrap_err().contains("fewer texts than it says"));
    }
}

#[test]
fn a_text_that_stands_in_a_file_once_and_in_all_cells_of_a_row_is_refused_before_it_fills_the_memory() {
    let mut writer = Writer { out: &mut io::sink(), line: 1, cells: Vec::new(), held: 0, written: 0 };
    let text = "x".repeat(LONGEST as usize / 2);
    for row in 0..3 {
        writer.cell(row, 0, text.clone()).unwrap();
        writer.cell(row, 1, text.clone()).unwrap();
    }
    assert!(writer.cell(2, 2, text).unwrap_err().0.contains("line 3 is longer than a row can be"));
}

#[test]
fn a_formula_that_was_never_computed_is_no_empty_cell() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap().write(0, 1, "status").unwrap();
    sheet.write_formula(1, 0, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_formula(1, 1, Formula::new("=A1").set_result("later")).unwrap().write(1, 2, "x").unwrap();
    // Whose value is an empty text, as Excel writes that.
    sheet.write_formula(1, 3, Formula::new("=A2").set_result("nothing")).unwrap();
    sheet.write_formula(1, 4, Formula::new("=A3").set_result("none")).unwrap();
    // As openpyxl writes it.
    let whole = changed(book, |text| {
        let text = text.replace(" t=\"str\"><f>A1</f><v>later</v>", "><f>A1</f><v></v>");
        text.replace("<v>nothing</v>", "<v></v>").replace("<v>none</v>", "<v/>")
    });
    let (.., text) = read_bytes(&whole, None).unwrap();
    assert_eq!(text.lines().last().unwrap(), "[\"2\",\"#UNCOMPUTED!\",\"x\",\"\",\"\"]");
}

#[test]
fn of_a_cell_that_stands_there_twice_no_value_is_the_right_one() {
    let mut writer = Writer { out: &mut io::sink(), line: 1, cells: Vec::new(), held: 0, written: 0 };
    writer.cell(0, 1, "7".to_owned()).unwrap();
    writer.cell(0, 0, "a".to_owned()).unwrap();
    writer.cell(0, 1, "7".to_owned()).unwrap();
    assert!(writer.cell(0, 1, "8".to_owned()).unwrap_err().0.contains("a cell in row 1 stands there twice"));
}

#[test]
fn few_bytes_that_stand_for_many_rows_are_refused_before_they_fill_the_disk() {
    let content = r#"<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row></table:table>"#;
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    let file = zip.finish().unwrap();
    let mut writer =
        Writer { out: &mut io::sink(), line: 1, cells: Vec::new(), held: 0, written: MOST_TEXT - (1 << 20) };
    let read = ods::cells(file, "S", |row, column, text| writer.cell(row, column, text));
    assert!(read.unwrap_err().0.contains("more than 1024 MB of text"));
}

#[test]
fn whatever_became_of_its_bytes_a_workbook_is_read_or_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap().write(0, 1, "status").unwrap().write(1, 0, 1).unwrap().write(1, 1, "x").unwrap();
    let whole = book.save_to_buffer().unwrap();
    for place in (0..whole.len()).step_by(29) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        let _ = read_bytes(&bytes, None);
        let _ = read_bytes(&whole[..place], None).map(drop).err();
    }
}
