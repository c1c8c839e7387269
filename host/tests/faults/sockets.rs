//! Faults of real sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use plugin_host::http::Roots;

use crate::server::{Server, answer, answer_without_end, read_request, reset};
use crate::support::{assert_fails, call, connect, runner, success};

/// One fault: the server does this, the call ends like that, and the next one works.
#[track_caller]
fn fault(script: impl Fn(TcpStream) + Send + Sync + 'static, kind: &str, effect: &str) {
    let server = Server::start(script);
    let runner = runner(server.base_url(), Roots::default());
    let connected = connect(&runner, server.base_url());
    assert_fails(&connected, kind, effect);
    server.now(answer(success()));
    call(&connected).expect("the next call");
}

/// An address of this machine at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_refused_connection_changed_nothing() {
    let url = nobody();
    let runner = runner(&url, Roots::default());
    assert_fails(&connect(&runner, &url), "unavailable", "none");
}

#[test]
fn a_name_without_an_address_changed_nothing() {
    // RFC 6761: no name under .invalid has an address.
    let url = "https://justclick.invalid";
    let runner = runner(url, Roots::default());
    assert_fails(&connect(&runner, url), "unavailable", "none");
}

#[test]
fn a_server_that_hangs_may_have_made_the_change() {
    fault(
        |mut stream| {
            read_request(&mut stream);
            // Until the client gives up.
            let _ = stream.read(&mut [0]);
        },
        "unavailable",
        "unknown",
    );
}

#[test]
fn a_reset_after_the_request_may_have_made_the_change() {
    fault(
        |mut stream| {
            read_request(&mut stream);
            reset(stream);
        },
        "unavailable",
        "unknown",
    );
}

#[test]
fn an_end_before_the_answer_or_within_it_may_have_made_the_change() {
    for part in
        ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"error"]
    {
        fault(answer(part), "unavailable", "unknown");
    }
}

#[test]
fn what_is_not_http_may_have_made_the_change() {
    fault(answer("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"), "unavailable", "unknown");
}

#[test]
fn a_byte_at_a_time_ends_at_the_deadline() {
    let pause = Duration::from_millis(300);
    fault(answer_without_end(b"", b"H".to_vec(), pause), "unavailable", "unknown");
    fault(
        answer_without_end(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x".to_vec(), pause),
        "unavailable",
        "unknown",
    );
}

#[test]
fn endless_heads_and_bodies_end_at_their_caps() {
    let now = Duration::ZERO;
    let line = b"x-line: 0123456789012345678901234567890123456789\r\n".to_vec();
    fault(answer_without_end(b"HTTP/1.1 200 OK\r\n", line, now), "unexpected_reply", "unknown");
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n";
    fault(answer_without_end(announced, vec![b'x'; 65_536], now), "unexpected_reply", "unknown");
    let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 65_536], b"\r\n".to_vec()].concat();
    fault(
        answer_without_end(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk, now),
        "unexpected_reply",
        "unknown",
    );
}

#[test]
fn a_small_body_that_unpacks_to_a_large_one_ends_at_the_cap() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        bomb.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    fault(answer([head.into_bytes(), bomb].concat()), "unexpected_reply", "unknown");
}

#[test]
fn a_redirect_is_followed_nowhere() {
    let followed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&followed);
    let elsewhere = Server::start(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        answer(success())(stream);
    });
    let head =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.base_url());
    fault(answer(head), "unexpected_reply", "unknown");
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[test]
fn idle_connections_that_the_server_has_closed_are_not_used_again() {
    // It announces to keep the connection, and closes it.
    let server = Server::start(answer(success()));
    let runner = runner(server.base_url(), Roots::default());
    let connected = connect(&runner, server.base_url());
    for _ in 0..20 {
        call(&connected).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn many_failures_in_a_row_leave_memory_flat_and_the_next_call_good() {
    let resident = || {
        let pages: u64 =
            std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        pages * 4096
    };
    let server = Server::start(answer(success()));
    let url = nobody();
    let failing_runner = runner(&url, Roots::default());
    let failing = connect(&failing_runner, &url);
    let fail = |times| {
        for _ in 0..times {
            assert_eq!(call(&failing).unwrap_err().kind, "unavailable");
        }
    };
    fail(1_000);
    let before = resident();
    fail(10_000);
    let grown = resident().saturating_sub(before);
    // The other tests of this process run at the same time; a leak of 4 KiB a call would be 40 MiB.
    assert!(grown < 40 << 20, "grew by {grown} bytes");
    let good_runner = runner(server.base_url(), Roots::default());
    call(&connect(&good_runner, server.base_url())).unwrap();
}

#[test]
fn a_private_address_that_nobody_named_is_not_contacted() {
    let contacted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&contacted);
    let server = Server::start(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let runner = runner("http://127.0.0.1:1", Roots::default());
    assert_fails(&connect(&runner, server.base_url()), "unavailable", "none");
    assert_eq!(contacted.load(Ordering::SeqCst), 0);
}
