//! Servers that take their time.

use std::time::Duration;

use plugin_host_core::Runner;
use plugin_host_core::http::Limits;

use crate::fault::Fault;
use crate::server::Step::{Hang, Read, Trickle, Wait};
use crate::server::{Server, Step, send};
use crate::support::*;

const A_SECOND: Duration = Duration::from_secs(1);

/// The time to the end of the head runs out well before the total.
fn short_first_byte(limits: &mut Limits) {
    limits.first_byte = Duration::from_millis(700);
    limits.total = Duration::from_secs(60);
}

/// The total runs out, and nothing before it.
fn short_total(limits: &mut Limits) {
    limits.first_byte = Duration::from_secs(60);
    limits.total = Duration::from_millis(1500);
}

#[test]
fn a_service_that_hangs_before_or_after_reading_may_have_made_the_change() {
    for limit in [short_first_byte, short_total] {
        Fault::of([Wait, Hang]).limits(limit).tells(LOST, "timeout");
        Fault::of([Read, Hang]).limits(limit).tells(LOST, "timeout");
    }
}

#[test]
fn a_head_that_trickles_in_runs_out_of_time() {
    let fault = Fault::of([Read, Trickle(good(), A_SECOND)]);
    fault.limits(|limits| limits.first_byte = Duration::from_millis(2500)).tells(LOST, "timeout");
    Fault::of([Read, Trickle(good(), A_SECOND)]).limits(short_total).tells(LOST, "timeout");
}

#[test]
fn a_body_that_trickles_in_runs_out_of_time() {
    let (answer, body) = (good(), success().len());
    let (head, body) = answer.split_at(answer.len() - body);
    Fault::of([Read, send(head), Trickle(body.to_vec(), A_SECOND)]).limits(short_total).tells(LOST, "timeout");
    let chunk = b"1\r\n{\r\n".to_vec();
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    Fault::of([Read, send(head), Trickle(chunk.repeat(9), A_SECOND)]).limits(short_total).tells(LOST, "timeout");
}

#[test]
fn a_request_that_takes_the_time_of_its_call_is_told_by_the_plugin_as_one_without_an_answer() {
    let (answer, body) = (good(), success().len());
    let (head, body) = answer.split_at(answer.len() - body);
    let drip = |bytes: &[u8]| Trickle(bytes.to_vec(), Duration::from_millis(100));
    for script in [vec![Read, Hang], vec![Read, drip(&answer)], vec![Read, send(head), drip(body)]] {
        let server = Server::start(script);
        let longer = Limits::default().first_byte(60 * A_SECOND).total(60 * A_SECOND);
        let settings = settings(longer, &[&server.origin()], Default::default()).call_time(A_SECOND);
        let connected = Runner::load(bundle(), settings).unwrap().connect(account(&server.origin()));
        for way in Way::ALL {
            let error = way.refused(&connected);
            assert_nature(&error, LOST);
            assert_eq!(reason(&error), "timeout", "{way:?}: {error:?}");
        }
    }
}

#[test]
fn interim_responses_again_and_again_win_no_time() {
    let interim = Trickle(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100), Duration::from_millis(5));
    Fault::of([Read, interim]).limits(short_first_byte).tells(LOST, "timeout");
}

#[test]
fn a_service_slower_than_usual_but_within_its_time_is_waited_for() {
    let pause = Duration::from_millis(5);
    Fault::of([Read, Trickle(good(), pause)]).limits(|limits| limits.first_byte = limits.total).does_no_harm();
}

#[test]
fn a_call_that_times_out_disturbs_no_other_call() {
    let hanging = Server::start([Read, Hang]);
    let well = Server::start([Read, Step::Send(good_and_stay()), Step::Again]);
    let runner = runner(&[&hanging.origin(), &well.origin()]);
    let (slow, quick) = (runner.connect(account(&hanging.origin())), runner.connect(account(&well.origin())));
    std::thread::scope(|scope| {
        let hangs: Vec<_> = (0..4).map(|_| scope.spawn(|| refused(&slow))).collect();
        let mut calls = 0;
        while calls < 50 || !hangs.iter().all(|hang| hang.is_finished()) {
            done(&quick);
            calls += 1;
        }
        for hang in hangs {
            assert_nature(&hang.join().unwrap(), LOST);
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_service_too_busy_to_accept_changed_nothing() {
    for way in Way::ALL {
        use std::net::{SocketAddr, TcpStream};

        use socket2::{Domain, Socket, Type};

        // Linux answers no more handshakes when one more than the backlog waits to be accepted.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let waiting = TcpStream::connect(address).unwrap();
        let origin = format!("http://{address}");
        let runner = runner(&[&origin]);
        let connected = runner.connect(account(&origin));
        let error = way.refused(&connected);
        assert_nature(&error, NOT_SENT);
        assert_eq!(reason(&error), "connect");
        drop((socket.accept().unwrap(), waiting));
        let _server = Server::on(socket.into(), [Read, Step::Send(good())], None);
        way.done(&connected);
    }
}
