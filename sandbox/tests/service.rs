//! The service over real sockets: signatures, codes, orders, records.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use common::*;
use justclick_sandbox::{Change, Misbehaviour, Order, Sandbox};

fn sandbox() -> Sandbox {
    Sandbox::builder().order(Order::new("100000")).start().unwrap()
}

#[test]
fn the_docs_example_changes_its_order_and_is_answered_with_the_hash_php_computes() {
    let sandbox = sandbox();
    let answer = post(&sandbox, UPDATE, EXAMPLE);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.text(),
        r#"{"error_code":0,"error_text":"order status changed","hash":"4ef8e143e36243439703a455b38e6963"}"#
    );
    let change = Change { status: "sent".into(), date: Some(1_362_254_400), rpo: Some("10000000000000".into()) };
    let order = sandbox.order("100000").unwrap();
    assert_eq!((order.status, order.date, order.rpo), (change.status.clone(), change.date, change.rpo.clone()));
    assert_eq!(order.changes, [change]);
}

#[test]
fn the_connection_check_lists_groups_as_php_writes_them() {
    let answer = post(&sandbox(), GROUPS, NO_PARAMETERS);
    assert_eq!(answer.json()["hash"], "cf2b10a8fd707c6d14f496e19503b0a1");
    assert_eq!(answer.json()["error_text"], "OK");
    assert_eq!(answer.json()["result"][0]["rass_title"], "Покупатели");
    assert!(answer.text().contains(r"\u041f\u043e") && answer.text().contains(r"News\/weekly"));
}

#[test]
fn each_documented_code_is_given_signed_with_the_true_key() {
    let sandbox = sandbox();
    for (form, code) in [
        (String::new(), 2),
        ("bill_id=100000&status=cancel".to_owned(), 1),
        (EXAMPLE.replace("92ce", "92cf"), 4),
        (EXAMPLE.replace("sent", "paid"), 4),
        (signed("bill_id=&status=cancel"), 203),
        (NO_PARAMETERS.to_owned(), 203),
        (cancel("100009"), 200),
        (signed("bill_id=100000&status=shipped"), 201),
        (signed("bill_id=100000&status=paid"), 3),
        (signed("bill_id=100000&status=sent&date=1"), 3),
        (signed("bill_id=100000&status=paid&date=today"), 3),
    ] {
        let answer = post(&sandbox, UPDATE, &form);
        assert_eq!((answer.status, answer.code()), (200, code), "{form}");
        assert!(answer.is_signed(), "{form}");
    }
    for (form, code) in [("", 2), ("a=1", 1), ("hash=1", 4)] {
        let answer = post(&sandbox, GROUPS, form);
        assert_eq!((answer.code(), answer.is_signed()), (code, true), "{form}");
    }
    assert_eq!(sandbox.order("100000").unwrap().changes, []);
}

#[test]
fn a_body_that_does_not_say_it_is_a_form_has_no_parameters() {
    assert_eq!(request(&sandbox(), "POST", UPDATE, EXAMPLE).code(), 2);
}

#[test]
fn a_form_may_escape_more_or_less_than_php_as_long_as_it_signs_what_php_would() {
    let sandbox = sandbox();
    let form = signed("bill_id=100000&status=sent&date=1&rpo=a+%2A%7E%D0%B6");
    for same in [form.clone(), form.replace("%2A", "*"), form.replace("a+", "a%20"), form.replace("%D0", "%d0")] {
        assert_eq!(post(&sandbox, UPDATE, &same).code(), 0, "{same}");
    }
    assert_eq!(sandbox.order("100000").unwrap().rpo.as_deref(), Some("a *~ж"));
}

/// The hashes are PHP's, of `bill_id=7&status=cancel::имя::u*r::ключ ~*/"\::k+%` and of
/// `0::order status changed::` with that key.
#[test]
fn a_login_and_key_with_any_characters_work() {
    let account = Sandbox::builder().login("имя::u*r").api_key("ключ ~*/\"\\::k+%");
    let sandbox = account.order(Order::new("7")).start().unwrap();
    let answer = post(&sandbox, UPDATE, "bill_id=7&status=cancel&hash=29a6d0a9965564e49d3fa7b342e52b75");
    assert_eq!(answer.code(), 0);
    assert_eq!(answer.json()["hash"], "6e5fe6f1e3876b00a490ed2e8dd37fd6");
}

#[test]
fn anything_else_is_an_html_page_with_status_404() {
    let sandbox = sandbox();
    for (method, path) in [
        ("GET", "/"),
        ("GET", UPDATE),
        ("POST", "/api/createorder"),
        ("POST", "/api/NoFunction"),
        ("DELETE", "/requests"),
    ] {
        let answer = request(&sandbox, method, path, "");
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{method} {path}");
        assert!(answer.text().starts_with("<!DOCTYPE html>"), "{method} {path}");
    }
}

