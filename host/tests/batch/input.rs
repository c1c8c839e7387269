//! What merchants have: files as spreadsheets and shops write them.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Day, wait};

#[test]
fn a_spreadsheets_file_is_read_as_it_is() {
    let day = Day::new([1, 2, 3]);
    let text = "\u{feff}Order Number;STATUS;Date;Tracking number;Customer\r\n\
        1;sent;1362254400;=\"00010000000001\";\"Иван; \"\"the\r\nfirst\"\"\"\r\n\
        ;;;;\r\n\
        2;paid;2013-03-03T00:00:00+04:00;;\r\n\
        \r\n\
        3;cancel; ;;x\r\n";
    let ended = day.write("orders.csv", text).run(&["orders.csv"]).with_code(0).telling("3 of 3 rows are done");
    assert_eq!(ended.stderr, "note: not sent, but kept in the results: Customer\n");
    let order = day.order(1);
    assert_eq!((order.status.as_str(), order.rpo.as_deref()), ("sent", Some("00010000000001")));
    assert_eq!((day.order(2).status.as_str(), day.order(2).date), ("paid", Some(1_362_254_400)));
    assert_eq!((day.order(3).status.as_str(), day.order(3).date), ("cancel", None));
    assert!(day.sandbox.requests().iter().all(|request| !request.body.contains("Customer")));
    // As the input is written, so are the results, and every row has its line.
    let results = day.read("orders.results.csv");
    let starts = [
        "\u{feff}Order Number;STATUS;",
        "1;sent;1362254400;",
        "first\"\"\";2;true;",
        "2;paid;",
        "3;cancel; ;;x;7;true;",
    ];
    for (line, start) in results.split("\r\n").zip([starts[0], starts[1], starts[2], starts[3], starts[4]]) {
        assert!(line.starts_with(start), "{line:?} does not start with {start:?}");
    }
}

#[test]
fn columns_are_named_and_values_for_all_rows_are_given_on_the_command_line() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", "Заказ,Почта,status\n1,R1,\n2,R2,cancel\n");
    let args = [
        "orders.csv",
        "--map",
        "Заказ=bill_id",
        "--map",
        "Почта=rpo",
        "--field",
        "status=sent",
        "--field",
        "date=1362254400",
    ];
    day.run(&args).with_code(0);
    assert_eq!((day.order(1).status.as_str(), day.order(1).rpo.as_deref()), ("sent", Some("R1")));
    assert_eq!(day.order(2).status, "cancel", "a row's own value comes first");
}

#[test]
fn columns_of_an_older_encoding_are_named_on_the_command_line() {
    let day = Day::new([1]);
    // "Заказ;Статус", as a Russian Excel writes it.
    day.write("orders.csv", b"\xc7\xe0\xea\xe0\xe7;\xd1\xf2\xe0\xf2\xf3\xf1\r\n1;cancel\r\n");
    let args = ["orders.csv", "--map", "Заказ=bill_id", "--map", "Статус=status"];
    day.run(&args[..1]).with_code(2).telling("no column for bill_id");
    day.run(&[&args[..], &["--encoding", "windows-1251"]].concat()).with_code(0);
    assert_eq!(day.order(1).status, "cancel");
    let results = std::fs::read(day.path("orders.results.csv")).unwrap();
    assert!(results.starts_with(b"\xc7\xe0\xea\xe0\xe7;\xd1\xf2\xe0\xf2\xf3\xf1;line;"));
}

