//! How calls and servers end before their time.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::agent::Agent;
use crate::support::*;

const WHILE: Duration = Duration::from_millis(700);

#[test]
fn a_cancelled_call_that_waits_is_never_made_and_one_under_way_comes_to_its_end() {
    let sandbox = slow_sandbox(WHILE);
    let mut agent = Agent::start(&sandbox, &[]);
    let [first, second] = [1, 2].map(|date| agent.ask("tools/call", &calling(&paid("1", date))));
    until(|| sandbox.request_count() == 1);
    for call in [second, first] {
        agent.tell("notifications/cancelled", &json!({ "requestId": call, "reason": "no longer wanted" }));
    }
    let third = agent.ask("tools/call", &calling(&paid("1", 3)));
    output(&agent.answer(third)["result"]);
    let end = agent.leave();
    assert!(end.answers.is_empty(), "cancelled calls are not answered: {:?}", end.answers);
    let order = sandbox.order("1").unwrap();
    assert_eq!((sandbox.request_count(), order.most_at_once, order.date), (2, 1, Some(1_700_000_003)));
}

#[test]
fn a_cancellation_that_comes_too_late_or_means_nothing_is_no_error() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &[]);
    output(&agent.call(&cancel("100000")));
    for params in [json!({ "requestId": 2 }), json!({ "requestId": "made up" }), json!({})] {
        agent.tell("notifications/cancelled", &params);
    }
    output(&agent.call(&cancel("100000")));
    assert_eq!(agent.leave().code, Some(0));
}

#[test]
fn when_the_input_ends_calls_under_way_and_waiting_are_answered() {
    let sandbox = slow_sandbox(WHILE);
    let mut agent = Agent::start(&sandbox, &["--in-flight", "1"]);
    let calls = ["1", "2"].map(|bill_id| agent.ask("tools/call", &calling(&cancel(bill_id))));
    let end = agent.leave();
    assert_eq!(end.code, Some(0), "{}", end.log);
    for call in calls {
        output(&end.answers[&call]["result"]);
    }
}

#[test]
fn when_asked_to_end_calls_under_way_and_waiting_are_answered_and_new_ones_refused() {
    for signal in ["-TERM", "-INT"] {
        let sandbox = slow_sandbox(WHILE);
        let mut agent = Agent::start(&sandbox, &["--in-flight", "1"]);
        let calls = ["1", "2"].map(|bill_id| agent.ask("tools/call", &calling(&cancel(bill_id))));
        until(|| sandbox.request_count() == 1);
        agent.signal(signal);
        agent.until_logged("asked to end");
        let refused = failure(&agent.call(&cancel("3")));
        assert_eq!((&refused["kind"], &refused["retry"]), (&json!("unavailable"), &json!("later")), "{refused}");
        for call in calls {
            output(&agent.answer(call)["result"]);
        }
        // Its input is still open.
        assert_eq!(agent.ended().code, Some(0), "{signal}");
    }
}

#[test]
fn what_takes_longer_than_it_may_is_cut_off_and_said_so() {
    let sandbox = slow_sandbox(Duration::from_secs(9));
    let mut agent = Agent::start(&sandbox, &["--in-flight", "1", "--drain", "1"]);
    let calls = ["1", "2"].map(|bill_id| agent.ask("tools/call", &calling(&cancel(bill_id))));
    until(|| sandbox.request_count() == 1);
    let end = agent.leave();
    assert_eq!(end.code, Some(1), "{}", end.log);
    assert!(end.log.contains("1 calls were cut off"), "{}", end.log);
    assert_eq!(failure(&end.answers[&calls[1]]["result"])["effect"], "none");
    assert_eq!((end.answers.len(), sandbox.request_count()), (1, 1));
}

#[test]
fn a_client_that_leaves_at_once_is_no_error() {
    let end = Agent::spawn(command(&sandbox(), &[])).leave();
    assert_eq!((end.code, end.answers.len()), (Some(0), 0), "{}", end.log);
}

#[test]
fn a_server_that_can_not_begin_says_why_on_standard_error_alone() {
    let sandbox = sandbox();
    for (args, part) in [
        (&["--token-file", "tokens"][..], "--listen"),
        (&["--listen", "0.0.0.0:0"], "give --tokens FILE, --token-file FILE or PLUGIN_HOST_TOKENS"),
    ] {
        let output = command(&sandbox, args).stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{error}");
        assert!(error.contains(part), "{error}");
    }
}
