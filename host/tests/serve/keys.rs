//! Calls with an `Idempotency-Key`.

use std::thread;
use std::time::Duration;

use justclick_sandbox::{Order, SAMPLE_API_KEY, Sandbox};

use serde_json::json;

use crate::common::harmful_bundle;
use crate::server::{ACTION, Reply, Server, cancel, command, sandbox, sent, slow_sandbox, until};

fn with_key(server: &Server, key: &str, bill_id: &str) -> Reply {
    server.call_with(&cancel(bill_id), &[("idempotency-key", key)])
}

fn misbehave(sandbox: &Sandbox, misbehaviour: &str) {
    sandbox.put_order(Order::new("7").misbehaviour(misbehaviour.parse().unwrap()));
}

#[test]
fn the_same_call_is_made_once_and_answered_the_same_way() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let first = with_key(&server, "k", "100000");
    let again = with_key(&server, "k", "100000");
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, ""));
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
    assert_eq!((&again.text, again.header("content-type")), (&first.text, "application/json"));
    let other = with_key(&server, "k", "100001");
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency_key_reused"));
    assert_eq!(with_key(&server, "another", "100000").header("idempotent-replayed"), "");
    assert_eq!(sandbox.request_count(), 2);
    assert!(server.get("/metrics").text.contains("plugin_host_replayed_answers_total 1\n"));
}

#[test]
fn what_may_be_repeated_or_changed_nothing_keeps_no_key() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    for misbehaviour in ["http-503", "drop-after", "http-429", "code-7", "code-200"] {
        misbehave(&sandbox, misbehaviour);
        assert_ne!(with_key(&server, misbehaviour, "7").status, 200);
        sandbox.put_order(Order::new("7"));
        let again = with_key(&server, misbehaviour, "7");
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, ""), "{misbehaviour}");
    }
    // A corrected input may have the key of the wrong one.
    assert_eq!(with_key(&server, "input", "x").status, 422);
    assert_eq!(with_key(&server, "input", "7").status, 200);
}

#[test]
fn an_error_after_which_a_person_has_to_look_is_answered_again_and_not_made_again() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    misbehave(&sandbox, "forged-hash");
    let first = with_key(&server, "k", "7");
    sandbox.put_order(Order::new("7"));
    let again = with_key(&server, "k", "7");
    assert_eq!((again.status, again.problem().as_str()), (502, "forged_reply"));
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &first.text));
    assert_eq!(sent(&sandbox), 1);
}

