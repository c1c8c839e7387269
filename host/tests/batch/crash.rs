//! kill −9 in the middle.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::common::BUNDLE;
use crate::support::{Day, cancelling, ended, until};

/// Each order goes through these, one row each.
const STATUSES: [&str; 3] = ["paid", "cancel", "return"];

#[test]
fn after_kill_9_every_order_ends_as_asked_and_nothing_confirmed_is_sent_again() {
    let orders = 1..=150;
    let day = Day::new(orders.clone());
    let mut text = "bill_id,status,date\n".to_owned();
    // The rows of one order stand close to each other, so that several are read at a time.
    let mut lines = BTreeMap::new();
    let mut line = 1;
    for number in orders.clone() {
        for status in STATUSES {
            line += 1;
            lines.insert(line, number);
            text.push_str(&format!("{number},{status},1362254400\n"));
        }
    }
    day.write("orders.csv", text);
    let rows = lines.len();
    let mut kills = 0;
    let mut args = vec!["orders.csv"];
    for goal in [1, rows / 5, rows / 2, rows * 4 / 5] {
        let mut child = day.spawn(&args);
        until("progress", || day.done().len() >= goal);
        child.kill().unwrap();
        let _ = child.wait().unwrap();
        kills += 1;
        // What is confirmed now has reached the service once, and that is to stay so.
        let mut confirmed = BTreeMap::<u32, usize>::new();
        for line in day.done() {
            *confirmed.entry(lines[&line]).or_default() += 1;
        }
        for (number, done) in confirmed {
            assert!(day.changes(number) >= done, "order {number} was confirmed and not changed");
        }
        args = vec!["orders.csv", "--resume"];
    }
    day.run(&args).with_code(0).telling("450 of 450 rows are done.");
    let mut repeated = 0;
    for number in orders {
        let order = day.order(number);
        assert_eq!((order.status.as_str(), order.most_at_once), ("return", 1), "order {number}");
        // A row may be sent twice when it was under way at a kill, and never after a later one.
        let mut statuses: Vec<_> = order.changes.iter().map(|change| change.status.as_str()).collect();
        repeated += statuses.len() - STATUSES.len();
        statuses.dedup();
        assert_eq!(statuses, STATUSES, "order {number}");
    }
    let in_flight = 8;
    assert!(repeated <= kills * in_flight, "{repeated} rows were sent twice after {kills} kills");
    let mut done = day.done();
    done.sort_unstable();
    assert_eq!(done, (2..=rows as u64 + 1).collect::<Vec<_>>(), "a row was confirmed twice, or never");
    assert_eq!(day.results().len(), rows);
    assert_eq!(day.files(), ["orders.csv", "orders.csv.journal", "orders.results.csv"]);
}

#[test]
fn a_row_under_way_at_a_crash_is_repeated_unasked_only_if_that_does_no_harm() {
    let day = Day::new(1..=3);
    let bundle = harmful_bundle(&day);
    let run = |args: &[&str]| {
        let mut command = day.command(args);
        command.env("PLUGIN_BUNDLE", &bundle);
        command
    };
    day.write("orders.csv", cancelling(1..=3)).sandbox.set_misbehaviour(Some("slow".parse().unwrap()));
    let mut child = run(&["orders.csv", "--in-flight", "1"]).spawn().unwrap();
    until("a request", || day.sandbox.request_count() == 1);
    child.kill().unwrap();
    let _ = child.wait().unwrap();
    day.sandbox.set_misbehaviour(None);
    let resumed = ended(run(&["orders.csv", "--resume"]).output().unwrap()).with_code(20);
    let resumed = resumed.telling("1 of those may or may not have been changed");
    assert_eq!([1, 2, 3].map(|number| day.changes(number)), [1, 1, 1]);
    // Rows of different orders may begin in any order.
    let results = day.results();
    let in_doubt: Vec<_> = results.iter().filter(|(_, row)| row["effect"] == "unknown").map(|(line, _)| line).collect();
    let [line] = in_doubt[..] else { panic!("{results:?}") };
    resumed.telling(&format!("line {line}: internal: The row was under way"));
    ended(run(&["orders.csv", "--resume", "--retry-failed"]).output().unwrap()).with_code(0);
    // Line 2 has order 1.
    let again = |number: u32| if u64::from(number) + 1 == *line { 2 } else { 1 };
    assert_eq!([1, 2, 3].map(|number| day.changes(number)), [1, 2, 3].map(again));
}

/// The plugin, but for a description that does not call its action idempotent.
fn harmful_bundle(day: &Day) -> PathBuf {
    let bundle = Path::new(BUNDLE);
    let mut module = fs::read(bundle.with_file_name("justclick.wasm")).unwrap();
    let (claim, other) = (b"\"idempotentHint\":true", b"\"idempotentHint\":null");
    let place = module.windows(claim.len()).position(|window| window == claim).expect("the claim is in the module");
    module[place..place + claim.len()].copy_from_slice(other);
    fs::write(day.path("justclick.wasm"), &module).unwrap();
    let mut manifest: Value = serde_json::from_slice(&fs::read(bundle).unwrap()).unwrap();
    let hash: String = Sha256::digest(&module).iter().map(|byte| format!("{byte:02x}")).collect();
    manifest["wasm"][0]["hash"] = hash.into();
    day.write("extism.json", manifest.to_string());
    day.path("extism.json")
}
