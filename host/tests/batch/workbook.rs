//! Workbooks, as a merchant has them from Excel or a marketplace.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::support::Day;

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn put(sheet: &mut rust_xlsxwriter::Worksheet, rows: &[&[&str]]) {
    for (y, row) in (0..).zip(rows) {
        for (x, text) in (0..).zip(*row) {
            sheet.write(y, x, *text).unwrap();
        }
    }
}

#[test]
fn a_workbook_is_sent_with_its_typed_cells_and_has_results_that_excel_opens() {
    let day = Day::new([1, 2, 100_010]);
    let book = workbook(|sheet| {
        let format = Format::new().set_num_format("dd.mm.yyyy hh:mm");
        let moment = ExcelDateTime::parse_from_str("2026-11-25T14:30:00").unwrap();
        put(sheet, &[&["Order number", "Status", "Date", "Tracking number", "Покупатель"]]);
        sheet.write(1, 0, 1).unwrap().write(1, 1, "sent").unwrap().write(1, 3, 80_080_000_000_001_i64).unwrap();
        sheet.write_with_format(1, 2, moment, &format).unwrap();
        sheet.write(1, 4, "Пётр").unwrap();
        sheet.write(3, 0, "2").unwrap().write(3, 1, "cancel").unwrap();
        sheet.write(4, 0, 100_010.0).unwrap().write(4, 1, "return").unwrap();
    });
    let args = ["orders.xlsx", "--timezone", "Europe/Moscow"];
    let ended = day.write("orders.xlsx", book).run(&args).with_code(0);
    ended.telling("3 of 3 rows are done.").telling("Read from the sheet Sheet1.").telling("are read in Europe/Moscow");
    let order = day.order(1);
    assert_eq!((order.date, order.rpo.as_deref()), (Some(1_795_606_200), Some("80080000000001")));
    assert_eq!((day.order(2).status.as_str(), day.order(100_010).status.as_str()), ("cancel", "return"));
    let results = day.read("orders.results.csv");
    let starts = [
        "\u{feff}Order number;Status;Date;",
        "1;sent;2026-11-25 14:30:00;80080000000001;Пётр;2;true;",
        "2;cancel;;;;4;true;",
    ];
    for (line, start) in results.split("\r\n").zip(starts) {
        assert!(line.starts_with(start), "{line:?} does not start with {start:?}");
    }
    assert_eq!(day.files(), ["orders.results.csv", "orders.xlsx", "orders.xlsx.journal"]);
}

#[test]
fn what_a_workbook_has_lost_is_refused_by_name() {
    let day = Day::new(1..=6);
    let book = workbook(|sheet| {
        put(sheet, &[&["bill_id", "status", "date", "rpo"]]);
        for (row, number) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
            sheet.write(row, 0, number).unwrap().write(row, 1, "sent").unwrap().write(row, 2, 1_700_000_000).unwrap();
        }
        sheet.write(1, 3, 1e20).unwrap().write(2, 3, 9_007_199_254_740_992.0).unwrap();
        sheet.write_formula(3, 3, Formula::new("=1/0").set_result("#N/A")).unwrap();
        sheet.write(4, 3, 8.008e13).unwrap();
        sheet.write(5, 0, 5).unwrap().write(5, 1, "paid").unwrap().write(5, 2, 45_986).unwrap();
    });
    let ended = day.write("orders.xlsx", book).run(&["orders.xlsx"]).with_code(20);
    for (line, why) in [(2, "15 digits"), (3, "15 digits"), (4, "#N/A")] {
        let told = ended.stderr.lines().find(|told| told.starts_with(&format!("line {line}: "))).unwrap();
        assert!(told.contains(why) && told.contains("rpo"), "{told}");
    }
    assert_eq!(day.order(4).rpo.as_deref(), Some("80080000000000"));
    assert!([1, 2, 3].iter().all(|number| day.changes(*number) == 0));
}

