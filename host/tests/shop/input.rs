//! Line items: by the command line, by columns, and by rows that belong together.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shop_service::Service;
use tempfile::TempDir;

use crate::support::{command, run, service};

/// The lines of each order that the service has, as `sku×count`.
fn orders(service: &Service) -> Vec<String> {
    let line = |line: &shop_service::Line| format!("{}×{}", line.sku, line.count);
    let orders = service.orders();
    orders.iter().map(|order| order.given.goods.iter().map(line).collect::<Vec<_>>().join(" ")).collect()
}

fn fields<'a>(pairs: &[&'a str]) -> Vec<&'a str> {
    let begin = ["call", "create_order", "--field", "request_id=r-1", "--field", "customer=7"];
    begin.into_iter().chain(pairs.iter().flat_map(|pair| ["--field", pair])).collect()
}

/// A batch of `create_order` in a folder: its exit code and what it said.
fn batch(service: &Service, folder: &TempDir, args: &[&str]) -> (i32, String) {
    let mut command = command(service);
    let output = command.current_dir(folder.path()).args(["batch", "create_order"]).args(args).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn folder(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// The rows of `orders.results.csv`, by these columns.
fn results(folder: &Path, columns: &[&str]) -> Vec<String> {
    let mut reader = csv::Reader::from_path(folder.join("orders.results.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let cell = |row: &csv::StringRecord, name: &&str| row[header.iter().position(|it| it == *name).unwrap()].to_owned();
    let row = |row: csv::StringRecord| columns.iter().map(|name| cell(&row, name)).collect::<Vec<_>>().join("|");
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn lines_and_entries_are_given_field_by_field() {
    let service = service();
    let given = ["goods[1].sku=A-102", "goods[1].count=1.0", "goods[0].sku=A-101", "goods[0].count=2", "tags[0]=new"];
    let (code, _, stderr) = run(&service, &fields(&given));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(orders(&service), ["A-101×2 A-102×1"]);
    assert_eq!(service.orders()[0].given.tags, ["new"]);
}

#[test]
fn what_is_no_part_of_an_input_is_told_in_a_line_before_anything_is_sent() {
    let service = service();
    for (given, told) in [
        (&["goods[0].sku=A", "goods[2].sku=B"][..], "goods[1] is missing, and goods[2] is given: leave no gap"),
        (&["goods=[]", "goods[0].sku=A"], "goods is given as a whole and by goods[0].sku: leave one out"),
        (&["goods[0].sku=A", "goods[0].sku=B"], "goods[0].sku is given twice"),
        (&["goods[1000].sku=A"], "a list has at most 1000 entries"),
        (&["goods[0].colour=red"], "goods[0].colour: goods[0] has goods[0].sku, goods[0].count, goods[0].price"),
        (&["goods[0][sku]=A"], "so goods[0].sku"),
        (&["goods[].sku=A"], "say which entry is meant, as in goods[0].sku"),
        (&["things[0].sku=A"], "there is no field things. The fields: request_id, customer, goods"),
    ] {
        let (code, _, stderr) = run(&service, &fields(given));
        assert_eq!((code, stderr.lines().count()), (2, 1), "{stderr}");
        assert!(stderr.contains(told), "{told} is not in {stderr}");
    }
    assert!(service.requests().is_empty());
}

#[test]
fn columns_name_lines_one_by_one() {
    let service = service();
    let text = "request_id,customer,goods[0].sku,Goods[0].Count,goods[1].sku,goods[1].count,tags[0]\n\
        r-1,7,A-101,2,A-102,1,new\nr-2,8,A-103,1.0,,,\nr-3,9,,,A-104,1,\n";
    let folder = folder("orders.csv", text);
    let (code, said) = batch(&service, &folder, &["orders.csv"]);
    assert_eq!(code, 20, "{said}");
    // Rows of different orders may be sent in any order.
    let mut made = orders(&service);
    made.sort();
    assert_eq!(made, ["A-101×2 A-102×1", "A-103×1"]);
    assert!(
        said.contains("line 4: invalid_input: goods[0] is missing, and goods[1] is given: leave no gap."),
        "{said}"
    );
}

const GROUPED: &str = "request_id,customer,goods[].sku,goods.count,tags[0],note\n\
    r-1,7,A-101,2,,first\nr-1,,A-102,1,,second\nr-2,8,A-103,0,,\nr-2,8,A-104,1,,\nr-3,9,A-105,1,,\n";

#[test]
fn rows_that_belong_together_make_one_order_and_each_has_its_outcome() {
    let service = service();
    let folder = folder("orders.csv", GROUPED);
    let (code, said) = batch(&service, &folder, &["orders.csv", "--group-by", "request_id"]);
    assert_eq!(code, 20, "{said}");
    for told in [
        "2 of 3 groups of rows are done.",
        "5 rows make 3 inputs, by request_id.",
        "line 4: invalid_input: goods[0].count",
    ] {
        assert!(said.contains(told), "{told} is not in {said}");
    }
    assert!(said.contains("(line 4)"), "{said}");
    let mut made = orders(&service);
    made.sort();
    assert_eq!(made, ["A-101×2 A-102×1", "A-105×1"]);
    let rows = results(folder.path(), &["line", "request_id", "note", "ok", "kind"]);
    let expected = [
        "2|r-1|first|true|",
        "3|r-1|second|true|",
        "4|r-2||false|invalid_input",
        "5|r-2||false|invalid_input",
        "6|r-3||true|",
    ];
    assert_eq!(rows, expected);

    let asked = service.requests().len();
    let (code, said) = batch(&service, &folder, &["orders.csv", "--group-by", "request_id", "--resume"]);
    assert_eq!((code, service.requests().len()), (20, asked), "{said}");
    let (code, said) = batch(&service, &folder, &["orders.csv", "--group-by", "customer", "--resume"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("another --map, --field, --group-by"), "{said}");
}

#[test]
fn a_group_that_comes_back_later_is_refused_before_anything_is_sent() {
    let service = service();
    let text = "request_id,customer,goods[].sku,goods[].count\nr-1,7,A-101,2\nr-2,7,A-101,2\nr-1,7,A-102,1\n";
    let folder = folder("orders.csv", text);
    let (code, said) = batch(&service, &folder, &["orders.csv", "--group-by", "request_id"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("line 4 has the same request_id as line 2"), "{said}");
    let (code, said) = batch(&service, &folder, &["orders.csv"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("--group-by COLUMN"), "{said}");
    assert!(service.requests().is_empty() && !folder.path().join("orders.csv.journal").exists());
}

#[test]
fn json_is_checked_within_its_lists() {
    let service = service();
    let good = json!({ "request_id": "r-1", "customer": 7, "goods": [{ "sku": "A-101", "count": 2 }] });
    let twice = r#"{"request_id":"r-2","customer":7,"goods":[{"sku":"A-101","sku":"A-102","count":2}]}"#;
    let folder = folder("orders.ndjson", &format!("{good}\n{twice}\n"));
    let (code, said) = batch(&service, &folder, &["orders.ndjson"]);
    assert_eq!(code, 20, "{said}");
    assert!(said.contains("line 2: invalid_input: sku is given twice"), "{said}");
    assert_eq!(orders(&service), ["A-101×2"]);
    let rows = fs::read_to_string(folder.path().join("orders.results.ndjson")).unwrap();
    let first: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    assert_eq!((&first["input"], &first["output"]["id"]), (&good, &json!("1")));
}
