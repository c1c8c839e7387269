//! How the server ends.

use std::thread;
use std::time::{Duration, Instant};

use crate::server::{ACTION, Server, cancel, sandbox, slow_sandbox, until};

#[test]
fn with_nothing_to_do_it_ends_at_once() {
    let sandbox = sandbox();
    for signal in ["-TERM", "-INT"] {
        let server = Server::start(&sandbox, &[]);
        assert_eq!(server.call(&cancel("100000")).status, 200);
        let (code, took) = server.end(signal);
        assert_eq!(code, Some(0), "{signal}");
        assert!(took < Duration::from_secs(2), "{signal} took {took:?}");
    }
}

#[test]
fn calls_under_way_and_waiting_come_to_their_end_and_new_ones_are_refused() {
    let sandbox = slow_sandbox(Duration::from_millis(700));
    let mut server = Server::start(&sandbox, &["--in-flight", "1"]);
    thread::scope(|scope| {
        let (first, second) =
            (scope.spawn(|| server.call(&cancel("1")).status), scope.spawn(|| server.call(&cancel("2")).status));
        until(|| server.get("/metrics").text.contains("plugin_host_calls_waiting 1\n"));
        server.signal("-TERM");
        until(|| server.get("/readyz").status == 503);
        let refused = server.call(&cancel("3"));
        assert_eq!((refused.status, refused.problem().as_str()), (503, "draining"));
        assert_eq!(server.get("/healthz").status, 200);
        assert_eq!((first.join().unwrap(), second.join().unwrap()), (200, 200));
    });
    assert_eq!(server.ended(), Some(0));
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn what_takes_longer_than_it_may_is_cut_off_and_said_so() {
    let sandbox = slow_sandbox(Duration::from_secs(4));
    let mut server = Server::start(&sandbox, &["--in-flight", "1", "--drain", "1"]);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            let json = [("content-type", "application/json")];
            server.try_post(ACTION, cancel("1").to_string().as_bytes(), &json).is_err()
        });
        until(|| sandbox.request_count() == 1);
        let waiting = scope.spawn(|| server.call(&cancel("2")).problem());
        until(|| server.get("/metrics").text.contains("plugin_host_calls_waiting 1\n"));
        server.signal("-TERM");
        assert_eq!(waiting.join().unwrap(), "draining");
        assert!(first.join().unwrap(), "the call was answered");
    });
    assert_eq!(server.ended(), Some(1));
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = slow_sandbox(Duration::from_secs(15));
    let mut server = Server::start(&sandbox, &[]);
    thread::scope(|scope| {
        let call = scope.spawn(|| {
            let json = [("content-type", "application/json")];
            server.try_post(ACTION, cancel("1").to_string().as_bytes(), &json).is_err()
        });
        until(|| sandbox.request_count() == 1);
        server.signal("-TERM");
        until(|| server.get("/readyz").status == 503);
        server.signal("-INT");
        assert!(call.join().unwrap(), "the call was answered");
    });
    let begun = Instant::now();
    assert_eq!(server.ended(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
