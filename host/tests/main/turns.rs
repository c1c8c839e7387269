//! Calls on Tokio: those that wait hold no thread, and those that compute hold up nobody.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::Connection;
use plugin_host_core::error::Effect;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::server::Step::{Again, Hang, Read};
use crate::server::{Server, Step};
use crate::stream::Stream;
use crate::stubborn;
use crate::support::*;

/// A runtime with one thread for all of its calls.
fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap()
}

#[test]
fn calls_that_wait_for_their_service_hold_no_thread() {
    const CALLS: usize = 100;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    // Nobody is answered before all have asked.
    let service = std::thread::spawn(move || {
        let asked: Vec<_> = (0..CALLS)
            .map(|_| {
                let mut stream = Stream::new(listener.accept().unwrap().0, None).unwrap();
                stream.read_request().unwrap().unwrap();
                stream
            })
            .collect();
        asked.into_iter().for_each(|mut stream| stream.write_all(&good()).unwrap());
    });
    let long = limits().first_byte(Duration::from_secs(30)).total(Duration::from_secs(30));
    let connected = runner_with(long, &[&origin], Default::default()).connect(account(&origin));
    let queue = Queue::new(connected, Slots::new(CALLS), None, Backoff::default().retries(0));
    one_thread().block_on(async {
        let call =
            |order: usize| queue.call(ACTION, INPUT.replace("100000", &order.to_string()), CancellationToken::new());
        let calls: Vec<_> = (1..=CALLS).map(|order| tokio::spawn(call(order))).collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        assert_eq!(queue.under_way(), 0);
    });
    service.join().unwrap();
}

#[test]
fn a_plugin_that_computes_for_ever_leaves_others_on_its_thread_their_turn() {
    let runner = stubborn::runner(&[]);
    let nobody = || Arc::new(runner.connect(Connection::new([("base_url", "https://shop.example")])));
    let (spinning, counting) = (nobody(), nobody());
    one_thread().block_on(async {
        let spin = tokio::spawn(async move { spinning.call_async("spin", "").await });
        let spins = spin.abort_handle();
        let count = tokio::spawn(async move {
            assert_eq!(counting.call_async("count", "").await.unwrap(), "1");
            assert!(!spins.is_finished(), "it came to its end before the others");
        });
        count.await.unwrap();
        assert!(spin.await.unwrap().unwrap_err().message.contains("cap \"fuel\""));
    });
}

#[test]
fn a_call_that_is_given_up_in_the_middle_leaves_the_next_one_well() {
    let server = Server::start([Read, Hang]);
    let connected = runner(&[&server.origin()]).connect(account(&server.origin()));
    one_thread().block_on(async {
        let call = connected.call_async(ACTION, INPUT);
        assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
        assert_eq!(connected.idle(), 0, "its instance is not used again");
        server.play_well();
        connected.call_async(ACTION, INPUT).await.unwrap();
    });
}

#[test]
fn a_connection_is_used_in_the_runtime_alone_that_it_was_made_in() {
    let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
    let connected = runner(&[&server.origin()]).connect(account(&server.origin()));
    for runtime in 1..=3 {
        one_thread().block_on(async {
            connected.call_async(ACTION, INPUT).await.unwrap();
            connected.call_async(ACTION, INPUT).await.unwrap();
        });
        assert_eq!(server.accepted(), runtime);
    }
    done(&connected);
    assert_eq!(server.accepted(), 4);
}

#[test]
fn an_attempt_whose_runtime_ends_is_told_as_broken_off() {
    let server = Server::start([Read, Hang]);
    let connected = runner(&[&server.origin()]).connect(account(&server.origin()));
    let queue = Queue::new(connected, Slots::new(1), None, Backoff::default().retries(0));
    let (inner, outer) = (one_thread(), one_thread());
    let attempt = {
        let _entered = inner.enter();
        queue.call(ACTION, INPUT.to_owned(), CancellationToken::new())
    };
    // The attempt is a task of the runtime in which the call is first polled.
    let mut attempt = Box::pin(attempt);
    inner.block_on(async {
        let _ = tokio::time::timeout(Duration::from_millis(100), &mut attempt).await;
    });
    drop(inner);
    let error = outer.block_on(attempt).unwrap_err();
    assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown), "{error:?}");
}