#[test]
fn while_the_first_call_is_under_way_the_second_is_told_so() {
    let sandbox = slow_sandbox(Duration::from_millis(400));
    let server = Server::start(&sandbox, &[]);
    thread::scope(|scope| {
        let first = scope.spawn(|| with_key(&server, "k", "1"));
        until(|| sandbox.request_count() == 1);
        let second = with_key(&server, "k", "1");
        assert_eq!((second.status, second.problem().as_str()), (409, "idempotency_key_under_way"));
        assert_eq!(second.header("retry-after"), "1");
        assert_eq!(with_key(&server, "k", "2").problem(), "idempotency_key_reused");
        assert_eq!(first.join().unwrap().status, 200);
    });
    assert_eq!(with_key(&server, "k", "1").header("idempotent-replayed"), "true");
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn of_many_at_the_same_time_one_makes_the_call() {
    let sandbox = slow_sandbox(Duration::from_millis(200));
    let server = Server::start(&sandbox, &[]);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let calls: Vec<_> = (0..20).map(|_| scope.spawn(|| with_key(&server, "k", "1").status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(statuses.contains(&200) && statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    assert_eq!(sandbox.request_count(), 1);
}

/// Kills the server while its second call, with the key "broken", is at the service.
fn kill_during_a_call(server: &Server, sandbox: &Sandbox) {
    thread::scope(|scope| {
        let broken = scope.spawn(|| {
            let headers = [("content-type", "application/json"), ("idempotency-key", "broken")];
            server.try_post(ACTION, cancel("2").to_string().as_bytes(), &headers).is_err()
        });
        until(|| sandbox.request_count() == 2);
        server.signal("-KILL");
        assert!(broken.join().unwrap(), "the call was answered although the server was killed");
    });
}

#[test]
fn a_killed_server_knows_its_answers_and_makes_the_call_it_was_at_again() {
    let sandbox = slow_sandbox(Duration::from_millis(600));
    let server = Server::start(&sandbox, &[]);
    let done = with_key(&server, "done", "1");
    kill_during_a_call(&server, &sandbox);
    let server = server.restart(&sandbox, &[]);
    let again = with_key(&server, "done", "1");
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &done.text));
    assert_eq!(sandbox.request_count(), 2);
    let made = with_key(&server, "broken", "2");
    assert_eq!((made.status, made.header("idempotent-replayed")), (200, ""));
    assert_eq!(sandbox.request_count(), 3);
    assert_eq!(with_key(&server, "broken", "2").header("idempotent-replayed"), "true");
    let order = sandbox.order("2").unwrap();
    assert_eq!((order.status.as_str(), sandbox.request_count()), ("cancel", 3));
}

#[test]
fn a_malformed_key_is_refused() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let long = "k".repeat(256);
    for keys in [&["with blank"][..], &[&long], &[""], &["one", "two"]] {
        let headers: Vec<_> = keys.iter().map(|key| ("idempotency-key", *key)).collect();
        let reply = server.call_with(&cancel("100000"), &headers);
        assert_eq!((reply.status, reply.problem().as_str()), (400, "malformed_idempotency_key"), "{keys:?}");
    }
    assert_eq!(with_key(&server, &"k".repeat(255), "100000").status, 200);
}

#[test]
fn the_stored_answers_hold_no_secret() {
    let sandbox = sandbox();
    let mut command = command(&sandbox, &[]);
    command.env("PLUGIN_HOST_TOKENS", "a-token-of-some-length");
    let server = Server::begin(command, tempfile::tempdir().unwrap());
    let headers = [("authorization", "Bearer a-token-of-some-length"), ("idempotency-key", "a-key-of-its-own")];
    assert_eq!(server.call_with(&cancel("100000"), &headers).status, 200);
    let mut stored = Vec::new();
    for file in std::fs::read_dir(server.state()).unwrap() {
        stored.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| stored.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("order status changed"), "the answer is not where this test looks");
    for secret in [SAMPLE_API_KEY, "a-token-of-some-length", "a-key-of-its-own"] {
        assert!(!holds(secret), "{secret}");
    }
}

fn with_body(server: &Server, key: &str, body: &str) -> Reply {
    server.post(ACTION, body.as_bytes(), &[("content-type", "application/json"), ("idempotency-key", key)])
}

#[test]
fn the_same_json_in_another_order_or_spelling_is_the_same_call() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let first = with_body(&server, "k", r#"{"bill_id":100000,"status":"cancel"}"#);
    assert_eq!(first.status, 200);
    for body in [
        r#"{"status":"cancel","bill_id":100000}"#,
        "{ \"bill_id\": 100000.0,\r\n \"status\": \"c\\u0061ncel\" }",
        "\u{feff}{\"status\":\"cancel\",\"bill_id\":1e5}",
    ] {
        let again = with_body(&server, "k", body);
        assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &first.text), "{body}");
    }
    for body in [r#"{"bill_id":100001,"status":"cancel"}"#, r#"{"bill_id":100000,"status":"return"}"#] {
        assert_eq!(with_body(&server, "k", body).problem(), "idempotency_key_reused", "{body}");
    }
    let twice = with_body(&server, "other", r#"{"bill_id":100000,"bill_id":100001,"status":"cancel"}"#);
    assert_eq!((twice.status, &twice.json()["field"]), (422, &json!("bill_id")));
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn numbers_reach_the_plugin_with_all_of_their_digits() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("12345678901234567891"));
    let server = Server::start(&sandbox, &[]);
    let reply = with_body(&server, "k", r#"{"bill_id":12345678901234567891,"status":"cancel"}"#);
    assert_eq!((reply.status, &reply.json()["bill_id"]), (200, &json!("12345678901234567891")));
    let other = with_body(&server, "k", r#"{"bill_id":12345678901234567892,"status":"cancel"}"#);
    assert_eq!(other.problem(), "idempotency_key_reused");
}

/// A server of a plugin that says that its action must not be made twice.
fn harmful(sandbox: &Sandbox, bundle: &std::path::Path) -> std::process::Command {
    let mut command = command(sandbox, &["--retries", "3"]);
    command.env("PLUGIN_BUNDLE", harmful_bundle(bundle));
    command
}

#[test]
fn what_must_not_be_made_twice_is_not_made_again_after_the_server_was_killed_in_the_middle() {
    let sandbox = slow_sandbox(Duration::from_millis(600));
    let bundle = tempfile::tempdir().unwrap();
    let server = Server::begin(harmful(&sandbox, bundle.path()), tempfile::tempdir().unwrap());
    let done = with_key(&server, "done", "1");
    kill_during_a_call(&server, &sandbox);
    let server = server.restart_as(harmful(&sandbox, bundle.path()));
    for _ in 0..2 {
        let told = with_key(&server, "broken", "2");
        assert_eq!((told.status, told.problem().as_str()), (500, "internal"));
        assert_eq!((&told.json()["retry"], &told.json()["effect"]), (&json!("never"), &json!("unknown")));
        assert!(told.json()["detail"].as_str().unwrap().contains("may or may not have been made"));
    }
    assert_eq!(with_key(&server, "broken", "3").problem(), "idempotency_key_reused");
    assert_eq!(with_key(&server, "done", "1").text, done.text);
    assert_eq!(sandbox.request_count(), 2);
    assert_eq!(with_key(&server, "new", "2").status, 200);
}

#[test]
fn what_must_not_be_made_twice_keeps_its_key_unless_it_changed_nothing() {
    let sandbox = sandbox();
    let bundle = tempfile::tempdir().unwrap();
    let server = Server::begin(harmful(&sandbox, bundle.path()), tempfile::tempdir().unwrap());
    for misbehaviour in ["drop-after", "http-503", "forged-hash"] {
        misbehave(&sandbox, misbehaviour);
        let before = sandbox.request_count();
        let first = with_key(&server, misbehaviour, "7");
        // 503 would be repeated by many a client, by itself.
        assert_eq!((first.status, &first.json()["retry"], first.header("retry-after")), (502, &json!("never"), ""));
        sandbox.put_order(Order::new("7"));
        let again = with_key(&server, misbehaviour, "7");
        assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &first.text), "{misbehaviour}");
        assert_eq!(sandbox.request_count() - before, 1, "{misbehaviour}");
    }
    misbehave(&sandbox, "code-200");
    assert_eq!(with_key(&server, "nothing", "7").status, 404);
    sandbox.put_order(Order::new("7"));
    assert_eq!(with_key(&server, "nothing", "7").status, 200);
}

