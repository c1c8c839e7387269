//! Rows on one order.

use justclick_sandbox::{Misbehaviour, Order};

use crate::support::Day;

#[test]
fn rows_on_one_order_are_sent_one_after_the_other_in_their_order() {
    let day = Day::new(1..=4);
    let mut text = "bill_id,status,date\n".to_owned();
    for round in 0..30 {
        for order in 1..=4 {
            // The same number, as people write it.
            let number = if round % 2 == 0 { format!("{order}") } else { format!(" {order} ") };
            text.push_str(&format!("{number},paid,{}\n", 1_700_000_000 + round));
        }
    }
    day.write("orders.csv", text).run(&["orders.csv", "--in-flight", "32"]).with_code(0);
    for number in 1..=4 {
        let order = day.order(number);
        let dates: Vec<_> = order.changes.iter().map(|change| change.date.unwrap()).collect();
        assert_eq!((dates, order.most_at_once), ((1_700_000_000..1_700_000_030).collect(), 1));
    }
}

#[test]
fn a_later_row_waits_for_one_that_is_to_be_repeated_and_both_are_sent_in_order_on_resume() {
    let down = Order::new("1").misbehaviour("http-503".parse().unwrap());
    let day = Day::with([down, Order::new("2")]);
    day.write("orders.csv", "bill_id,status,date\n1,paid,1700000000\n2,cancel,\n1,cancel,\n1,return,\n");
    let ended = day.run(&["orders.csv", "--retries", "0"]).with_code(20);
    ended.telling("2 not sent: an earlier row with the same bill_id").telling("--resume");
    assert_eq!(day.sent().len(), 2, "a later row overtook");
    let results = day.results();
    assert_eq!((results[&2]["kind"].as_str(), results[&2]["effect"].as_str()), ("unavailable", "unknown"));
    for line in [4, 5] {
        let row = &results[&line];
        assert_eq!(
            (row["kind"].as_str(), row["retry"].as_str(), row["effect"].as_str()),
            ("not_sent", "later", "none")
        );
        assert!(row["message"].contains("line 2"), "{}", row["message"]);
    }
    day.sandbox.put_order(Order::new("1"));
    day.run(&["orders.csv", "--resume"]).with_code(0);
    let order = day.order(1);
    let statuses: Vec<_> = order.changes.iter().map(|change| change.status.as_str()).collect();
    assert_eq!((statuses, day.changes(2)), (vec!["paid", "cancel", "return"], 1));
}

#[test]
fn however_its_number_is_written_an_order_is_one_order_also_after_a_503_and_resume() {
    // To the sandbox these are two, so that it shows which spelling was sent when.
    let day = Day::with([Order::new("0100").misbehaviour("http-503".parse().unwrap()), Order::new("100")]);
    day.write(
        "orders.ndjson",
        r#"{"bill_id":"0100","status":"paid","date":1362254400}
{"bill_id":100,"status":"cancel"}
{"bill_id":1e2,"status":"paid","date":1362254401}
{"bill_id":100.0,"status":"return"}
"#,
    );
    day.run(&["orders.ndjson", "--retries", "0"]).with_code(20).telling("3 not sent");
    assert_eq!(day.sent().len(), 1, "a later row overtook");
    day.sandbox.put_order(Order::new("0100"));
    day.run(&["orders.ndjson", "--resume"]).with_code(0);
    let bodies: Vec<_> = day.sent().into_iter().map(|request| request.body).collect();
    let sent = |body: &str| body.split('&').find_map(|pair| pair.strip_prefix("status=").map(str::to_owned)).unwrap();
    let statuses: Vec<_> = bodies.iter().map(|body| sent(body)).collect();
    assert_eq!(statuses, ["paid", "paid", "cancel", "paid", "return"]);
}

#[test]
fn a_row_that_failed_for_good_lets_later_ones_go_and_is_not_repeated_after_them() {
    let day = Day::with([Order::new("1").misbehaviour(Misbehaviour::ForgedHash), Order::new("2")]);
    day.write("orders.csv", "bill_id,status\n1,cancel\n2,x\n2,cancel\n");
    day.run(&["orders.csv"]).with_code(20);
    assert_eq!(day.order(2).status, "cancel");
    day.sandbox.put_order(Order::new("1"));
    let before = day.sandbox.request_count();
    day.run(&["orders.csv", "--resume"]).with_code(20).telling("--retry-failed");
    assert_eq!(day.sandbox.request_count(), before, "what failed for good was repeated unasked");
    day.run(&["orders.csv", "--resume", "--retry-failed"]).with_code(20).telling("1 of those were not repeated");
    assert_eq!((day.order(1).status.as_str(), day.changes(2)), ("cancel", 1));
}
