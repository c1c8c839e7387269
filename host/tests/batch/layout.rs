//! CSV as it comes: what stands above the header, around the cells and at the ends of rows.

use crate::support::Day;

/// Runs a file whose rows are all to be done, and returns what was told.
#[track_caller]
fn done(orders: u32, text: &[u8]) -> String {
    let day = Day::new(1..=orders);
    let ended = day.write("orders.csv", text).run(&["orders.csv"]).with_code(0);
    assert!((1..=orders).all(|number| day.order(number).status == "cancel"));
    assert_eq!(day.sandbox.request_count(), u64::from(orders));
    ended.stdout
}

#[test]
fn excels_line_of_the_delimiter_is_known_in_all_its_forms() {
    for text in [
        "sep=\t\r\nbill_id\tstatus\r\n1\tcancel\r\n",
        "\"sep=;\"\r\nbill_id;status\r\n1;cancel\r\n",
        "SEP=;\r\nbill_id;status\r\n1;cancel\r\n",
        "\u{feff}sep=;;\nbill_id;status\n1;cancel\n",
    ] {
        done(1, text.as_bytes());
    }
}

#[test]
fn a_header_below_a_title_or_an_empty_line_is_found_and_that_is_told() {
    let told = done(1, b"\r\nbill_id;status\r\n1;cancel\r\n");
    assert!(told.contains("The header is in line 2"), "{told}");
    let told = done(1, "Shipments of 25.11.2026;;\r\n;;\r\nBill ID;Status;rpo\r\n1;cancel;\r\n".as_bytes());
    assert!(told.contains("The header is in line 3"), "{told}");
    let day = Day::new([1]);
    day.write("orders.csv", "a;b\r\n1;cancel\r\n").run(&["orders.csv"]).with_code(2).telling("in the first 20 lines");
}

#[test]
fn names_are_known_however_they_are_written() {
    for header in [
        "Bill ID,STATUS",
        "Order number,Status",
        "\"Order\nnumber\",status",
        "bill-id ,\u{200b}status",
        "bill_id\u{a0},status",
    ] {
        done(1, format!("{header}\n1,cancel\n").as_bytes());
    }
}

#[test]
fn empty_cells_at_a_rows_end_may_be_missing_or_too_many_and_texts_not() {
    done(2, b"bill_id,status,date,rpo\n1,cancel\n2,cancel,,\n");
    done(2, b"bill_id;status\r\n1;cancel;\r\n2;cancel;;\r\n");
    let day = Day::new([1]);
    let ended = day.write("orders.csv", "bill_id,status\n1,cancel,x\n").run(&["orders.csv"]).with_code(20);
    ended.telling("line 2: invalid_input: The row has 3 cells and the header 2");
    assert_eq!(day.sandbox.request_count(), 0);
}

#[test]
fn lines_that_end_with_cr_and_typographic_quotation_marks_are_read() {
    done(2, b"bill_id,status\r1,cancel\r2,cancel\r");
    done(1, "“bill_id”,“status”\n“1”,“cancel”\n".as_bytes());
    done(1, "'bill_id';'status'\n'1';'cancel'\n".as_bytes());
}

#[test]
fn results_have_the_line_ends_of_the_file() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\r1,cancel\r").run(&["orders.csv"]).with_code(0);
    let results = day.read("orders.results.csv");
    assert!(!results.contains('\n') && results.matches('\r').count() == 2, "{results:?}");
}
