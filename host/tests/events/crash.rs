//! kill -9 in the middle.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use shop_service::{Misbehaviour, Service};

use crate::support::{Listener, justclick, order, pay, run, sandbox, shop, tell};

/// How often each event came, by its id, and that those that came twice were the same.
fn counted(events: &[Value]) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::<String, (usize, &Value)>::new();
    for event in events {
        let (times, first) = seen.entry(event["id"].as_str().unwrap().to_owned()).or_insert((0, event));
        *times += 1;
        assert_eq!(*first, event);
    }
    seen.into_iter().map(|(id, (times, _))| (id, times)).collect()
}

#[test]
fn after_kill_9_wherever_it_strikes_no_polled_event_is_lost_and_one_at_most_comes_again() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let (mut events, mut kills) = (Vec::new(), 0);
    let made = std::thread::scope(|scope| {
        let making = scope.spawn(|| {
            let mut made = Vec::new();
            for number in 0..400 {
                made.extend(order(&service, [format!("r-{number}")]));
                std::thread::sleep(Duration::from_millis(8));
            }
            made
        });
        let mut random = fastrand::Rng::with_seed(7);
        while !making.is_finished() {
            if random.bool() {
                let next = [Misbehaviour::Ok, Misbehaviour::LoseAnswer, Misbehaviour::DelayMs(random.u64(..200))];
                service.misbehave(next);
            }
            let listener = Listener::start(shop(&service, &state).args([
                "order_created",
                "--start",
                "beginning",
                "--every",
                "1s",
            ]));
            std::thread::sleep(Duration::from_millis(random.u64(30..700)));
            events.extend(listener.kill().events);
            kills += 1;
        }
        making.join().unwrap()
    });
    service.misbehave([]);
    events
        .extend(run(shop(&service, &state), &["order_created", "--start", "beginning", "--once"]).with_code(0).events);
    let counted = counted(&events);
    let mut expected: Vec<_> = made.iter().map(|number| format!("created:{number}")).collect();
    expected.sort();
    assert_eq!(counted.keys().cloned().collect::<Vec<_>>(), expected);
    let again: usize = counted.values().map(|times| times - 1).sum();
    assert!(kills > 3 && again <= kills, "{again} events came again after {kills} kills");
}

#[test]
fn after_kill_9_every_webhook_that_was_answered_is_printed() {
    let orders = 1..=120;
    let (sandbox, folder) = (sandbox(orders.clone()), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let args = |port: &str| ["order_paid".to_owned(), "--listen".to_owned(), port.to_owned()];
    let mut listener = Listener::start(justclick(&sandbox, &state).args(args("127.0.0.1:0")));
    let address = listener.address("order_paid");
    let port = address.split('/').nth(2).unwrap().to_owned();
    tell(&sandbox, "order_paid", &address);
    let mut events = Vec::new();
    std::thread::scope(|scope| {
        let making = scope.spawn(|| {
            for number in orders.clone() {
                pay(&sandbox, number);
            }
        });
        let mut random = fastrand::Rng::with_seed(11);
        while !making.is_finished() {
            std::thread::sleep(Duration::from_millis(random.u64(50..400)));
            events.extend(
                std::mem::replace(&mut listener, Listener::start(justclick(&sandbox, &state).args(args(&port))))
                    .kill()
                    .events,
            );
        }
    });
    drop(listener);
    // What was answered with a 2xx is the host's by then; of the others the service would tell again.
    let answered = crate::support::answered(&sandbox);
    assert!(!answered.is_empty());
    let mut listener = Listener::start(justclick(&sandbox, &state).args(args(&port)));
    let has_all = |events: &[Value], more: &[Value]| {
        let seen: std::collections::BTreeSet<_> =
            events.iter().chain(more).map(|event| event["subject"].to_string()).collect();
        answered.iter().all(|number| seen.contains(&format!("\"{number}\"")))
    };
    listener.address("order_paid");
    listener.until("every answered event", |listener| has_all(&events, &listener.events()));
    events.extend(listener.stop().with_code(0).events);
    counted(&events);
}
