//! What spreadsheets and programs have done to values.

use crate::support::Day;

#[test]
fn what_is_lost_or_an_accident_is_refused_by_name_and_never_sent() {
    let rows = [
        ("8.00800000000e+13", "shortened"),
        ("1.0E13", "shortened"),
        ("\"8,0080E13\"", "shortened"),
        ("80080000000001.0", "made a number"),
        ("#N/A", "#N/A"),
        ("#ССЫЛКА!", "error"),
        ("=A1", "formula"),
        ("RA\u{200b}1", "U+200B"),
    ];
    let day = Day::new(1..=rows.len() as u32);
    let lines: String = (1..).zip(rows).map(|(number, (rpo, _))| format!("{number},sent,1700000000,{rpo}\n")).collect();
    let ended = day.write("orders.csv", format!("bill_id,status,date,rpo\n{lines}")).run(&["orders.csv"]).with_code(20);
    for (line, (rpo, why)) in (2..).zip(rows) {
        let told = ended.stderr.lines().find(|told| told.starts_with(&format!("line {line}: "))).expect(rpo);
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(day.sandbox.request_count(), 0);
}

#[test]
fn what_is_certain_is_mended() {
    let day = Day::new([100_010, 100_011, 100_012]);
    let text = "bill_id,status,date,rpo\n100010.0,sent,1700000000.0,\"=\"\"00010000000001\"\"\"\n\u{200b}100\u{a0}011,cancel,,\n'100012,cancel,,\n";
    day.write("orders.csv", text).run(&["orders.csv"]).with_code(0);
    assert_eq!(
        (day.order(100_010).date, day.order(100_010).rpo.as_deref()),
        (Some(1_700_000_000), Some("00010000000001"))
    );
    assert_eq!((day.changes(100_011), day.changes(100_012)), (1, 1));
}

#[test]
fn a_number_that_can_be_read_in_two_ways_is_refused() {
    let day = Day::new([100, 100_010]);
    day.write("orders.csv", "bill_id;status\n100.000;cancel\n100,010;cancel\n").run(&["orders.csv"]).with_code(20);
    assert_eq!(day.sandbox.request_count(), 0);
}
