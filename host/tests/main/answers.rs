//! Answers that are odd, misleading, or no HTTP at all.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use plugin_host_core::error::{Effect, Retry};

use crate::fault::Fault;
use crate::server::Step::{Again, Hang, Read};
use crate::server::{Server, Step, send};
use crate::support::*;

#[test]
fn what_is_not_http_is_no_answer() {
    for noise in
        ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "220 mail.example ESMTP\r\n\r\n", "\0\u{1}\u{2}\u{3}\r\n\r\n", "{}\r\n\r\n"]
    {
        Fault::of([Read, send(noise)]).tells(LOST, "reset");
    }
    for noise in ["HTTP/1.1 099 Low\r\n\r\n", "HTTP/1.1 20 Short\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n"] {
        Fault::of([Read, send(noise), Hang]).tells(LOST, "reset");
    }
}

#[test]
fn an_http_1_0_answer_without_a_length_is_taken() {
    Fault::of([Read, send(format!("HTTP/1.0 200 OK\r\n\r\n{}", success()))]).does_no_harm();
}

#[test]
fn an_http_1_0_answer_cut_off_is_no_reply() {
    let body = success();
    let half = &body[..body.len() / 2];
    Fault::of([Read, send(format!("HTTP/1.0 200 OK\r\n\r\n{half}"))]).tells(NO_REPLY, "");
}

#[test]
fn interim_responses_are_passed_over() {
    let good = String::from_utf8(good()).unwrap();
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n",
    ] {
        Fault::of([Read, send(interim.repeat(3) + &good)]).does_no_harm();
    }
}

#[test]
fn a_packed_answer_is_unpacked() {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(success().as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    Fault::of([Read, send(response(200, "content-encoding: gzip\r\n", packed))]).does_no_harm();
}

#[test]
fn an_answer_packed_in_a_way_that_nobody_asked_for_is_no_reply() {
    for encoding in ["br", "deflate", "zstd"] {
        let header = format!("content-encoding: {encoding}\r\n");
        Fault::of([Read, send(response(200, &header, [0x1b, 0, 0xff, 0x80]))]).tells(NO_REPLY, "");
    }
}

#[test]
fn headers_that_are_no_text_do_no_harm() {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\nx-bytes: \xff\xfe\r\nretry-after: \xd6\r\n".to_vec();
    answer.extend_from_slice(format!("content-length: {}\r\n\r\n{}", success().len(), success()).as_bytes());
    Fault::of([Read, Step::Send(answer)]).does_no_harm();
}

#[test]
fn no_redirect_is_followed_wherever_it_leads() {
    let elsewhere = Server::start([Read, Step::Send(good())]);
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/api/UpdateOrderStatus\r\n", elsewhere.origin());
        let aftermath = Fault::of([Read, send(response(status, &location, ""))]).tells(NO_REPLY, "");
        assert_eq!(aftermath.error.upstream.unwrap().http_status, status);
        let told = format!("It was sent to {}.", elsewhere.origin());
        assert!(aftermath.error.message.ends_with(&told), "{}", aftermath.error.message);
    }
    assert_eq!(elsewhere.accepted(), 0);
}

#[test]
fn a_redirect_to_where_it_came_from_is_not_followed_either() {
    let server = Server::start([Read, send(response(307, "location: /api/UpdateOrderStatus\r\n", "")), Again]);
    let runner = runner(&[&server.origin()]);
    assert_nature(&refused(&runner.connect(account(&server.origin()))), NO_REPLY);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_wish_to_wait_is_passed_on_up_to_a_day() {
    const THROTTLED: Nature = ("throttled", Retry::Later, Effect::None);
    for (wish, told) in [
        ("0", Some(0)),
        ("120", Some(120)),
        ("31536000000", Some(86_400)),
        ("18446744073709551615", Some(86_400)),
        ("18446744073709551616", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
    ] {
        let header = format!("retry-after: {wish}\r\n");
        let throttled = Fault::of([Read, send(response(429, &header, ""))]).tells(THROTTLED, "");
        assert_eq!(throttled.error.retry_after_s, told, "{wish}");
        let out_of_order = Fault::of([Read, send(response(503, &header, ""))]).tells(LOST, "");
        assert_eq!(out_of_order.error.retry_after_s, told, "{wish}");
    }
    let far = "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n";
    let aftermath = Fault::of([Read, send(response(429, far, ""))]).tells(THROTTLED, "");
    assert_eq!(aftermath.error.retry_after_s, Some(86_400));
}

#[test]
fn no_wish_outlives_its_call() {
    let server = Server::start([Read, send(response(429, "retry-after: 7\r\n", ""))]);
    let runner = runner(&[&server.origin()]);
    let connected = runner.connect(account(&server.origin()));
    assert_eq!(refused(&connected).retry_after_s, Some(7));
    server.play([Read, Step::Reset]);
    assert_eq!(refused(&connected).retry_after_s, None);
}

#[test]
fn an_answer_nobody_asked_for_is_not_taken_for_the_next_one() {
    // The second answer waits in the connection when the next request comes. It must not be its.
    let stray = response(200, "", r#"{"error_code":0,"error_text":"stray","hash":""}"#);
    let both = [good_and_stay(), stray].concat();
    let server = Server::start([Read, Step::Send(both), Again]);
    let runner = runner(&[&server.origin()]);
    let connected = runner.connect(account(&server.origin()));
    for _ in 0..20 {
        done(&connected);
    }
    assert_eq!(server.requests().len(), 20);
}