#[test]
fn json_on_lines_keeps_its_digits_and_its_own_members() {
    let day = Day::new([1]);
    let rows = "{\"bill_id\": 1, \"status\": \"cancel\", \"price\": 10.50}\n\nno json\n{\"bill_id\": 18446744073709551617, \"status\": \"cancel\"}\n";
    let ended = day.write("orders.ndjson", rows).run(&["orders.ndjson"]).with_code(20);
    assert_eq!(ended.stderr.lines().next(), Some("note: not sent, but kept in the results: price"));
    let results = day.read("orders.results.ndjson");
    let results: Vec<Value> = results.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&results[0]["line"], &results[0]["ok"], &results[0]["output"]["status"]),
        (&json!(1), &json!(true), &json!("cancel"))
    );
    assert_eq!(
        (&results[1]["line"], &results[1]["kind"], &results[1]["input"]),
        (&json!(3), &json!("invalid_input"), &json!("no json"))
    );
    assert_eq!((&results[2]["line"], &results[2]["kind"]), (&json!(4), &json!("not_found")));
    assert!(
        day.read("orders.results.ndjson")
            .contains("\"input\":{\"bill_id\": 1, \"status\": \"cancel\", \"price\": 10.50}")
    );
    assert!(day.sandbox.requests().iter().any(|request| request.body.starts_with("bill_id=18446744073709551617&")));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let day = Day::new([1]);
    let run = |args: &[&str]| {
        let mut child = day.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"bill_id,status\n1,cancel\n2,cancel\n").unwrap();
        wait(child)
    };
    let ended = run(&["-", "--format", "csv"]).with_code(20);
    assert!(
        ended.stdout.starts_with("bill_id,status,line,ok,") && ended.stdout.lines().count() == 3,
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("1 of 2 rows are done."), "{}", ended.stderr);
    assert_eq!(day.files(), Vec::<String>::new());
    // With a journal of its own it can be gone on with.
    run(&["-", "--format", "csv", "--journal", "j", "--output", "o"]).with_code(20);
    let before = day.sandbox.request_count();
    run(&["-", "--format", "csv", "--journal", "j", "--output", "o", "--resume"]).with_code(20);
    assert_eq!(day.sandbox.request_count(), before);
    run(&["-", "--format", "csv", "--resume"]).with_code(2).telling("--journal FILE");
    run(&["-"]).with_code(2).telling("--format csv or ndjson");
}

#[test]
fn what_can_not_be_run_as_a_whole_is_refused_before_anything_is_sent() {
    let day = Day::new([1]);
    for (text, args, why) in [
        ("bill_id,customer\n1,x\n", &[][..], "no column for status (Status)"),
        ("bill_id,status,Order number\n1,paid,1\n", &[], "both taken for bill_id"),
        ("bill_id,status\n1,cancel\n1,\"cancel\n", &[], "line 3 opens a quotation mark"),
        ("bill_id,status\n", &[], "no rows"),
        ("bill_id,status\n1,cancel\n", &["--map", "nr=bill_id"], "nr, which is not there"),
        ("bill_id,status\n1,cancel\n", &["--map", "status=state"], "the fields are bill_id, status, date, rpo"),
        ("bill_id,status\n1,cancel\n", &["--map", "status"], "COLUMN=FIELD"),
        ("bill_id,status\n1,cancel\n", &["--rate", "fast"], "10/s"),
        ("bill_id,status\n1,cancel\n", &["--in-flight", "0"], "from 1 to 1000"),
        ("\u{0}\u{1}", &[], "CSV UTF-8"),
    ] {
        day.write("orders.csv", text).run(&[&["orders.csv"], args].concat()).with_code(2).telling(why);
        assert_eq!(day.files(), ["orders.csv"], "{text}");
    }
    day.run(&["nowhere.csv"]).with_code(2).telling("can't read nowhere.csv");
    day.run(&["."]).with_code(2).telling("can't read .");
    day.write("orders", "bill_id").run(&["orders"]).with_code(2).telling("--format csv or ndjson");
    assert_eq!(day.sandbox.request_count(), 0);
}

#[test]
fn a_dry_run_tells_every_bad_row_and_leaves_nothing() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\n1,cancel\nx,cancel\n1,payed\n1,cancel,x\n");
    let ended = day.run(&["orders.csv", "--dry-run"]).with_code(20).telling("1 of 4 rows can be");
    let lines: Vec<_> = ended.stderr.lines().map(|line| line.split_once(": ").unwrap().0).collect();
    assert_eq!(lines, ["line 3", "line 4", "line 5"]);
    assert_eq!((day.files(), day.sandbox.request_count()), (vec!["orders.csv".to_owned()], 0));
    day.write("orders.csv", "bill_id,status\n1,cancel\n").run(&["orders.csv", "--dry-run"]).with_code(0);
}
