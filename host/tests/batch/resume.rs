//! Going on with a batch.

use std::fs;

use crate::support::{Day, cancelling};

#[test]
fn a_journal_that_is_there_is_refused_with_both_ways_on() {
    let day = Day::new([1]);
    day.write("orders.csv", cancelling([1])).run(&["orders.csv"]).with_code(0);
    let again = day.run(&["orders.csv"]).with_code(2).telling("1 of the 1 rows of orders.csv are done");
    again.telling("--resume").telling("move it away");
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert_eq!(day.sandbox.request_count(), 1);
    day.write("other.csv", cancelling([1])).run(&["other.csv", "--resume"]).with_code(2).telling("leave out --resume");
}

#[test]
fn an_input_that_has_changed_is_not_gone_on_with() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", cancelling([1])).run(&["orders.csv"]).with_code(0);
    day.write("orders.csv", cancelling([1, 2]));
    day.run(&["orders.csv", "--resume"]).with_code(2).telling("orders.csv has changed since");
    day.write("orders.csv", cancelling([1]));
    let args = ["orders.csv", "--resume", "--field", "date=1"];
    day.run(&args).with_code(2).telling("another --map, --field");
    assert_eq!(day.sandbox.request_count(), 1);
}

#[test]
fn wherever_a_journal_is_cut_off_nothing_is_lost_and_only_what_was_cut_off_is_repeated() {
    let day = Day::new(1..=20);
    day.write("orders.csv", cancelling(1..=20)).run(&["orders.csv"]).with_code(0);
    let whole = fs::read(day.path("orders.csv.journal")).unwrap();
    fs::remove_file(day.path("orders.results.csv")).unwrap();
    let mut sent = 20;
    for cut in [0, 7, whole.len() / 3, whole.len() / 2, whole.len() - 200, whole.len() - 1] {
        day.write("orders.csv.journal", &whole[..cut]);
        let done = day.done().len();
        day.run(&["orders.csv", "--resume", "--output", &format!("{cut}.csv")]).with_code(0);
        sent += 20 - done as u64;
        assert_eq!(day.sandbox.request_count(), sent, "cut at {cut}");
        assert_eq!(day.read(&format!("{cut}.csv")).matches(",true,").count(), 20);
    }
}

#[test]
fn a_journal_that_is_damaged_in_the_middle_is_refused() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", cancelling([1, 2])).run(&["orders.csv"]).with_code(0);
    let damaged = day.read("orders.csv.journal").replacen("\"begun\"", "\"be", 1);
    day.write("orders.csv.journal", damaged);
    day.run(&["orders.csv", "--resume"]).with_code(2).telling("damaged: line 2");
    assert_eq!(day.sandbox.request_count(), 2);
}

#[test]
fn two_runs_do_not_share_a_journal() {
    let day = Day::new([1, 2]);
    day.sandbox.set_misbehaviour(Some("slow".parse().unwrap()));
    let first = day.write("orders.csv", cancelling([1, 2])).spawn(&["orders.csv", "--in-flight", "1"]);
    crate::support::until("a request", || day.sandbox.request_count() > 0);
    day.run(&["orders.csv", "--resume"]).with_code(2).telling("another run is at work");
    day.run(&["orders.csv", "--output", "o.csv"]).with_code(2).telling("another run is at work");
    day.sandbox.set_misbehaviour(None);
    crate::support::wait(first).with_code(0);
    assert_eq!(day.sandbox.request_count(), 2);
}
