//! Every misbehaviour does what it says, for all requests and for one order.

mod common;

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use common::*;
use justclick_sandbox::Misbehaviour::{self, *};
use justclick_sandbox::{HUGE_BYTES, Order, Sandbox};

/// A sandbox where order 1 misbehaves and order 2 does not.
fn sandbox(misbehaviour: Misbehaviour) -> Sandbox {
    let slow = Duration::from_millis(300);
    let orders = Sandbox::builder().slow(slow).order(Order::new("1").misbehaviour(misbehaviour));
    orders.order(Order::new("2")).start().unwrap()
}

/// The answer about order 1, checked to have changed it or not, as documented.
fn answer(misbehaviour: Misbehaviour) -> Answer {
    let sandbox = sandbox(misbehaviour);
    let answer = post(&sandbox, UPDATE, &cancel("1"));
    let changes = sandbox.order("1").unwrap().changes.len();
    assert_eq!(changes == 1, misbehaviour.applies_change(), "{misbehaviour}");
    assert_eq!(sandbox.requests()[0].status, Some(answer.status));
    answer
}

#[test]
fn forged_hash_is_a_success_that_does_not_verify() {
    let answer = answer(ForgedHash);
    assert_eq!((answer.status, answer.code(), answer.is_signed()), (200, 0, false));
    assert_eq!(answer.json()["hash"].as_str().unwrap().len(), 32);
}

#[test]
fn missing_hash_is_a_success_without_one() {
    let answer = answer(MissingHash);
    assert_eq!(answer.code(), 0);
    assert!(answer.json().get("hash").is_none());
}

#[test]
fn code_as_string_is_validly_signed() {
    let answer = answer(CodeAsString);
    assert_eq!(answer.json()["error_code"], "0");
    assert!(answer.is_signed());
}

#[test]
fn what_stands_before_a_reply_leaves_it_as_it_is() {
    for (misbehaviour, before) in [(Bom, "\u{feff}"), (PhpNotice, "<br />\n<b>Warning</b>:  ")] {
        let answer = answer(misbehaviour);
        assert!(answer.text().starts_with(before), "{misbehaviour}");
        let reply: serde_json::Value =
            serde_json::from_str(&answer.text()[answer.text().find('{').unwrap()..]).unwrap();
        assert_eq!(reply["hash"], "4ef8e143e36243439703a455b38e6963", "{misbehaviour}");
    }
}

#[test]
fn a_forced_code_is_validly_signed() {
    for code in [0, 4, 7, 8, 12345] {
        let answer = answer(Code(code));
        assert_eq!((answer.code(), answer.is_signed()), (u64::from(code), true));
    }
}

#[test]
fn html_is_a_page_with_status_200() {
    let answer = answer(Html);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.text().contains("<html>"));
}

#[test]
fn truncated_json_is_a_complete_response_with_half_an_object() {
    let answer = answer(TruncatedJson);
    assert!(answer.text().starts_with("{\"error_code\":0,"));
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
}

#[test]
fn empty_is_a_success_without_a_body() {
    let answer = answer(Empty);
    assert_eq!((answer.status, answer.text()), (200, ""));
}

#[test]
fn not_utf8_is_signed_as_it_is() {
    let answer = answer(NotUtf8);
    assert!(std::str::from_utf8(&answer.body).is_err());
    let text = b"\xf1\xf2\xe0\xf2\xf3\xf1";
    let hash = sample_account().reply_hash(0, text);
    assert!(answer.body.windows(6).any(|six| six == text));
    assert!(answer.body.windows(32).any(|window| window == hash.as_bytes()));
}

#[test]
fn too_many_requests_says_when_to_come_back() {
    let answer = answer(Http429);
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
}

#[test]
fn unavailable_is_503() {
    assert_eq!(answer(Http503).status, 503);
}

#[test]
fn a_redirect_shows_who_followed_it() {
    let sandbox = sandbox(Redirect);
    let answer = post(&sandbox, UPDATE, &cancel("1"));
    assert_eq!((answer.status, answer.header("location")), (302, Some("/elsewhere")));
    assert_eq!(sandbox.request_count(), 1);

    let followed = request(&sandbox, "GET", "/elsewhere", "");
    assert_eq!((followed.code(), followed.is_signed()), (0, true));
    assert_eq!(sandbox.requests()[1].function, "elsewhere");
    assert!(sandbox.order("1").unwrap().changes.is_empty());
}

