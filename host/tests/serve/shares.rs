//! Several accounts in one server: whatever one of them does, the others keep their pace.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use justclick_sandbox::Sandbox;
use serde_json::Value;

use crate::common::connections;
use crate::server::{Reply, Server, cancel, sandbox, slow_sandbox, until};

/// How long a call of a shop that is well may take beside one that is not.
const QUICK: Duration = Duration::from_secs(2);

fn path(connection: &str) -> String {
    format!("/v1/connections/{connection}/actions/update_order_status")
}

fn call(server: &Server, connection: &str, input: &Value) -> Reply {
    server.post(&path(connection), input.to_string().as_bytes(), &[("content-type", "application/json")])
}

/// Begins calls and waits for no answer.
fn flood(server: &Server, connection: &str, inputs: impl Iterator<Item = Value>) -> Vec<TcpStream> {
    let begin = |input: Value| {
        let (path, body) = (path(connection), input.to_string());
        let length = body.len();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
        write!(stream, "{head}content-length: {length}\r\n\r\n{body}").unwrap();
        stream
    };
    inputs.map(begin).collect()
}

/// Calls the shop that is well, one after the other and many at once.
#[track_caller]
fn assert_well(server: &Server, connection: &str) {
    let quick = || {
        let begun = Instant::now();
        let reply = call(server, connection, &cancel("100000"));
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(begun.elapsed() < QUICK, "it took {:?}", begun.elapsed());
    };
    (0..20).for_each(|_| quick());
    thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(quick))));
}

/// A server with a shop whose service hangs and one whose service is well.
fn two(well: &Sandbox, args: &[&str]) -> (Server, Sandbox) {
    let hanging = slow_sandbox(Duration::from_secs(20));
    let file = connections(&[("hanging", &hanging), ("well", well)]);
    let server = Server::start(well, &[&["--connections", file.path().to_str().unwrap()], args].concat());
    (server, hanging)
}

#[test]
fn a_shop_whose_service_hangs_neither_stops_nor_slows_another() {
    let well = sandbox();
    let (server, hanging) = two(&well, &[]);
    assert_well(&server, "well");
    let _flood = flood(&server, "hanging", (1..=96).map(|id| cancel(&id.to_string())));
    // It has all that it may have: what is common, and what is its own.
    until(|| server.get("/metrics").text.contains("plugin_host_calls_in_flight 24\n"));
    until(|| server.get("/metrics").text.contains("plugin_host_calls_waiting 48\n"));
    assert_well(&server, "well");
    assert_eq!((call(&server, "hanging", &cancel("99")).status, hanging.request_count()), (429, 24));
}

#[test]
fn a_crowd_at_one_order_neither_stops_nor_slows_another_shop() {
    let well = sandbox();
    let (server, hanging) = two(&well, &[]);
    let _flood = flood(&server, "hanging", (1..=96).map(|_| cancel("1")));
    until(|| hanging.request_count() == 1 && server.get("/metrics").text.contains("plugin_host_calls_waiting 71\n"));
    assert_well(&server, "well");
}

#[test]
fn the_rate_of_a_shop_is_not_anothers() {
    let (busy, well) = (sandbox(), sandbox());
    let file = connections(&[("busy", &busy), ("well", &well)]);
    let args = ["--connections", file.path().to_str().unwrap(), "--rate", "1/s"];
    let server = Server::start(&well, &args);
    let _flood = flood(&server, "busy", (1..=96).map(|id| cancel(&id.to_string())));
    until(|| busy.request_count() >= 1);
    let begun = Instant::now();
    assert_eq!(call(&server, "well", &cancel("100000")).status, 200);
    assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[test]
fn a_small_server_has_a_slot_for_each_shop() {
    let well = sandbox();
    let (server, hanging) = two(&well, &["--in-flight", "1", "--waiting", "0"]);
    let _flood = flood(&server, "hanging", (1..=4).map(|id| cancel(&id.to_string())));
    until(|| hanging.request_count() == 1);
    let reply = call(&server, "well", &cancel("100000"));
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[test]
fn what_the_others_leave_alone_a_busy_shop_may_use() {
    let well = sandbox();
    let (server, hanging) = two(&well, &["--in-flight", "8"]);
    let _flood = flood(&server, "hanging", (1..=8).map(|id| cancel(&id.to_string())));
    // Its fair share are 4.
    until(|| hanging.request_count() == 6);
}

#[test]
fn two_names_of_one_account_are_one_queue_with_one_rate() {
    let shop = slow_sandbox(Duration::from_millis(100));
    let file = connections(&[("one", &shop), ("two", &shop)]);
    let text = std::fs::read_to_string(file.path()).unwrap();
    // Another way to write the same address.
    let base = shop.base_url();
    let (first, second) = text.split_once("[two]").unwrap();
    let second = second.replace(&base, &format!("{}/", base.replace("http:", "HTTP:")));
    std::fs::write(file.path(), format!("{first}[two]{second}")).unwrap();
    let server = Server::start(&shop, &["--connections", file.path().to_str().unwrap(), "--rate", "8/s"]);
    let begun = Instant::now();
    thread::scope(|scope| {
        let server = &server;
        for (count, name) in (1..=8).zip(["one", "two"].into_iter().cycle()) {
            let input = serde_json::json!({ "bill_id": "1", "status": "paid", "date": 1_362_254_400 + count });
            scope.spawn(move || assert_eq!(call(server, name, &input).status, 200));
        }
    });
    assert!(begun.elapsed() >= Duration::from_millis(7 * 125), "{:?}", begun.elapsed());
    let order = shop.order("1").unwrap();
    assert_eq!((order.most_at_once, order.changes.len()), (1, 8));
}
