//! More than the server can take on, and clients that take their time.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::{ACTION, Server, cancel, sandbox, slow_sandbox, until};

#[test]
fn ten_times_what_it_can_take_on_is_answered_at_once_or_done() {
    let sandbox = slow_sandbox(Duration::from_millis(300));
    let server = Server::start(&sandbox, &["--in-flight", "4", "--waiting", "4"]);
    let begun = Instant::now();
    let replies: Vec<_> = thread::scope(|scope| {
        let server = &server;
        let calls: Vec<_> = (1..=80).map(|id| scope.spawn(move || server.call(&cancel(&id.to_string())))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(done >= 8, "only {done} were done");
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert!(!refused.is_empty());
    for reply in refused {
        assert_eq!((reply.status, reply.problem().as_str(), reply.header("retry-after")), (429, "overloaded", "1"));
    }
    assert_eq!(sandbox.request_count(), done as u64);
    assert_eq!(server.call(&cancel("1")).status, 200);
}

#[test]
fn what_waits_too_long_for_its_turn_is_refused_and_never_sent() {
    let sandbox = slow_sandbox(Duration::from_millis(1500));
    let server = Server::start(&sandbox, &["--in-flight", "1", "--longest-wait", "1"]);
    thread::scope(|scope| {
        let first = scope.spawn(|| server.call(&cancel("1")).status);
        until(|| sandbox.request_count() == 1);
        let second = server.call(&cancel("2"));
        assert_eq!((second.status, second.problem().as_str()), (429, "overloaded"));
        assert_eq!(first.join().unwrap(), 200);
    });
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn the_rate_of_a_connection_is_kept() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &["--rate", "10/s"]);
    let begun = Instant::now();
    for _ in 0..4 {
        assert_eq!(server.call(&cancel("100000")).status, 200);
    }
    assert!(begun.elapsed() >= Duration::from_millis(290), "{:?}", begun.elapsed());
}

#[test]
fn a_caller_who_leaves_while_waiting_has_no_call_made() {
    let sandbox = slow_sandbox(Duration::from_millis(500));
    let server = Server::start(&sandbox, &["--in-flight", "1"]);
    thread::scope(|scope| {
        let first = scope.spawn(|| server.call(&cancel("1")).status);
        until(|| sandbox.request_count() == 1);
        let leaving = open(&server, &request(&cancel("2").to_string()));
        until(|| server.get("/metrics").text.contains("plugin_host_calls_waiting 1\n"));
        drop(leaving);
        until(|| server.get("/metrics").text.contains("plugin_host_calls_waiting 0\n"));
        assert_eq!(first.join().unwrap(), 200);
    });
    assert_eq!(server.call(&cancel("3")).status, 200);
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn who_takes_too_long_to_send_a_request_is_let_go() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &["--patience", "1"]);
    let whole = request("{}");
    for (sent, answer) in [
        ("", ""),
        ("POST /v1/conn", ""),
        (&whole[..whole.len() - 1], "HTTP/1.1 408 "),
        ("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", "HTTP/1.1 200 "),
    ] {
        let begun = Instant::now();
        let mut stream = open(&server, sent);
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with(answer) && text.is_empty() == answer.is_empty(), "{sent:?}: {text}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{sent:?}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_body_without_an_end_is_refused_at_its_limit() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let head = format!(
        "POST {ACTION} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let mut stream = open(&server, &head);
    let mut writer = stream.try_clone().unwrap();
    let sending = thread::spawn(move || {
        let chunk = format!("400\r\n{}\r\n", "1".repeat(1024));
        while writer.write_all(chunk.as_bytes()).is_ok() {}
    });
    let mut text = [0; 13];
    stream.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"HTTP/1.1 413 ");
    let _ = stream.shutdown(Shutdown::Both);
    sending.join().unwrap();
}

#[test]
fn clients_beyond_the_limit_are_told_so_and_probes_still_answer() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &["--clients", "2"]);
    let idle = [open(&server, ""), open(&server, "")];
    until(|| server.call(&cancel("100000")).status == 429);
    let reply = server.call(&cancel("100000"));
    assert_eq!((reply.problem().as_str(), reply.header("connection")), ("overloaded", "close"));
    assert_eq!(server.get("/healthz").status, 200);
    drop(idle);
    until(|| server.call(&cancel("100000")).status == 200);
}

fn open(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

fn request(body: &str) -> String {
    let length = body.len();
    format!(
        "POST {ACTION} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
