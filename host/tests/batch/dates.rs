//! Dates as spreadsheets show and save them.

use crate::support::{Day, ended};

#[test]
fn dates_are_read_in_the_zone_that_is_named_and_that_is_told() {
    let day = Day::new(1..=6);
    let text = "bill_id;status;date\r\n1;paid;25.11.2026\r\n2;paid;25.11.2026 14:30\r\n3;paid;2026-11-25\r\n4;paid;2026-11-25 14:30:00\r\n5;paid;2026-11-25 14:30:00+03\r\n6;paid;1795606200.0\r\n";
    let args = ["orders.csv", "--timezone", "Europe/Moscow"];
    let ended = day.write("orders.csv", text).run(&args).with_code(0);
    ended.telling("Dates without a time zone are read in Europe/Moscow");
    let dates: Vec<_> = (1..=6).map(|number| day.order(number).date.unwrap()).collect();
    let (midnight, noon) = (1_795_554_000, 1_795_606_200);
    assert_eq!(dates, [midnight, noon, midnight, noon, noon, noon]);
    day.run(&["orders.csv", "--timezone", "Europe/Berlin", "--resume"]).with_code(2).telling("--timezone");
}

#[test]
fn the_systems_zone_is_taken_if_none_is_named_and_only_told_where_it_mattered() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", "bill_id,status,date\n1,paid,25.11.2026\n");
    let mut command = day.command(&["orders.csv"]);
    ended(command.env("TZ", "Asia/Yekaterinburg").output().unwrap()).with_code(0).telling("read in Asia/Yekaterinburg");
    assert_eq!(day.order(1).date, Some(1_795_546_800));
    day.write("other.csv", "bill_id,status,date\n2,paid,2026-11-25T14:30:00+03:00\n");
    let ended = day.run(&["other.csv"]).with_code(0);
    assert!(!ended.stdout.contains("time zone"), "{}", ended.stdout);
}

#[test]
fn a_time_that_clocks_skip_or_show_twice_is_refused_and_not_sent_as_another() {
    let day = Day::new([1, 2, 3]);
    let rows = "1,paid,29.03.2026 02:30\n2,paid,25.10.2026 02:30\n3,paid,2026-10-25 02:30 +02:00\n";
    day.write("orders.csv", format!("bill_id,status,date\n{rows}"));
    day.run(&["orders.csv", "--timezone", "Europe/Berlin"])
        .with_code(20)
        .telling("line 2: invalid_input: date is 29.03.2026 02:30: clocks are set forward over that time")
        .telling("line 3: invalid_input: date is 25.10.2026 02:30: clocks are set back then");
    assert_eq!((day.order(3).date, day.sent().len()), (Some(1_792_888_200), 1));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_until_its_format_is_said() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", "bill_id,status,date\n1,paid,05/11/2026\n2,paid,25.11.26\n");
    let zone = ["orders.csv", "--timezone", "Europe/Moscow"];
    let refused = day.run(&[&zone[..], &["--dry-run"]].concat()).with_code(20);
    refused
        .telling("line 2: date is 05/11/2026: month or day first?")
        .telling("line 3: date is 25.11.26: a year of two");
    let formats = ["--date-format", "%d/%m/%Y", "--date-format", "%d.%m.%y"];
    day.run(&[&zone[..], &formats].concat()).with_code(0);
    assert_eq!((day.order(1).date, day.order(2).date), (Some(1_793_826_000), Some(1_795_554_000)));
    day.run(&["orders.csv", "--date-format", "%d.%m"]).with_code(2).telling("--date-format");
    day.run(&["orders.csv", "--timezone", "MSK"]).with_code(2).telling("--timezone: MSK is no time zone");
}

#[test]
fn what_only_looks_like_unix_seconds_is_refused() {
    let day = Day::new(1..=4);
    let text = "bill_id;status;date\n1;paid;45986\n2;paid;45986,5\n3;paid;20261125\n4;paid;202611251030\n";
    let ended = day.write("orders.csv", text).run(&["orders.csv"]).with_code(20);
    for (line, why) in [(2, "day number"), (3, "day number"), (4, "2026-11-25"), (5, "2026-11-25")] {
        let told = ended.stderr.lines().find(|told| told.starts_with(&format!("line {line}: "))).unwrap();
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(day.sandbox.request_count(), 0);
}

#[test]
fn fields_on_the_command_line_are_read_as_cells_are() {
    let day = Day::new([1, 2]);
    let call = |fields: &[&str]| {
        let fields: Vec<_> = fields.iter().flat_map(|field| ["--field", field]).collect();
        let options = ["call", "update_order_status", "--timezone", "Europe/Moscow"];
        ended(day.host(&[&options, &fields[..]].concat()).output().unwrap())
    };
    call(&["bill_id=1", "status=paid", "date=25.11.2026 14:30"]).with_code(0).telling("read in Europe/Moscow");
    assert_eq!(day.order(1).date, Some(1_795_606_200));
    let sent = ["bill_id=2", "status=sent", "date=2026-11-25T14:30:00+03:00"];
    for (field, why) in
        [("rpo=8.008e+13", "15 digits"), ("rpo=80080000000001.0", "made a number"), ("rpo=#N/A", "#N/A")]
    {
        call(&[&sent[..], &[field]].concat()).with_code(10).telling(why);
    }
    call(&["bill_id=2", "status=paid", "date=05/11/2026"]).with_code(10).telling("--date-format");
    assert_eq!(day.changes(2), 0);
}
