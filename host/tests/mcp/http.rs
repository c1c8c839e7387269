//! Streamable HTTP.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use justclick_sandbox::Order;
use serde_json::json;

use crate::support::*;
use crate::web::Web;

const TOKEN: &str = "0123456789abcdef";
const WHILE: Duration = Duration::from_millis(1500);

#[test]
fn the_tools_are_the_same_over_http() {
    let sandbox = sandbox();
    let web = Web::start(&sandbox, &[]);
    web.shake_hands();
    let tools = web.ask(1, "tools/list", &json!({}), &[]).result()["tools"].clone();
    assert_are_the_modules(&tools);
    assert_eq!(output(&web.call(&cancel("100000"), &[]).result())["status"], "cancel");
    assert_eq!(failure(&web.call(&cancel("7"), &[]).result())["kind"], "not_found");
    assert_eq!(failure(&web.call(&json!({}), &[]).result())["kind"], "invalid_input");
    let unknown = web.ask(1, "tools/call", &json!({ "name": "made_up" }), &[]).json();
    assert_eq!(unknown["error"]["code"], -32_602);
}

#[test]
fn with_tokens_only_those_who_show_one_are_let_in() {
    let sandbox = sandbox();
    let mut command = command(&sandbox, &["--listen", "127.0.0.1:0"]);
    command.env("PLUGIN_HOST_TOKENS", TOKEN);
    let web = Web::begin(command);
    for (headers, challenge) in [
        (&[][..], "Bearer realm=\"plugin-host\""),
        (&[("authorization", "Bearer 0123456789abcdeF")], "Bearer realm=\"plugin-host\", error=\"invalid_token\""),
    ] {
        let reply = web.call(&cancel("100000"), headers);
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, challenge));
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains("token"));
    }
    assert_eq!((web.get("/mcp").status, web.get("/healthz").status), (401, 200));
    assert_eq!(sandbox.request_count(), 0);
    let shown = format!("Bearer {TOKEN}");
    // Who shows a token may have called the server by any name.
    let headers = [("authorization", &*shown), ("host", "orders.example")];
    output(&web.call(&cancel("100000"), &headers).result());
}

#[test]
fn without_tokens_no_web_page_gets_in() {
    let sandbox = sandbox();
    let web = Web::start(&sandbox, &[]);
    for headers in [[("origin", "https://evil.example")], [("host", "evil.example")]] {
        assert_eq!(web.call(&cancel("100000"), &headers).status, 403);
    }
    assert_eq!(sandbox.request_count(), 0);
    output(&web.call(&cancel("100000"), &[("host", "localhost:1")]).result());
}

#[test]
fn what_is_no_message_is_refused() {
    let web = Web::start(&sandbox(), &["--largest-message", "1000"]);
    let json = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (body, headers, status) in [
        (&*" ".repeat(1001), &[][..], 413),
        ("not JSON", &[], 400),
        (json, &[("content-type", "text/plain")], 415),
        (json, &[("accept", "text/html")], 406),
        (json, &[("mcp-protocol-version", "1999-01-01")], 400),
        (json, &[("mcp-protocol-version", "2099-01-01")], 400),
        ("[]", &[], 400),
        (&format!("[{json}]"), &[], 400),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, &[], 400),
    ] {
        assert_eq!(web.post(body, headers).status, status, "{body} {headers:?}");
    }
    assert_eq!((web.get("/mcp").status, web.delete("/mcp").status, web.get("/").status), (405, 405, 404));
    assert_eq!(web.post(json, &[]).status, 200);
    assert_eq!(web.post(&format!("\u{feff}{json}"), &[]).status, 200);
    let unknown = web.ask(1, "made/up", &json!({}), &[]);
    assert_eq!(unknown.json()["error"]["code"], -32_601);
}

