//! Connections that are refused, or break.

use std::net::SocketAddr;

use plugin_host_core::error::Retry;
use socket2::{Domain, Socket, Type};

use crate::fault::Fault;
use crate::server::Step::{Again, Read, Reset, Wait};
use crate::server::{Server, Step, send};
use crate::support::*;

#[test]
fn a_refused_connection_changed_nothing() {
    for way in Way::ALL {
        // A port that is bound and not listened on refuses, and nobody else can take it.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let origin = format!("http://{}", socket.local_addr().unwrap().as_socket().unwrap());
        let runner = runner(&[&origin]);
        let connected = runner.connect(account(&origin));
        for _ in 0..3 {
            let error = way.refused(&connected);
            assert_nature(&error, NOT_SENT);
            assert_eq!(reason(&error), "connect");
        }
        socket.listen(16).unwrap();
        let _server = Server::on(socket.into(), [Read, Step::Send(good())], None);
        way.done(&connected);
    }
}

#[test]
fn a_reset_before_the_service_read_anything_may_still_have_been_seen() {
    // The client can't tell an unread request from one that was read.
    Fault::of([Wait, Reset]).tells(LOST, "reset");
}

#[test]
fn a_reset_as_soon_as_the_connection_stands_is_a_failure_to_try_again() {
    for way in Way::ALL {
        for _ in 0..20 {
            let server = Server::start([Reset]);
            let runner = runner(&[&server.origin()]);
            let connected = runner.connect(account(&server.origin()));
            let error = way.refused(&connected);
            // Whether the request still went out is a race; that nobody read it is not.
            assert_eq!((error.kind.as_str(), error.retry), ("unavailable", Retry::Later), "{error:?}");
            assert!(["connect", "not_sent", "reset"].contains(&reason(&error)), "{error:?}");
            assert_eq!(server.requests().len(), 0);
            server.play_well();
            way.done(&connected);
        }
    }
}

#[test]
fn a_reset_after_the_request_was_read_leaves_the_effect_open() {
    Fault::of([Read, Reset]).tells(LOST, "reset");
}

#[test]
fn a_close_without_an_answer_leaves_the_effect_open() {
    Fault::of([Read]).tells(LOST, "reset");
}

#[test]
fn an_answer_cut_off_in_its_head_leaves_the_effect_open() {
    for half in ["H", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n"] {
        Fault::of([Read, send(half)]).tells(LOST, "reset");
        Fault::of([Read, send(half), Reset]).tells(LOST, "reset");
    }
}

#[test]
fn an_answer_cut_off_in_its_body_leaves_the_effect_open() {
    let whole = good();
    let half = &whole[..whole.len() - 30];
    Fault::of([Read, send(half)]).tells(LOST, "reset");
    Fault::of([Read, send(half), Reset]).tells(LOST, "reset");
    // All but the last byte, which is only a bracket.
    Fault::of([Read, send(&whole[..whole.len() - 1])]).tells(LOST, "reset");
}

#[test]
fn chunks_that_stop_before_the_last_one_leave_the_effect_open() {
    let body = success();
    let chunk = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len());
    Fault::of([Read, send(&chunk)]).tells(LOST, "reset");
    Fault::of([Read, send(&chunk), Reset]).tells(LOST, "reset");
    Fault::of([Read, send(chunk + "5\r\nab")]).tells(LOST, "reset");
}

#[test]
fn connections_that_were_to_be_kept_and_are_not_lose_no_call_silently() {
    for way in Way::ALL {
        // The server says "keep-alive", and closes all the same: the client's next request may race
        // with the close.
        let server = Server::start([Read, Step::Send(good_and_stay())]);
        let runner = runner(&[&server.origin()]);
        let connected = runner.connect(account(&server.origin()));
        let mut succeeded = 0;
        for _ in 0..200 {
            match way.call(&connected, ACTION, INPUT) {
                Ok(_) => succeeded += 1,
                Err(error) => assert_eq!(error.kind, "unavailable", "{error:?}"),
            }
        }
        // Every request that was read was answered, and no request was sent twice behind our back.
        assert_eq!(server.requests().len(), succeeded);
        assert!(succeeded > 100, "{succeeded} of 200");
    }
}

#[test]
fn a_connection_is_kept_where_the_server_keeps_it() {
    for way in Way::ALL {
        let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
        let runner = runner(&[&server.origin()]);
        let connected = runner.connect(account(&server.origin()));
        for _ in 0..50 {
            way.done(&connected);
        }
        assert_eq!((server.accepted(), server.requests().len()), (1, 50));
    }
}

#[test]
fn a_kept_connection_that_is_reset_is_replaced() {
    for way in Way::ALL {
        let server = Server::start([Read, Step::Send(good_and_stay()), Read, Reset]);
        let runner = runner(&[&server.origin()]);
        let connected = runner.connect(account(&server.origin()));
        way.done(&connected);
        // The second request was read, so nobody but the caller may repeat it.
        assert_nature(&way.refused(&connected), LOST);
        assert_eq!((server.accepted(), server.requests().len()), (1, 2));
        way.done(&connected);
        assert_eq!((server.accepted(), server.requests().len()), (2, 3));
    }
}