#[test]
fn slow_answers_as_ever_after_the_delay() {
    let start = Instant::now();
    let answer = answer(Slow);
    assert_eq!((answer.code(), answer.is_signed()), (0, true));
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_slow_change_is_made_and_recorded_before_the_delay() {
    let orders = Sandbox::builder().slow(Duration::from_secs(3600));
    let sandbox = orders.order(Order::new("1").misbehaviour(Slow)).start().unwrap();
    let form = cancel("1");
    let mut stream = connect(&sandbox);
    write!(stream, "{}{form}", form_head(UPDATE, form.len())).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while sandbox.request_count() == 0 {
        assert!(Instant::now() < deadline, "nothing was recorded");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sandbox.order("1").unwrap().status, "cancel");
}

#[test]
fn huge_is_a_valid_reply_of_unannounced_size() {
    let answer = answer(Huge);
    assert_eq!(answer.header("content-length"), None);
    assert!(answer.body.len() > HUGE_BYTES);
    let chunks = without_chunks(&answer.body);
    let reply: serde_json::Value = serde_json::from_slice(&chunks).unwrap();
    assert_eq!(reply["result"].as_str().map(str::len), Some(HUGE_BYTES));
    assert_eq!(reply["hash"], "4ef8e143e36243439703a455b38e6963");
}

fn without_chunks(mut body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let end = body.iter().position(|&byte| byte == b'\r').unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return all;
        }
        all.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
}

#[test]
fn a_huge_reply_nobody_reads_harms_nothing() {
    let sandbox = sandbox(Huge);
    let form = cancel("1");
    let mut stream = connect(&sandbox);
    write!(stream, "{}{form}", form_head(UPDATE, form.len())).unwrap();
    stream.read_exact(&mut [0; 1024]).unwrap();
    drop(stream);
    assert_eq!(post(&sandbox, UPDATE, &cancel("2")).code(), 0);
    assert!(sandbox.requests()[0].reply.len() <= justclick_sandbox::RECORDED_REPLY_BYTES);
}

fn was_closed(answer: io::Result<Answer>) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let closed = [BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof];
    answer.is_err_and(|error| closed.contains(&error.kind()))
}

#[test]
fn drop_before_closes_without_changing_and_drop_after_having_changed() {
    for (misbehaviour, changes) in [(DropBefore, 0), (DropAfter, 1)] {
        let sandbox = sandbox(misbehaviour);
        assert!(was_closed(try_post(&sandbox, UPDATE, &cancel("1"))), "{misbehaviour}");
        assert_eq!(sandbox.order("1").unwrap().changes.len(), changes, "{misbehaviour}");
        let recorded = &sandbox.requests()[0];
        assert_eq!((recorded.status, recorded.reply.as_str()), (None, ""), "{misbehaviour}");
        assert_eq!((recorded.body.as_str(), recorded.signature_ok), (cancel("1").as_str(), true));
        assert_eq!(post(&sandbox, UPDATE, &cancel("2")).code(), 0, "{misbehaviour}");
    }
}

#[test]
fn drop_before_for_all_does_not_wait_for_the_body() {
    let sandbox = sandbox(Slow);
    sandbox.set_misbehaviour(Some(DropBefore));
    // The head promises a body that never comes.
    assert!(was_closed(exchange(&sandbox, &form_head(UPDATE, 50))));
    let recorded = &sandbox.requests()[0];
    assert_eq!((recorded.function.as_str(), recorded.body.as_str()), ("UpdateOrderStatus", ""));
    assert_eq!(recorded.status, None);
}

#[test]
fn a_change_that_is_refused_is_refused_in_the_same_spoilt_way() {
    let sandbox = sandbox(CodeAsString);
    let answer = post(&sandbox, UPDATE, &signed("bill_id=1&status=bad"));
    assert_eq!(answer.json()["error_code"], "201");
    assert!(answer.is_signed());
}

#[test]
fn one_order_s_misbehaviour_leaves_the_others_alone() {
    let sandbox = sandbox(Http503);
    assert_eq!(post(&sandbox, UPDATE, &cancel("2")).code(), 0);
    assert_eq!(post(&sandbox, GROUPS, NO_PARAMETERS).code(), 0);
    assert_eq!(post(&sandbox, UPDATE, &cancel("1")).status, 503);
}

#[test]
fn misbehaviour_for_all_overrides_that_of_orders_and_can_be_taken_back() {
    let sandbox = sandbox(Http503);
    sandbox.set_misbehaviour(Some(Code(8)));
    for (path, form) in [(UPDATE, cancel("1")), (UPDATE, cancel("2")), (GROUPS, NO_PARAMETERS.to_owned())] {
        assert_eq!(post(&sandbox, path, &form).code(), 8, "{path}");
    }
    assert_eq!(request(&sandbox, "GET", "/misbehaviour", "").text(), r#"{"misbehaviour":"code-8"}"#);
    assert_eq!(request(&sandbox, "PUT", "/misbehaviour", r#"{"misbehaviour":null}"#).status, 200);
    assert_eq!(post(&sandbox, UPDATE, &cancel("2")).code(), 0);
    assert_eq!(post(&sandbox, UPDATE, &cancel("1")).status, 503);
    request(&sandbox, "PUT", "/misbehaviour", r#"{"misbehaviour":"http-429"}"#);
    assert_eq!(post(&sandbox, GROUPS, NO_PARAMETERS).status, 429);
}