#[test]
fn arguments_over_http_stay_as_they_were_written() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("12345678901234567890"));
    let web = Web::start(&sandbox, &[]);
    let calling = |arguments: &str| {
        let params = format!(r#"{{"name":"{TOOL}","arguments":{arguments}}}"#);
        let call = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        web.post(&call, &[]).result()
    };
    let twice = failure(&calling(r#"{"bill_id":"100000","status":"cancel","bill_id":"7"}"#));
    assert_eq!(twice["message"], "bill_id is given twice: leave one out.");
    assert_eq!(sandbox.request_count(), 0);
    output(&calling(r#"{"bill_id":12345678901234567890,"status":"cancel","toolCallId":"call_1"}"#));
    assert_eq!(sandbox.order("12345678901234567890").unwrap().status, "cancel");
}

#[test]
fn a_client_cancels_its_own_call_that_waits_and_no_other_s() {
    let sandbox = slow_sandbox(WHILE);
    let web = Web::start(&sandbox, &[]);
    let (own, other) = (web.shake_hands(), web.shake_hands());
    let session = |name: &str| [("mcp-session-id", name.to_owned()), ("mcp-protocol-version", PROTOCOL.to_owned())];
    let give_up = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    let cancel_as = |name: &str| {
        let headers = session(name);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(web.post(&give_up.to_string(), &headers).status, 202);
    };
    let headers = session(&own);
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    thread::scope(|scope| {
        let first = scope.spawn(|| web.call(&paid("1", 1), &[]).result());
        until(|| sandbox.request_count() == 1);
        let second = scope.spawn(|| web.call(&paid("1", 2), &headers).result());
        cancel_as(&other);
        // It may not have come yet.
        while !second.is_finished() {
            cancel_as(&own);
            thread::sleep(Duration::from_millis(20));
        }
        let error = failure(&second.join().unwrap());
        assert!(error["message"].as_str().unwrap().contains("cancelled"), "{error}");
        assert!(!first.is_finished(), "the second call was not cancelled, but had its turn");
        output(&first.join().unwrap());
    });
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn a_call_that_waits_is_not_made_for_a_client_that_is_gone() {
    let sandbox = slow_sandbox(WHILE);
    let web = Web::start(&sandbox, &[]);
    thread::scope(|scope| {
        let first = scope.spawn(|| web.call(&paid("1", 1), &[]).result());
        until(|| sandbox.request_count() == 1);
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": calling(&paid("1", 2)) });
        let (address, body) = (web.address(), body.to_string());
        let mut gone = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        gone.write_all((head + &body).as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(100));
        drop(gone);
        output(&first.join().unwrap());
    });
    output(&web.call(&paid("1", 3), &[]).result());
    let bodies: Vec<_> = sandbox.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
}

#[test]
fn when_asked_to_end_calls_under_way_are_answered_and_new_ones_refused() {
    let sandbox = slow_sandbox(WHILE);
    let mut web = Web::start(&sandbox, &[]);
    thread::scope(|scope| {
        let call = scope.spawn(|| web.call(&cancel("1"), &[]).result());
        until(|| sandbox.request_count() == 1);
        web.signal("-TERM");
        until(|| web.get("/readyz").status == 503);
        assert_eq!(failure(&web.call(&cancel("2"), &[]).result())["kind"], "unavailable");
        output(&call.join().unwrap());
    });
    assert_eq!((web.ended(), sandbox.request_count()), (Some(0), 1));
}

#[test]
fn a_body_that_is_packed_is_refused_and_one_with_a_byte_order_mark_is_read() {
    let sandbox = sandbox();
    let web = Web::start(&sandbox, &[]);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    let packed = web.post(&body, &[("content-encoding", "gzip")]);
    assert_eq!((packed.status, packed.header("accept-encoding")), (415, "identity"));
    assert!(web.post(&format!("\u{feff}{body}"), &[]).result()["tools"].is_array());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = slow_sandbox(Duration::from_secs(15));
    let mut web = Web::start(&sandbox, &[]);
    let (address, body) = (web.address().to_owned(), calling(&cancel("1")));
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": body }).to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut call = TcpStream::connect(&address).unwrap();
    call.write_all((head + &body).as_bytes()).unwrap();
    until(|| sandbox.request_count() == 1);
    web.signal("-TERM");
    until(|| web.get("/readyz").status == 503);
    web.signal("-TERM");
    assert_eq!(web.ended(), Some(1));
}