#[test]
fn the_sheet_is_chosen_by_its_header_or_named() {
    let day = Day::new([1, 2]);
    let mut book = Workbook::new();
    put(book.add_worksheet().set_name("Notes").unwrap(), &[&["about", "this"], &["it is", "May"]]);
    put(
        book.add_worksheet().set_name("May").unwrap(),
        &[&["All orders"], &[], &["bill_id", "status"], &["1", "cancel"]],
    );
    put(book.add_worksheet().set_name("June").unwrap(), &[&["bill_id", "status"], &["2", "cancel"]]);
    day.write("orders.xlsx", book.save_to_buffer().unwrap());
    day.run(&["orders.xlsx", "--dry-run"]).with_code(0).telling("from the sheet May; its header is in line 3");
    day.run(&["orders.xlsx", "--sheet", "july"]).with_code(2).telling("the sheets are Notes, May, June");
    day.run(&["orders.xlsx", "--sheet", "1"]).with_code(2).telling("no column for bill_id");
    assert_eq!(day.sandbox.request_count(), 0);
    day.run(&["orders.xlsx", "--sheet", "june"]).with_code(0);
    assert_eq!((day.changes(1), day.order(2).status.as_str()), (0, "cancel"));
    day.run(&["orders.xlsx", "--sheet", "May", "--resume"]).with_code(2).telling("another --map");
}

#[test]
fn a_workbook_is_known_whatever_its_name_and_goes_on_after_a_break() {
    let day = Day::new([1]);
    let book = workbook(|sheet| put(sheet, &[&["bill_id", "status"], &["1", "cancel"], &["9", "cancel"]]));
    day.write("orders.csv", book).run(&["orders.csv"]).with_code(20).telling("1 of 2 rows are done");
    day.run(&["orders.csv", "--resume"]).with_code(20);
    assert_eq!(day.sandbox.request_count(), 2);
    assert!(day.read("orders.results.csv").starts_with("\u{feff}bill_id;status;line;ok;"));
}

#[test]
fn what_has_a_workbooks_name_and_is_none_is_read_or_refused_before_anything_is_sent() {
    let day = Day::new([1, 2]);
    let mut hollow = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    hollow.resize(4096, 0);
    for (content, why) in [
        (&b"PK\x03\x04 and no more"[..], "the workbook is damaged"),
        (&hollow, "damaged"),
        (b"<html><table>", "save it as .xlsx"),
        (b"%PDF-1.7", "a PDF file"),
        (b"", "it is empty"),
    ] {
        day.write("orders.xlsx", content).run(&["orders.xlsx"]).with_code(2).telling(why);
        assert_eq!(day.files(), ["orders.xlsx"]);
    }
    day.write("orders.xlsx", "bill_id;status\n1;cancel\n").run(&["orders.xlsx"]).with_code(0);
    assert!(day.read("orders.results.csv").starts_with("bill_id;status;line;"));
    day.write("o.csv", "bill_id;status\n1;cancel\n")
        .run(&["o.csv", "--sheet", "1"])
        .with_code(2)
        .telling("--sheet is for");
    assert_eq!(day.sandbox.request_count(), 1);
}

