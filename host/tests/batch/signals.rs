//! Ctrl-C and SIGTERM.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use justclick_sandbox::{Misbehaviour, Order, Sandbox};

use crate::support::{Day, cancelling, until, wait};

fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", child.id())).status().unwrap();
    assert!(sent.success());
}

/// A day on which every answer takes so long.
fn slow_day(delay: Duration) -> Day {
    let orders = (1..=100).map(|number| Order::new(number.to_string()));
    let sandbox = orders.fold(Sandbox::builder(), |sandbox, order| sandbox.order(order));
    let sandbox = sandbox.slow(delay).misbehaviour(Misbehaviour::Slow).start().unwrap();
    let day = Day { sandbox, folder: tempfile::tempdir().unwrap() };
    day.write("orders.csv", cancelling(1..=100));
    day
}

#[test]
fn the_first_signal_lets_calls_end_and_tells_how_to_go_on() {
    for name in ["INT", "TERM"] {
        let day = slow_day(Duration::from_millis(700));
        let child = day.spawn(&["orders.csv", "--in-flight", "4"]);
        until("calls under way", || day.sandbox.request_count() >= 4);
        signal(&child, name);
        let ended =
            wait(child).with_code(130).telling("Stopping").telling("To go on, run the same command with --resume");
        let sent = day.sandbox.request_count();
        assert!(sent < 20, "{sent} rows were sent");
        ended.telling(&format!("{sent} of 100 rows are done.")).telling(&format!("{} not sent yet", 100 - sent));
        let results = day.results();
        assert_eq!(results.len(), 100);
        let unsent = results.values().filter(|row| row["kind"] == "not_sent" && row["effect"] == "none").count();
        assert_eq!(unsent as u64, 100 - sent);
        day.sandbox.set_misbehaviour(None);
        day.run(&["orders.csv", "--resume"]).with_code(0);
        assert!((1..=100).all(|number| day.changes(number) == 1), "a row was lost, or sent twice");
        assert!(day.results().values().all(|row| row["ok"] == "true"));
    }
}

#[test]
fn rows_that_wait_for_their_time_or_for_another_try_do_not_keep_a_stopped_batch() {
    let day = Day::new(1..=100);
    day.sandbox.set_misbehaviour(Some("http-429".parse().unwrap()));
    day.write("orders.csv", cancelling(1..=100));
    let begun = Instant::now();
    // One call a minute, and a service that asks for a pause: left alone, this takes hours.
    let child = day.spawn(&["orders.csv", "--rate", "1/m", "--retries", "9"]);
    until("a call", || day.sandbox.request_count() >= 1);
    until("its journal", || day.read("orders.csv.journal").lines().count() > 1);
    signal(&child, "INT");
    wait(child).with_code(130).telling("0 of 100 rows are done.");
    assert!(begun.elapsed() < Duration::from_secs(30));
    day.sandbox.set_misbehaviour(None);
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert!((1..=100).all(|number| day.changes(number) == 1));
}

#[test]
fn the_second_signal_ends_at_once_and_rows_under_way_are_repeated() {
    let day = slow_day(Duration::from_secs(40));
    let child = day.spawn(&["orders.csv", "--in-flight", "4"]);
    until("calls under way", || day.sandbox.request_count() >= 4);
    let begun = Instant::now();
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    wait(child).with_code(130).telling("Ended at once");
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(!day.path("orders.results.csv").exists());
    day.sandbox.set_misbehaviour(None);
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert!((1..=100).all(|number| day.order(number).status == "cancel"));
    assert_eq!((1..=100).map(|number| day.changes(number)).sum::<usize>(), 104);
}
