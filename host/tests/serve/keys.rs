//! Calls with an `Idempotency-Key`.

use std::thread;
use std::time::Duration;

use justclick_sandbox::{Order, SAMPLE_API_KEY, Sandbox};

use crate::server::{ACTION, Reply, Server, cancel, command, sandbox, slow_sandbox, until};

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
    assert_eq!(sandbox.request_count(), 1);
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

#[test]
fn a_killed_server_knows_its_answers_and_makes_the_call_it_was_at_again() {
    let sandbox = slow_sandbox(Duration::from_millis(600));
    let server = Server::start(&sandbox, &[]);
    let done = with_key(&server, "done", "1");
    thread::scope(|scope| {
        let broken = scope.spawn(|| {
            let headers = [("content-type", "application/json"), ("idempotency-key", "broken")];
            server.try_post(ACTION, cancel("2").to_string().as_bytes(), &headers).is_err()
        });
        until(|| sandbox.request_count() == 2);
        server.signal("-KILL");
        assert!(broken.join().unwrap(), "the call was answered although the server was killed");
    });
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
