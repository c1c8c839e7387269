//! kill −9 in the middle.

use std::collections::BTreeMap;

use crate::common::harmful_bundle;
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
    let bundle = harmful_bundle(day.folder.path());
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

#[test]
fn after_kill_9_during_the_first_rows_all_can_be_asked_for_again() {
    for bundle in [None, Some(())] {
        let day = Day::new(1..=5);
        let bundle = bundle.map(|()| harmful_bundle(day.folder.path()));
        let run = |args: &[&str]| {
            let mut command = day.command(args);
            command.envs(bundle.as_ref().map(|bundle| ("PLUGIN_BUNDLE", bundle)));
            command
        };
        day.write("orders.csv", cancelling(1..=5)).sandbox.set_misbehaviour(Some("slow".parse().unwrap()));
        let mut child = run(&["orders.csv", "--in-flight", "3"]).spawn().unwrap();
        until("requests", || day.sandbox.request_count() == 3);
        child.kill().unwrap();
        let _ = child.wait().unwrap();
        day.sandbox.set_misbehaviour(None);
        let resumed = ended(run(&["orders.csv", "--resume", "--retry-failed"]).output().unwrap());
        resumed.with_code(0).telling("5 of 5 rows are done.");
        assert_eq!(day.results().len(), 5);
        // Three were sent twice, because they were asked for again, and none of them a third time.
        assert_eq!((1..=5).map(|number| day.changes(number)).sum::<usize>(), 8);
    }
}

#[test]
fn a_row_that_waits_for_its_time_has_not_begun() {
    let day = Day::new(1..=20);
    let bundle = harmful_bundle(day.folder.path());
    day.write("orders.csv", cancelling(1..=20));
    let mut child = day.command(&["orders.csv", "--rate", "1/m"]).env("PLUGIN_BUNDLE", &bundle).spawn().unwrap();
    until("the first row", || day.done().len() == 1);
    // Long enough for all to wait.
    std::thread::sleep(std::time::Duration::from_millis(300));
    child.kill().unwrap();
    let _ = child.wait().unwrap();
    assert_eq!(day.read("orders.csv.journal").matches("\"begun\"").count(), 1);
    let mut resumed = day.command(&["orders.csv", "--resume"]);
    ended(resumed.env("PLUGIN_BUNDLE", &bundle).output().unwrap()).with_code(0).telling("20 of 20 rows are done.");
    assert!((1..=20).all(|number| day.changes(number) == 1));
}