/// A workbook as LibreOffice saves it, with these entries beside its mark.
fn libreoffice(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    for (name, content) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const MANIFEST: (&str, &str) = (
    "META-INF/manifest.xml",
    r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#,
);

const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3"><office:automatic-styles><style:style style:name="ta1" style:family="table" style:master-page-name="Default"><style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:calculation-settings table:automatic-find-labels="false"/><table:table table:name="Заказы" table:style-name="ta1"><table:table-column table:style-name="co1" table:number-columns-repeated="16384" table:default-cell-style-name="Default"/><table:table-row table:style-name="ro1"><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>Bill ID</text:p></table:table-cell><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>Status</text:p></table:table-cell><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>Date</text:p></table:table-cell><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>rpo</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row><table:table-row table:style-name="ro1"><table:table-cell office:value-type="float" office:value="1" calcext:value-type="float"><text:p>1,00</text:p></table:table-cell><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>sent</text:p></table:table-cell><table:table-cell table:style-name="ce1" office:value-type="date" office:date-value="2026-11-25T14:30:00" calcext:value-type="date"><text:p>25.11.26 14:30</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="80080000000001" calcext:value-type="float"><text:p>8,01E+13</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row><table:table-row table:style-name="ro1" table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:table-row table:style-name="ro1"><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>2</text:p></table:table-cell><table:table-cell office:value-type="string" calcext:value-type="string"><text:p>sent</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-11-25" calcext:value-type="date"><text:p>25.11.26</text:p></table:table-cell><table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row><table:table-row table:style-name="ro1" table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:table-row table:style-name="ro1"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table><table:named-expressions/></office:spreadsheet></office:body></office:document-content>"#;

#[test]
fn a_workbook_of_libreoffice_is_read_as_one_of_excel_is() {
    let day = Day::new([1, 2]);
    let book = libreoffice(&[("content.xml", CONTENT), ("styles.xml", "<a/>"), MANIFEST]);
    let ended = day.write("orders.ods", book).run(&["orders.ods", "--timezone", "+03:00"]).with_code(20);
    ended
        .telling("1 of 2 rows are done.")
        .telling("Read from the sheet Заказы.")
        .telling("line 5: invalid_input: rpo is #N/A, a spreadsheet's error");
    let order = day.order(1);
    assert_eq!((order.date, order.rpo.as_deref()), (Some(1_795_606_200), Some("80080000000001")));
    let results = day.read("orders.results.csv");
    assert!(results.starts_with("\u{feff}Bill ID;Status;Date;rpo;line;ok;"), "{results}");
    assert!(results.contains("\n1;sent;2026-11-25 14:30:00;80080000000001;2;true;"), "{results}");
    assert_eq!(day.changes(2), 0);
}

/// A compound file with streams of these names, which begin with these bytes.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const SECTOR: usize = 512;
    // Shorter streams would stand elsewhere.
    const LONG: usize = 4096;
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(24, 0);
    for half in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        header.extend(half.to_le_bytes());
    }
    // One sector with the table of sectors, which is sector 0, and the directory in sector 1.
    for word in [0, 1, 1, 0, 4096, END, 0, END, 0, 0] {
        header.extend(word.to_le_bytes());
    }
    header.resize(SECTOR, 0xff);
    let sectors_of = u32::try_from(LONG / SECTOR).unwrap();
    let mut table = vec![0xffff_fffd, END];
    let mut directory = Vec::new();
    let mut entry = |name: &str, kind: u8, right: u32, child: u32, start: u32, size: u32| {
        let units: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let mut entry = units.clone();
        entry.resize(64, 0);
        entry.extend(u16::try_from(units.len()).unwrap().to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend([FREE, right, child].into_iter().flat_map(u32::to_le_bytes));
        entry.resize(116, 0);
        entry.extend([start, size, 0].into_iter().flat_map(u32::to_le_bytes));
        directory.extend(entry);
    };
    entry("Root Entry", 5, FREE, 1, END, 0);
    let mut data = Vec::new();
    for (index, (name, content)) in (0..).zip(streams) {
        let start = 2 + index * sectors_of;
        let right = if index as usize + 1 < streams.len() { index + 2 } else { FREE };
        entry(name, 2, right, FREE, start, LONG as u32);
        table.extend((1..sectors_of).map(|sector| start + sector).chain([END]));
        data.extend_from_slice(content);
        data.resize((index as usize + 1) * LONG, 0);
    }
    table.resize(SECTOR / 4, FREE);
    directory.resize(SECTOR, 0);
    [header, table.into_iter().flat_map(u32::to_le_bytes).collect(), directory, data].concat()
}

#[test]
fn a_workbook_with_a_password_is_told_so_with_what_to_do() {
    let day = Day::new([1]);
    let new = compound(&[("EncryptionInfo", b"\x04\0\x04\0"), ("EncryptedPackage", b"\0\x10\0\0\0\0\0\0")]);
    let begins = b"\x09\x08\x10\0\0\x06\x05\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let old = compound(&[("Workbook", &[&begins[..], b"\x2f\0\x36\0\x01\0\x01\0\x01\0"].concat())]);
    let entry =
        r#"<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>"#;
    let office = libreoffice(&[("content.xml", "garbage"), ("META-INF/manifest.xml", entry)]);
    let newer = libreoffice(&[("encrypted-package", "garbage"), ("META-INF/manifest.xml", "<a/>")]);
    for (name, book) in [("new.xlsx", new), ("old.xls", old), ("office.ods", office), ("newer.ods", newer)] {
        let ended = day.write(name, book).run(&[name]).with_code(2);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        ended.telling("it is protected with a password: take that off").telling("CSV UTF-8");
    }
    assert_eq!(day.sandbox.request_count(), 0);
}
