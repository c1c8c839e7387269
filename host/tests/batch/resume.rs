//! Going on with a batch.

use std::fs;

use crate::support::{Day, cancelling};

#[test]
fn a_journal_that_is_there_is_refused_with_both_ways_on() {
    let day = Day::new([1]);
    day.write("orders.csv", cancelling([1])).run(&["orders.csv"]).with_code(0);
    let again = day.run(&["orders.csv"]).with_code(2).telling("1 of the 1 rows of orders.csv are done");
    again.telling("--resume").telling("move it and the results away");
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
    for cut in [7, whole.len() / 3, whole.len() / 2, whole.len() - 200, whole.len() - 1] {
        day.write("orders.csv.journal", &whole[..cut]);
        let done = day.done().len();
        day.run(&["orders.csv", "--resume", "--output", &format!("{cut}.csv")]).with_code(0);
        sent += 20 - done as u64;
        assert_eq!(day.sandbox.request_count(), sent, "cut at {cut}");
        assert_eq!(day.read(&format!("{cut}.csv")).matches(",true,").count(), 20);
    }
}

#[test]
fn an_empty_journal_is_not_gone_on_with_and_can_be_begun() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", cancelling([1, 2])).write("orders.csv.journal", "");
    day.run(&["orders.csv", "--resume"]).with_code(2).telling("is empty").telling("leave out --resume");
    assert_eq!(day.sandbox.request_count(), 0);
    day.run(&["orders.csv"]).with_code(0);
    assert_eq!(day.sandbox.request_count(), 2);
}

#[test]
fn a_batch_begun_at_a_wrong_address_is_begun_anew_at_the_right_one_as_it_is_told() {
    let day = Day::new([1, 2]);
    let mut wrong = day.write("orders.csv", cancelling([1, 2])).command(&["orders.csv"]);
    crate::support::ended(wrong.env("JUSTCLICK_BASE_URL", "http://127.0.0.1:9").output().unwrap());
    assert_eq!(day.sandbox.request_count(), 0);
    let refused = day.run(&["orders.csv", "--resume"]).with_code(2).telling("was begun with another account");
    refused.telling("leave out --resume, and move orders.csv.journal and the results away");
    let looked = day.host(&["doctor"]).output().unwrap();
    crate::support::ended(looked).telling("or, if the connection is another by now, begin anew without --resume");
    let refused = day.run(&["orders.csv"]).with_code(2).telling("move it and the results away");
    refused.telling("--output FILE");
    day.run(&["orders.csv", "--journal", "j", "--output", "o.csv"]).with_code(0);
    assert_eq!(day.sandbox.request_count(), 2);
}

#[test]
fn a_journal_of_another_version_is_not_gone_on_with() {
    let day = Day::new([1]);
    day.write("orders.csv", cancelling([1])).run(&["orders.csv"]).with_code(0);
    let journal = day.read("orders.csv.journal");
    for (version, why) in [("1", "an older version"), ("9", "a newer version")] {
        let other = journal.replacen("\"journal\":2", &format!("\"journal\":{version}"), 1);
        day.write("orders.csv.journal", &other);
        day.run(&["orders.csv", "--resume"]).with_code(2).telling(why);
        assert_eq!(day.read("orders.csv.journal"), other);
    }
}

#[test]
fn damage_to_a_part_of_a_journal_is_told_and_costs_no_other_row() {
    let day = Day::new(1..=100);
    day.write("orders.csv", cancelling(1..=100)).run(&["orders.csv"]).with_code(0);
    let whole = fs::read(day.path("orders.csv.journal")).unwrap();
    // The first page, with the header in it, and one in the middle; by a byte, and as a whole.
    for (place, length) in [(0, 4096), (8192, 4096), (9000, 1), (40, 1)] {
        let before = day.sandbox.request_count();
        let mut damaged = whole.clone();
        damaged[place..place + length].iter_mut().for_each(|byte| *byte ^= 0x55);
        day.write("orders.csv.journal", damaged);
        let output = format!("{place}-{length}.csv");
        let ended = day.run(&["orders.csv", "--resume", "--output", &output]).with_code(0);
        ended.telling("is damaged: ").telling("100 of 100 rows are done.");
        let again = day.sandbox.request_count() - before;
        assert!(again <= 50, "{again} rows were sent again for {length} bytes at {place}");
        assert_eq!(day.read(&output).matches(",true,").count(), 100);
    }
}

#[test]
fn a_row_whose_record_is_lost_is_not_sent_after_a_later_one_on_its_order() {
    let day = Day::new(1..=2);
    day.write("orders.csv", "bill_id,status,date\n1,paid,1362254400\n2,cancel,\n1,cancel,\n");
    day.run(&["orders.csv"]).with_code(0);
    let journal =
        day.read("orders.csv.journal").replace("\"begun\":2", "\"begun\":7").replace("\"done\":2", "\"done\":7");
    day.write("orders.csv.journal", journal);
    let ended = day.run(&["orders.csv", "--resume", "--output", "o.csv"]).with_code(20);
    ended.telling("2 of its lines can't be read").telling("line 4, a later row");
    assert_eq!((day.order(1).status.as_str(), day.sandbox.request_count()), ("cancel", 3));
    // It is settled, and said so in the results.
    assert!(day.read("o.csv").contains("superseded"));
    day.run(&["orders.csv", "--resume", "--output", "o.csv"]).with_code(20);
    assert_eq!(day.sandbox.request_count(), 3);
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
