//! What a merchant reads afterwards.

use serde_json::{Value, json};

use crate::support::Day;

#[test]
fn a_bad_row_is_told_with_its_line_and_stops_no_other() {
    let day = Day::new([1, 2, 3]);
    let text = "bill_id,status,date,rpo,name\n1,cancel,,,a\n2,payed,,,b\n2,sent,soon,R,c\n2,cancel,,,d,x\n9,cancel,,,e\n2,sent,1,1E+13,f\n3,cancel,,,\n";
    let ended = day.write("orders.csv", text).run(&["orders.csv"]).with_code(20);
    let told: Vec<_> = ended.stderr.lines().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(told.len(), 5, "{}", ended.stderr);
    for (line, what) in
        [(3, "(got \"payed\")"), (4, "date"), (5, "6 cells"), (6, "not_found: "), (7, "rpo looks like a long number")]
    {
        let start = format!("line {line}: ");
        assert!(told.iter().any(|told| told.starts_with(&start) && told.contains(what)), "{start}{what}: {told:#?}");
    }
    assert_eq!((day.order(1).status.as_str(), day.order(3).status.as_str()), ("cancel", "cancel"));
    assert_eq!(day.order(2).status, "new");
    ended.telling("2 of 7 rows are done.").telling("5 failed for good (invalid_input 4, not_found 1)");
}

#[test]
fn every_row_is_in_the_results_once_with_what_became_of_it() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status,message\n1,cancel,be quick\n2,cancel,\n");
    day.run(&["orders.csv"]).with_code(20);
    let results = day.results();
    let row = &results[&2];
    assert_eq!(
        (row["ok"].as_str(), row["message"].as_str(), row["result_message"].as_str()),
        ("true", "be quick", "order status changed")
    );
    assert_eq!(
        serde_json::from_str::<Value>(&row["output"]).unwrap(),
        json!({ "bill_id": "1", "status": "cancel", "message": "order status changed" })
    );
    let row = &results[&3];
    let cells = ["bill_id", "status", "ok", "kind", "retry", "effect", "output"].map(|column| row[column].as_str());
    assert_eq!(cells, ["2", "cancel", "false", "not_found", "never", "none", ""]);
    assert_eq!(results.len(), 2);
}

#[test]
fn results_that_were_mended_are_an_input_again() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\n1,cancell\n").run(&["orders.csv"]).with_code(20);
    let mended = day.read("orders.results.csv").replace("cancell", "cancel");
    day.write("mended.csv", &mended).run(&["mended.csv"]).with_code(0);
    let header = day.read("mended.results.csv").lines().next().unwrap().to_owned();
    assert_eq!(header, "bill_id,status,line,ok,kind,message,retry,effect,output");
}

#[test]
fn results_that_are_there_are_not_overwritten() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\n1,cancel\n").write("orders.results.csv", "mine");
    day.run(&["orders.csv"]).with_code(2).telling("orders.results.csv is there already").telling("--output FILE");
    assert_eq!((day.read("orders.results.csv").as_str(), day.sandbox.request_count()), ("mine", 0));
    assert_eq!(day.files(), ["orders.csv", "orders.results.csv"], "a run that did not begin left a journal");
    // Results of this journal are replaced, but not those that someone has changed since.
    day.run(&["orders.csv", "--output", "other.csv"]).with_code(0);
    day.run(&["orders.csv", "--output", "other.csv", "--resume"]).with_code(0);
    day.write("other.csv", "mine")
        .run(&["orders.csv", "--output", "other.csv", "--resume"])
        .with_code(2)
        .telling("was changed since");
    assert_eq!(day.read("other.csv"), "mine");
}

#[test]
fn machines_get_a_summary_of_their_own() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\n1,cancel\n9,cancel\n");
    let ended = day.run(&["--json", "orders.csv"]).with_code(20);
    let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&summary["end"], &summary["rows"], &summary["done"]), (&json!("through"), &json!(2), &json!(1)));
    assert_eq!((&summary["failed"], &summary["results"]), (&json!({ "not_found": 1 }), &json!("orders.results.csv")));
    assert_eq!(ended.stderr, "");
}

#[test]
fn calls_are_logged_when_asked_for() {
    let day = Day::new([1]);
    day.write("orders.csv", "bill_id,status\n1,cancel\n9,cancel\n");
    let args = ["--log", "info", "--log-format", "json", "--json", "orders.csv"];
    let ended = day.run(&args).with_code(20);
    let lines: Vec<Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut told: Vec<_> = lines.iter().map(|line| ["subject", "level", "kind"].map(|name| text(line, name))).collect();
    // Rows on different orders have no order between them.
    told.sort();
    assert_eq!(told, [["1", "INFO", ""], ["9", "WARN", "not_found"]]);
    day.run(&["--log", "loud", "orders.csv", "--resume"]).with_code(2);
}
