//! Dead letters, over HTTP.

use serde_json::json;

use crate::receiver::{Answer, Receiver};
use crate::server::{Server, happen, sandbox, subscribe, until};

fn dead(count: usize) -> (justclick_sandbox::Sandbox, Receiver, Server) {
    let numbers: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let (sandbox, receiver) = (sandbox(&numbers), Receiver::start());
    receiver.answers((0..count).map(|_| Answer::Status(422, "")));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url, "--deliver-secret", "env:SECRET"]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    for number in numbers {
        happen(&sandbox, "order_paid", number);
    }
    until(|| server.count("plugin_host_events_kept", "dead") == count as u64);
    (sandbox, receiver, server)
}

#[test]
fn a_dead_letter_is_looked_at_and_sent_again() {
    let (_sandbox, receiver, server) = dead(1);
    let (_, listed) = server.get("/v1/dead-letters");
    let letter = &listed["dead_letters"][0];
    assert_eq!((&letter["type"], &letter["attempts"]), (&json!("justclick.order_paid"), &json!(1)));
    assert!(letter["error"].as_str().unwrap().ends_with("answered 422."), "{letter}");
    assert_eq!(letter.get("event"), None);
    let path = format!("/v1/dead-letters/{}", letter["number"]);
    let (status, whole) = server.get(&path);
    assert_eq!((status, &whole["event"]), (200, &receiver.told()[0].event()));
    assert_eq!(server.post(&format!("{path}/retry")), (204, String::new()));
    let told = receiver.wait(2);
    assert_eq!((told[0].header("webhook-id"), &told[0].body), (told[1].header("webhook-id"), &told[1].body));
    until(|| server.count("plugin_host_events_kept", "") == 0);
    assert_eq!(server.get("/v1/dead-letters").1, json!({ "dead_letters": [] }));
    assert_eq!((server.get(&path).0, server.post(&format!("{path}/retry")).0, server.delete(&path)), (404, 404, 404));
}

#[test]
fn dead_letters_are_listed_in_pages_and_dropped_or_sent_again_all_at_once() {
    let (_sandbox, receiver, server) = dead(5);
    let (_, page) = server.get("/v1/dead-letters?limit=2");
    let numbers = |page: &serde_json::Value| -> Vec<u64> {
        page["dead_letters"].as_array().unwrap().iter().map(|letter| letter["number"].as_u64().unwrap()).collect()
    };
    let first = numbers(&page);
    assert_eq!((first.len(), &page["next"]), (2, &json!(first[1])));
    let (_, rest) = server.get(&format!("/v1/dead-letters?after={}&limit=1000", page["next"]));
    assert_eq!((numbers(&rest).len(), rest.get("next")), (3, None));
    for wrong in ["limit=0", "limit=1001", "limit=a", "after=-1"] {
        let (status, problem) = server.get(&format!("/v1/dead-letters?{wrong}"));
        assert_eq!((status, &problem["type"]), (400, &json!("urn:problem-type:plugin-host:malformed_query")));
    }
    assert_eq!(server.delete(&format!("/v1/dead-letters/{}", first[0])), 204);
    assert_eq!(server.post("/v1/dead-letters/retry"), (200, r#"{"retried":4}"#.to_owned()));
    receiver.wait(9);
    until(|| server.count("plugin_host_events_kept", "") == 0);
    assert_eq!(receiver.told().len(), 9);
}

#[test]
fn what_nobody_takes_for_long_is_a_dead_letter_and_so_is_what_can_not_be_confirmed() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    receiver.always(Answer::Status(500, ""));
    let server = Server::start(&sandbox, &["--deliver", &receiver.url, "--deliver-for", "0s"]);
    subscribe(&sandbox, &[("order_paid", server.address("order_paid"))]);
    happen(&sandbox, "order_paid", "1");
    until(|| server.count("plugin_host_events_kept", "dead") == 1);
    assert_eq!(receiver.told().len(), 1);
    sandbox.set_misbehaviour(Some("http-503".parse().unwrap()));
    happen(&sandbox, "order_paid", "2");
    until(|| server.count("plugin_host_events_kept", "dead") == 2);
    sandbox.set_misbehaviour(None);
    receiver.always(Answer::Status(200, ""));
    assert_eq!(server.post("/v1/dead-letters/retry"), (200, r#"{"retried":2}"#.to_owned()));
    until(|| server.count("plugin_host_events_total", "outcome=\"delivered\"") == 2);
}

#[test]
fn a_server_without_triggers_has_no_dead_letters_and_no_addresses() {
    let sandbox = sandbox(&[]);
    let server = Server::start(&sandbox, &[]);
    assert_eq!(server.get("/v1/dead-letters").1, json!({ "dead_letters": [] }));
    assert_eq!(server.get("/v1/dead-letters/1").0, 404);
    assert_eq!(server.post("/v1/dead-letters/retry"), (200, r#"{"retried":0}"#.to_owned()));
    let (_, listed) = server.get("/v1/connections/default/triggers");
    let triggers = listed["triggers"].as_array().unwrap();
    assert!(triggers.len() > 5 && triggers.iter().all(|it| it["open"] == false && it.get("address").is_none()));
    assert!(!server.state.path().join("events.sqlite").exists());
    let guessed = server.url("/v1/connections/default/triggers/order_paid/0000");
    assert_eq!(server.send(&guessed, b"id=1"), (404, String::new()));
}
