//! Trouble that is not the rows'.

use justclick_sandbox::{Misbehaviour, SAMPLE_API_KEY};

use crate::support::{Day, cancelling};

#[test]
fn rows_that_meet_a_passing_trouble_are_repeated_unasked() {
    let day = Day::new([1]);
    day.sandbox.set_misbehaviour(Some("http-503".parse().unwrap()));
    let child = day.write("orders.csv", cancelling([1])).spawn(&["orders.csv"]);
    crate::support::until("the first try", || day.sandbox.request_count() > 0);
    day.sandbox.set_misbehaviour(None);
    crate::support::wait(child).with_code(0);
    assert!(day.sandbox.request_count() > 1);
}

#[test]
fn a_connection_that_fails_ends_the_batch_and_its_rows_are_sent_when_it_is_mended() {
    let day = Day::new(1..=100);
    day.write("orders.csv", cancelling(1..=100));
    let mut wrong = day.command(&["orders.csv"]);
    let ended = crate::support::ended(wrong.env("JUSTCLICK_API_KEY", "y".repeat(40)).output().unwrap());
    ended.with_code(21).telling("Given up: the last 10 rows failed").telling("auth").telling("--resume");
    assert!(day.sandbox.request_count() < 40, "it went on");
    assert_eq!(day.results().len(), 100);
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert!((1..=100).all(|number| day.changes(number) == 1));
}

#[test]
fn a_service_that_is_down_ends_the_batch_in_the_end() {
    let day = Day::new(1..=200);
    day.sandbox.set_misbehaviour(Some(Misbehaviour::DropBefore));
    day.write("orders.csv", cancelling(1..=200));
    day.run(&["orders.csv", "--retries", "0"]).with_code(21).telling("the last 100 rows failed for the service's sake");
    assert!(day.sent().len() < 150, "it went on");
    day.sandbox.set_misbehaviour(None);
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert!((1..=200).all(|number| day.order(number).status == "cancel"));
}

#[test]
fn a_connection_may_come_from_a_file_that_has_just_one() {
    let day = Day::new([1, 2]);
    let shop = |name: &str| {
        let url = day.sandbox.base_url();
        format!("[{name}]\nlogin = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{url}\"\n")
    };
    day.write("orders.csv", cancelling([1])).write("shops.toml", shop("berlin"));
    day.run(&["orders.csv", "--connections", "shops.toml"]).with_code(0);
    assert!(day.read("orders.csv.journal").contains("\"connection\":\"berlin\""));
    day.run(&["orders.csv", "--resume"])
        .with_code(2)
        .telling("another connection: berlin, not that of the environment");
    day.write("shops.toml", shop("berlin") + &shop("london"));
    day.run(&["orders.csv", "--resume", "--connections", "shops.toml"]).with_code(3).telling("berlin, london");
}

#[test]
fn an_unknown_action_is_told_with_those_there_are() {
    let day = Day::new([1]);
    let mut command = day.write("orders.csv", cancelling([1])).host(&["batch", "fly", "orders.csv"]);
    crate::support::ended(command.output().unwrap()).with_code(10).telling("Its actions: update_order_status");
}
