//! Calls on Tokio: those that wait hold no thread, and those that compute hold up nobody.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::bundle::Bundle;
use plugin_host_core::error::Effect;
use plugin_host_core::observe::{Attempt, Observer};
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Settings;
use plugin_host_core::{ActionError, Connection, Runner};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::SubscriberExt;

use crate::hostile::{Logged, Module};
use crate::server::Step::{Again, Hang, Read};
use crate::server::{Server, Step};
use crate::stream::Stream;
use crate::stubborn;
use crate::support::*;

/// A runtime with one thread for all of its calls.
fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap()
}

/// Has so many calls wait for a service at once, that answers none of them before all have asked, and
/// returns how many instances they left.
fn all_at_once(calls: usize, change: impl FnOnce(Settings) -> Settings) -> usize {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        let asked: Vec<_> = (0..calls)
            .map(|_| {
                let mut stream = Stream::new(listener.accept().unwrap().0, None).unwrap();
                stream.read_request().unwrap().unwrap();
                stream
            })
            .collect();
        asked.into_iter().for_each(|mut stream| stream.write_all(&good()).unwrap());
    });
    let long = limits().first_byte(Duration::from_secs(30)).total(Duration::from_secs(30));
    let settings = change(settings(long, &[&origin], Default::default()));
    let connected = Runner::load(bundle(), settings).unwrap().connect(account(&origin));
    let queue = Queue::new(connected, Slots::new(calls), None, Backoff::default().retries(0));
    one_thread().block_on(async {
        let input = |order: usize| INPUT.replace("100000", &order.to_string());
        let call = |order| tokio::spawn(queue.call(ACTION, input(order), CancellationToken::new()));
        for call in (1..=calls).map(call).collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        assert_eq!(queue.under_way(), 0);
    });
    service.join().unwrap();
    queue.connected().idle()
}

#[test]
fn calls_that_wait_for_their_service_hold_no_thread() {
    assert_eq!(all_at_once(100, |settings| settings), 100);
}

#[test]
fn calls_beyond_the_instances_that_may_wait_hold_none_and_come_to_the_same() {
    // Some more than may wait: those that gave others their turn while they computed.
    for waiting in [0, 3] {
        let instances = all_at_once(100, |settings| settings.waiting_instances(waiting));
        assert!(instances < 50, "{instances} instances");
    }
}

/// The plugin's memory of its calls, and a copy of its input.
const OUTSIDE: &str = "(global $calls (mut i32) (i32.const 0))
    (func $copy (result i64) (local $block i64) (local $n i64)
      (local.set $block (call $alloc (call $input_length)))
      (loop $next
        (call $store
          (i64.add (local.get $block) (local.get $n))
          (call $load (i64.add (call $input) (local.get $n))))
        (local.set $n (i64.add (local.get $n) (i64.const 1)))
        (br_if $next (i64.lt_u (local.get $n) (call $input_length))))
      (local.get $block))";

/// Calls a plugin that does this, where no instance may wait.
fn run_again(attack: &str, server: &Server) -> Result<String, Box<ActionError>> {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Bundle::load(&Module { outside: OUTSIDE, attack, ..Module::default() }.write(folder.path())).unwrap();
    let settings = settings(limits(), &[&server.origin()], Default::default()).waiting_instances(0);
    let connected = Runner::load(&bundle, settings).unwrap().connect(Connection::new([("base_url", server.origin())]));
    let input = format!(r#"{{"url":"{}","method":"POST"}}"#, server.origin());
    one_thread().block_on(connected.call_async("attack", &input))
}

#[test]
fn what_is_run_again_sends_each_request_once_and_logs_each_line_once() {
    let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
    let attack = "(call $log (call $text (i32.const 0) (i32.const 10)))
        (call $free (call $request (call $copy) (i64.const 0)))
        (call $log (call $text (i32.const 0) (i32.const 10)))
        (call $free (call $request (call $copy) (call $text (i32.const 0) (i32.const 5))))
        (call $log (call $text (i32.const 0) (i32.const 10)))
        (call $output (call $input) (call $input_length))";
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone()));
    let output = tracing::subscriber::with_default(subscriber, || run_again(attack, &server)).unwrap();
    assert!(output.contains("POST"), "{output}");
    assert_eq!((server.requests().len(), server.accepted()), (2, 1));
    assert_eq!(logged.text().matches("ERROR plugin:").count(), 3, "{}", logged.text());
}

#[test]
fn a_plugin_that_asks_for_something_else_when_it_is_run_again_is_stopped() {
    let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
    let attack = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (drop (call $request
          (call $copy)
          (select (call $text (i32.const 0) (i32.const 5)) (i64.const 0) (i32.gt_u (global.get $calls) (i32.const 1)))))";
    let error = run_again(attack, &server).unwrap_err();
    assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown));
    assert!(error.message.contains("run again with the same answers"), "{}", error.message);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_plugin_that_sets_variables_is_never_run_again() {
    let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
    let attack = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (call $var_set (call $text (i32.const 0) (i32.const 5)) (call $text (i32.const 0) (i32.const 5)))
        (drop (call $request (call $copy) (i64.const 0)))
        (if (i32.gt_u (global.get $calls) (i32.const 1)) (then unreachable))
        (call $output (call $input) (call $input_length))";
    run_again(attack, &server).unwrap();
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
fn what_became_of_an_attempt_is_not_known_where_its_runtime_has_ended() {
    let server = Server::start([Read, Hang]);
    let connected = runner(&[&server.origin()]).connect(account(&server.origin()));
    let queue = Queue::new(connected, Slots::new(1), None, Backoff::default().retries(0));
    let (inner, outer) = (one_thread(), one_thread());
    let mut attempt = Box::pin(queue.call(ACTION, INPUT.to_owned(), CancellationToken::new()));
    inner.block_on(async {
        let _ = tokio::time::timeout(Duration::from_millis(100), &mut attempt).await;
    });
    // Its socket goes with it.
    drop(inner);
    assert_eq!(outer.block_on(attempt).unwrap_err().effect, Effect::Unknown);
}

#[test]
fn an_attempt_that_panics_is_told_as_broken_off_and_leaves_its_slot() {
    #[derive(Debug)]
    struct Clumsy;
    impl Observer for Clumsy {
        fn attempted(&self, _: &Attempt<'_>) {
            panic!("it stumbles");
        }
    }
    let server = Server::start([Read, Step::Send(good())]);
    let origin = server.origin();
    let settings =
        settings(limits(), &[&origin], Default::default()).observer(Some(Arc::new(Clumsy) as Arc<dyn Observer>));
    let connected = Runner::load(bundle(), settings).unwrap().connect(account(&origin));
    let queue = Queue::new(connected, Slots::new(1), None, Backoff::default().retries(0));
    let call = queue.call(ACTION, INPUT.to_owned(), CancellationToken::new());
    let error = one_thread().block_on(call).unwrap_err();
    assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown), "{error:?}");
    assert_eq!(queue.under_way(), 0);
}