#[test]
fn a_failure_is_not_given_again_once_the_connection_is_another() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    misbehave(&sandbox, "forged-hash");
    assert_eq!(with_key(&server, "failed", "7").problem(), "forged_reply");
    assert_eq!(with_key(&server, "done", "100000").status, 200);
    sandbox.put_order(Order::new("7"));
    let mut mended = command(&sandbox, &[]);
    mended.env("JUSTCLICK_API_KEY", "another-key-than-before");
    let server = server.restart_as(mended);
    // Made, and refused: the sandbox does not know this key.
    assert_eq!(with_key(&server, "failed", "7").problem(), "auth");
    assert_eq!(with_key(&server, "done", "100000").header("idempotent-replayed"), "true");
    let elsewhere = crate::server::sandbox();
    let server = server.restart(&elsewhere, &[]);
    // Neither another account's answer, nor a second call where the first was enough.
    assert_eq!(with_key(&server, "done", "100000").problem(), "idempotency_key_reused");
    assert_eq!(elsewhere.request_count(), 0);
}

#[test]
fn a_caller_with_a_name_keeps_its_answers_when_its_token_is_replaced() {
    let sandbox = sandbox();
    let with_tokens = |tokens: &str| {
        let mut command = command(&sandbox, &[]);
        command.env("PLUGIN_HOST_TOKENS", tokens);
        command
    };
    let call = |server: &Server, token: &str| {
        let authorization = format!("Bearer {token}");
        server.call_with(&cancel("100000"), &[("authorization", &authorization), ("idempotency-key", "k")])
    };
    let (old, new, other) = ("0123456789abcdef", "fedcba9876543210", "aaaabbbbccccdddd");
    let tokens = tempfile::tempdir().unwrap();
    let server = Server::begin(with_tokens(&format!("n8n:{old} shop:{other}")), tokens);
    assert_eq!(call(&server, old).header("idempotent-replayed"), "");
    let server = server.restart_as(with_tokens(&format!("n8n:{new} shop:{other}")));
    assert_eq!(call(&server, old).status, 401);
    assert_eq!(call(&server, new).header("idempotent-replayed"), "true");
    assert_eq!(call(&server, other).header("idempotent-replayed"), "");
}
