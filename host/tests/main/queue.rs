//! Calls that wait their turn, against the sandbox.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use justclick_sandbox::{Misbehaviour, Order, Sandbox};
use plugin_host_core::Queue;
use plugin_host_core::error::Effect;
use plugin_host_core::queue::{Rate, Slots};
use plugin_host_core::retry::Backoff;
use tokio_util::sync::CancellationToken;

use crate::support::*;

fn quick() -> Backoff {
    Backoff::default().first(Duration::from_millis(20)).longest(Duration::from_secs(1))
}

fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

fn queue(sandbox: &Sandbox, slots: usize, rate: Option<Rate>, retries: u32) -> Queue {
    let base = sandbox.base_url();
    let connected = runner(&[&base]).connect(account(&base)).named("berlin");
    Queue::new(connected, Slots::new(slots), rate, quick().retries(retries))
}

/// When the orders of these tests are paid, in UNIX seconds.
const DAY: u64 = 1_700_000_000;

/// An input whose date is so many seconds after [`DAY`].
fn paid(bill_id: &str, seconds: u64) -> String {
    let date = DAY + seconds;
    format!(r#"{{"bill_id":"{bill_id}","status":"paid","date":{date}}}"#)
}

fn never() -> CancellationToken {
    CancellationToken::new()
}

async fn until(what: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !what() {
        assert!(Instant::now() < deadline, "it did not come to pass");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_on_one_order_never_overlap_and_keep_their_order() {
    let sandbox = Sandbox::builder().order(Order::new("1")).order(Order::new("2")).start().unwrap();
    let queue = queue(&sandbox, 64, None, 0);
    // 1 and "1" are one order. The futures are made in order, and polled from the last to the first.
    let ids = [r#""1""#, "1", r#""2""#];
    let inputs =
        (0..60).map(|n| format!(r#"{{"bill_id":{},"status":"paid","date":{}}}"#, ids[n % 3], 1_700_000_000 + n));
    let mut calls: Vec<_> = inputs.map(|input| queue.call(ACTION, input, never())).collect();
    calls.reverse();
    let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for bill_id in ["1", "2"] {
        let order = sandbox.order(bill_id).unwrap();
        assert_eq!(order.most_at_once, 1, "{order:?}");
        let bodies = sandbox.requests().into_iter().map(|request| request.body);
        let of_this = bodies.filter(|body| body.contains(&format!("bill_id={bill_id}&")));
        let dates: Vec<u32> = of_this
            .map(|body| body.split("date=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap())
            .collect();
        assert!(dates.len() >= 20 && dates.is_sorted(), "{dates:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn different_orders_run_side_by_side_up_to_the_number_of_slots() {
    let mut builder = Sandbox::builder().misbehaviour(Misbehaviour::Slow).slow(Duration::from_millis(50));
    for n in 1..=24 {
        builder = builder.order(Order::new(n.to_string()));
    }
    let sandbox = builder.start().unwrap();
    let queue = queue(&sandbox, 3, None, 0);
    let tasks: Vec<_> = (1..=24).map(|n| tokio::spawn(queue.call(ACTION, paid(&n.to_string(), 1), never()))).collect();
    let begun = Instant::now();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // Eight rounds of three: more at once would have been quicker.
    assert!(begun.elapsed() >= Duration::from_millis(8 * 50), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_spreads_the_calls_and_their_repetitions() {
    let sandbox = sandbox();
    let queue = queue(&sandbox, 64, Some("20/s".parse().unwrap()), 2);
    sandbox.set_misbehaviour(Some(Misbehaviour::Code(8)));
    let begun = Instant::now();
    let error = queue.call(ACTION, INPUT.to_owned(), never()).await.unwrap_err();
    assert_eq!(error.kind, "throttled");
    sandbox.set_misbehaviour(None);
    let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(queue.call(ACTION, INPUT.to_owned(), never()))).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(sandbox.request_count(), 7);
    assert!(begun.elapsed() >= Duration::from_millis(6 * 50), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_repeated_until_the_service_recovers_and_the_next_on_its_order_waits() {
    let sandbox = sandbox();
    let queue = queue(&sandbox, 8, None, 100);
    sandbox.set_misbehaviour(Some(Misbehaviour::Code(8)));
    let first = tokio::spawn(queue.call(ACTION, paid("100000", 1), never()));
    until(|| sandbox.request_count() >= 2).await;
    let second = tokio::spawn(queue.call(ACTION, paid("100000", 2), never()));
    until(|| sandbox.request_count() >= 4).await;
    assert!(
        sandbox.requests().iter().all(|request| request.body.contains("date=1700000001&")),
        "the second call overtook"
    );
    sandbox.set_misbehaviour(None);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(sandbox.order("100000").unwrap().date, Some(DAY + 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_waits_can_be_cancelled_and_one_that_has_begun_comes_to_its_end() {
    let sandbox = Sandbox::builder()
        .sample_orders()
        .misbehaviour(Misbehaviour::Slow)
        .slow(Duration::from_millis(300))
        .start()
        .unwrap();
    let queue = queue(&sandbox, 8, None, 0);
    let cancel = CancellationToken::new();
    let first = tokio::spawn(queue.call(ACTION, paid("100000", 1), cancel.clone()));
    let second = tokio::spawn(queue.call(ACTION, paid("100000", 2), cancel.clone()));
    until(|| queue.under_way() == 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    cancel.cancel();
    assert!(first.await.unwrap().is_ok());
    let error = second.await.unwrap().unwrap_err();
    assert_eq!((error.kind.as_str(), error.effect), ("unavailable", Effect::None));
    assert!(error.message.contains("cancelled"), "{error}");
    assert_eq!(sandbox.request_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_between_attempts_can_be_cancelled_and_tells_of_the_last_attempt() {
    let sandbox = sandbox();
    sandbox.set_misbehaviour(Some(Misbehaviour::Code(8)));
    let base = sandbox.base_url();
    let connected = runner(&[&base]).connect(account(&base));
    let slow = Backoff::default().retries(9).first(Duration::from_secs(600)).longest(Duration::from_secs(600));
    let queue = Queue::new(connected, Slots::new(1), None, slow);
    let cancel = CancellationToken::new();
    let call = tokio::spawn(queue.call(ACTION, INPUT.to_owned(), cancel.clone()));
    until(|| sandbox.request_count() == 1 && queue.under_way() == 0).await;
    cancel.cancel();
    assert_eq!(call.await.unwrap().unwrap_err().kind, "throttled");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_whose_caller_is_gone_keeps_the_next_on_its_order_waiting() {
    let sandbox = Sandbox::builder()
        .sample_orders()
        .misbehaviour(Misbehaviour::Slow)
        .slow(Duration::from_millis(300))
        .start()
        .unwrap();
    let queue = queue(&sandbox, 8, None, 0);
    let abandoned = tokio::spawn(queue.call(ACTION, paid("100000", 1), never()));
    until(|| queue.under_way() == 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    abandoned.abort();
    queue.call(ACTION, paid("100000", 2), never()).await.unwrap();
    let order = sandbox.order("100000").unwrap();
    assert_eq!((order.most_at_once, order.date), (1, Some(DAY + 2)));
    assert_eq!(sandbox.request_count(), 2);
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_tell_what_happened_and_hold_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    // For all threads: attempts run on others than the caller's.
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
    let sandbox = sandbox();
    let queue = queue(&sandbox, 8, None, 0);
    queue.call(ACTION, INPUT.to_owned(), never()).await.unwrap();
    queue.call(ACTION, paid("999999", 1), never()).await.unwrap_err();
    let key = justclick_sandbox::SAMPLE_API_KEY;
    queue.call(ACTION, paid(key, 1), never()).await.unwrap_err();
    queue.call(ACTION, key.to_owned(), never()).await.unwrap_err();
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in ["berlin", ACTION, "100000", "done", "not_found", "invalid_input"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains(key), "{text}");
}
