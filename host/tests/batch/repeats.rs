//! What is repeated, and what is not.

use justclick_sandbox::Misbehaviour;

use crate::common::{harmful_bundle, reading_bundle};
use crate::support::{Day, Ended, cancelling, ended};

/// One call with repetitions; how it ended, and how many requests there were.
fn call(day: &Day, bundle: &std::path::Path, misbehaviour: Misbehaviour) -> (Ended, u64) {
    let before = day.sandbox.request_count();
    day.sandbox.set_misbehaviour(Some(misbehaviour));
    let input = r#"{"bill_id":1,"status":"cancel"}"#;
    let mut command = day.host(&["call", "update_order_status", "--input", input, "--retries", "2", "--json"]);
    let ended = ended(command.env("PLUGIN_BUNDLE", bundle).output().unwrap());
    day.sandbox.set_misbehaviour(None);
    (ended, day.sandbox.request_count() - before)
}

#[test]
fn a_call_that_might_be_done_twice_is_made_once_when_nobody_knows_what_became_of_it() {
    let day = Day::new([1]);
    let bundle = harmful_bundle(day.folder.path());
    for misbehaviour in [Misbehaviour::DropAfter, Misbehaviour::Http503] {
        let (ended, requests) = call(&day, &bundle, misbehaviour);
        assert_eq!(requests, 1, "{misbehaviour}");
        ended.telling("\"retry\":\"never\"").telling("\"effect\":\"unknown\"").telling("look whether it was done");
    }
    // What certainly changed nothing is repeated all the same.
    let (ended, requests) = call(&day, &bundle, Misbehaviour::Code(8));
    assert_eq!(requests, 3);
    ended.telling("\"retry\":\"later\"").telling("\"effect\":\"none\"");
}

#[test]
fn a_read_is_repeated_and_never_has_an_effect() {
    let day = Day::new([1]);
    let bundle = reading_bundle(day.folder.path());
    let (ended, requests) = call(&day, &bundle, Misbehaviour::DropAfter);
    assert_eq!(requests, 3);
    ended.telling("\"retry\":\"later\"").telling("\"effect\":\"none\"");
    let (ended, requests) = call(&day, &bundle, Misbehaviour::Html);
    assert_eq!(requests, 1);
    ended.telling("\"retry\":\"never\"").telling("\"effect\":\"none\"");
}

#[test]
fn a_batch_repeats_such_a_row_neither_at_once_nor_on_resume_but_when_a_person_says_so() {
    let day = Day::new([1, 2]);
    let bundle = harmful_bundle(day.folder.path());
    let run = |args: &[&str]| ended(day.command(args).env("PLUGIN_BUNDLE", &bundle).output().unwrap());
    day.write("orders.csv", cancelling([1, 2])).sandbox.set_misbehaviour(Some(Misbehaviour::DropAfter));
    run(&["orders.csv"])
        .with_code(20)
        .telling("2 failed for good")
        .telling("2 of those may or may not have been changed");
    assert_eq!(day.sandbox.request_count(), 2);
    day.sandbox.set_misbehaviour(None);
    run(&["orders.csv", "--resume"]).with_code(20);
    assert_eq!(day.sandbox.request_count(), 2);
    run(&["orders.csv", "--resume", "--retry-failed"]).with_code(0);
    assert_eq!(day.sandbox.request_count(), 4);
}
