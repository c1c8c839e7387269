//! Workbooks, as a merchant has them from Excel or a marketplace.

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
    // Protected with a password: an old compound file around the new one.
    let mut protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    protected.resize(4096, 0);
    for (content, why) in [
        (&b"PK\x03\x04 and no more"[..], "the workbook is damaged"),
        (&protected, "damaged"),
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