#[test]
fn a_body_far_larger_than_any_form_is_refused() {
    let sandbox = sandbox();
    // The answer may be lost: the connection is closed with a part of the body unread.
    let _ = try_post(&sandbox, UPDATE, &"x".repeat((64 << 10) + 1));
    let recorded = &sandbox.requests()[0];
    assert_eq!((recorded.status, recorded.body.as_str()), (Some(413), ""));
}

#[test]
fn requests_are_recorded_as_they_came_and_as_they_were_answered() {
    let sandbox = sandbox();
    post(&sandbox, UPDATE, EXAMPLE);
    post(&sandbox, GROUPS, "hash=bad");
    request(&sandbox, "GET", "/orders/100000", "");
    let requests = sandbox.requests();
    assert_eq!((requests.len(), sandbox.request_count()), (2, 2));
    let first = &requests[0];
    assert_eq!((first.seq, first.function.as_str(), first.body.as_str()), (1, "UpdateOrderStatus", EXAMPLE));
    assert_eq!((first.signature_ok, first.status), (true, Some(200)));
    assert_eq!(first.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(first.reply.contains("order status changed"));
    assert_eq!((requests[1].function.as_str(), requests[1].signature_ok), ("GetAllGroups", false));
    let shown = request(&sandbox, "GET", "/requests", "").json();
    assert_eq!(shown["count"], 2);
    assert_eq!(shown["requests"], serde_json::to_value(&requests).unwrap());
}

#[test]
fn nothing_that_is_shown_holds_the_key() {
    let secret = "s3cret-of-the-account";
    let builder = Sandbox::builder().api_key(secret).order(Order::new("7"));
    let mut shown = format!("{builder:?}");
    let sandbox = builder.start().unwrap();
    post(&sandbox, UPDATE, EXAMPLE);
    shown += &format!("{sandbox:?} {:?}", sandbox.requests());
    for path in ["/orders/7", "/requests", "/misbehaviour"] {
        shown += request(&sandbox, "GET", path, "").text();
    }
    assert!(!shown.contains(secret), "{shown}");
}

#[test]
fn requests_on_one_order_at_the_same_moment_are_counted() {
    let slow = Duration::from_secs(2);
    let sandbox = Sandbox::builder().slow(slow).order(Order::new("1").misbehaviour(Misbehaviour::Slow));
    let sandbox = Arc::new(sandbox.order(Order::new("2")).start().unwrap());
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let sandbox = Arc::clone(&sandbox);
            thread::spawn(move || post(&sandbox, UPDATE, &cancel("1")).code())
        })
        .collect();
    for _ in 0..3 {
        post(&sandbox, UPDATE, &cancel("2"));
    }
    assert!(clients.into_iter().all(|client| client.join().unwrap() == 0));
    assert_eq!(sandbox.order("1").unwrap().most_at_once, 3);
    assert_eq!(sandbox.order("2").unwrap().most_at_once, 1);
    assert_eq!(sandbox.order("2").unwrap().changes.len(), 3);
}

#[test]
fn a_connection_can_be_kept_for_the_next_request() {
    let sandbox = sandbox();
    let mut stream = connect(&sandbox);
    let form = format!("{}{NO_PARAMETERS}", form_head(GROUPS, NO_PARAMETERS.len()));
    let kept = form.replace("Connection: close\r\n", "");
    for _ in 0..5 {
        stream.write_all(kept.as_bytes()).unwrap();
        let mut answer = String::new();
        while !answer.ends_with('}') {
            let mut some = [0; 1024];
            let count = stream.read(&mut some).unwrap();
            assert_ne!(count, 0, "closed after {answer}");
            answer.push_str(std::str::from_utf8(&some[..count]).unwrap());
        }
    }
    assert_eq!(sandbox.request_count(), 5);
}

#[test]
fn dropping_the_sandbox_closes_its_connections() {
    let sandbox = sandbox();
    let mut idle = connect(&sandbox);
    let mut waiting = connect(&sandbox);
    waiting.write_all(form_head(UPDATE, 10).as_bytes()).unwrap();
    drop(sandbox);
    for stream in [&mut idle, &mut waiting] {
        // Reset is as good as an orderly end; still open would be a timeout.
        let end = stream.read(&mut [0; 16]).map_err(|error| error.kind());
        assert!(matches!(end, Ok(0) | Err(ErrorKind::ConnectionReset)), "{end:?}");
    }
}
