//! New and paid orders, asked for from time to time: none lost, none twice, the oldest first.

use justclick_sandbox::Sandbox;
use plugin_kit::testing::event_faults;
use serde_json::{Value, json};

use justclick::PLUGIN;

use crate::support::{DAY, NEW_YEAR, Small, Wire, config_of, control, order};
use crate::told::*;

/// Somebody who polls, and keeps the cursor.
struct Poller<'a> {
    sandbox: &'a Sandbox,
    trigger: &'static str,
    cursor: Value,
    start: Value,
    limit: usize,
    /// The largest answer that the host takes, in bytes.
    largest: usize,
}

impl<'a> Poller<'a> {
    fn new(sandbox: &'a Sandbox, trigger: &'static str, start: Value) -> Self {
        Self { sandbox, trigger, cursor: Value::Null, start, limit: 100, largest: usize::MAX }
    }

    fn given(&self, now: u64) -> Value {
        json!({ "input": {}, "cursor": self.cursor, "start": self.start, "now": now, "limit": self.limit })
    }

    /// All events until there are no more.
    fn events(&mut self, now: u64) -> Vec<Value> {
        let mut all = Vec::new();
        for _ in 0..100 {
            let page = deliver_by(&Small(self.largest), self.sandbox, self.trigger, &self.given(now)).unwrap();
            let events = page["events"].as_array().unwrap();
            assert!(events.len() <= self.limit);
            all.extend_from_slice(events);
            self.cursor = page["nextCursor"].clone();
            if page["hasMore"] == false {
                return all;
            }
        }
        panic!("it never ends");
    }

    fn ids(&mut self, now: u64) -> Vec<String> {
        self.events(now).iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::builder().sample_orders().start().unwrap();
    control(&sandbox, "clock", &format!(r#"{{"now": {NEW_YEAR}}}"#));
    sandbox
}

fn paid(number: &str, created: u64, at: u64) -> justclick_sandbox::Order {
    let mut order = order(number, created);
    order.data.paid = Some(at);
    order
}

#[test]
fn from_now_on_only_what_comes_is_told_and_once() {
    let sandbox = sandbox();
    sandbox.put_order(order("7", NEW_YEAR - 60));
    let mut poller = Poller::new(&sandbox, "new_order", json!("now"));
    assert_eq!(poller.ids(NEW_YEAR), [""; 0]);
    // Of the same second as the last, of an hour earlier, and of a number of another length.
    sandbox.put_order(order("6", NEW_YEAR - 60));
    sandbox.put_order(order("100", NEW_YEAR - 3600));
    sandbox.put_order(order("12", NEW_YEAR - 60));
    assert_eq!(poller.ids(NEW_YEAR), ["created:100", "created:6", "created:12"]);
    for now in [NEW_YEAR, NEW_YEAR + 60, NEW_YEAR + 40 * DAY] {
        assert_eq!(poller.ids(now), [""; 0], "{now}");
    }
    assert!(poller.cursor.as_str().unwrap().len() < 20, "{}", poller.cursor);
    sandbox.put_order(order("13", NEW_YEAR + 41 * DAY));
    assert_eq!(poller.ids(NEW_YEAR + 41 * DAY), ["created:13"]);
}

#[test]
fn payments_are_told_by_their_time_and_again_if_paid_again() {
    let sandbox = sandbox();
    let mut poller = Poller::new(&sandbox, "paid_order", json!(NEW_YEAR));
    sandbox.put_order(order("7", NEW_YEAR));
    assert_eq!(poller.ids(NEW_YEAR), [""; 0]);
    sandbox.put_order(paid("7", NEW_YEAR - 90 * DAY, NEW_YEAR + 5));
    sandbox.put_order(paid("8", NEW_YEAR, NEW_YEAR + 5));
    let events = poller.events(NEW_YEAR + 60);
    assert_eq!(
        (events.len(), &events[0]["id"], &events[1]["id"]),
        (2, &json!("paid:7:1483218005"), &json!("paid:8:1483218005"))
    );
    assert_eq!((&events[0]["subject"], &events[0]["time"]), (&json!("7"), &json!("2016-12-31T21:00:05Z")));
    assert_eq!(events[0]["data"]["pay_status"], "paid");
    sandbox.put_order(paid("7", NEW_YEAR - 90 * DAY, NEW_YEAR + 50));
    assert_eq!(poller.ids(NEW_YEAR + 60), ["paid:7:1483218050"]);
}

#[test]
fn all_orders_of_two_years_are_told_in_their_order_whatever_the_limit() {
    let sandbox = sandbox();
    let mut expected = Vec::new();
    for place in 0..60 {
        // Every third has the second of the one before.
        let created = NEW_YEAR - 720 * DAY + (place - u64::from(place % 3 == 1)) * 12 * DAY;
        sandbox.put_order(order(&(1000 - place).to_string(), created));
        expected.push((created, 1000 - place));
    }
    expected.sort_unstable();
    let expected: Vec<_> = expected.iter().map(|(_, number)| format!("created:{number}")).collect();
    for (start, limit) in
        [(json!(NEW_YEAR - 721 * DAY), 1), (json!(NEW_YEAR - 721 * DAY), 7), (json!("beginning"), 100)]
    {
        let mut poller = Poller::new(&sandbox, "new_order", start);
        poller.limit = limit;
        let ids: Vec<_> = poller.ids(NEW_YEAR).into_iter().filter(|id| expected.contains(id)).collect();
        assert_eq!(ids, expected, "{limit}");
        assert_eq!(poller.ids(NEW_YEAR), [""; 0]);
    }
    let longest = sandbox.requests().iter().filter(|request| request.function == "getOrdersWithGoods").count();
    assert!(longest > 20, "a window is a month at most");
}

#[test]
fn more_orders_of_one_second_than_are_kept_are_told_once() {
    let sandbox = sandbox();
    for number in 0..1100 {
        sandbox.put_order(order(&(5000 + number).to_string(), NEW_YEAR));
    }
    let mut poller = Poller::new(&sandbox, "new_order", json!(NEW_YEAR));
    poller.limit = 400;
    let ids = poller.ids(NEW_YEAR);
    let mut once = ids.clone();
    once.dedup();
    assert_eq!((ids.len(), once.len()), (1100, 1100));
    sandbox.put_order(order("1", NEW_YEAR));
    assert_eq!(poller.ids(NEW_YEAR), ["created:1"]);
}

#[test]
fn days_of_any_calendar_lose_nothing() {
    for zone in [-43_200, 0, 10_800, 50_400] {
        let sandbox = sandbox();
        control(&sandbox, "clock", &format!(r#"{{"now": {NEW_YEAR}, "zone_s": {zone}}}"#));
        let mut poller = Poller::new(&sandbox, "new_order", json!(NEW_YEAR - 100 * DAY));
        let mut expected = Vec::new();
        for hour in (0..100 * 24).step_by(5) {
            sandbox.put_order(order(&(10_000 + hour).to_string(), NEW_YEAR - 100 * DAY + hour * 3600));
            expected.push(format!("created:{}", 10_000 + hour));
        }
        let ids: Vec<_> = poller.ids(NEW_YEAR).into_iter().filter(|id| expected.contains(id)).collect();
        assert_eq!(ids, expected, "{zone}");
    }
}

#[test]
fn a_poll_and_a_webhook_name_what_happened_alike() {
    let script = Script::start();
    let sandbox = telling(&script);
    sandbox.put_order(order("7", NEW_YEAR));
    let created = happen(&sandbox, &json!({ "event": "order_created", "bill_id": "7" }));
    let payment = happen(&sandbox, &json!({ "event": "order_paid", "bill_id": "7" }));
    for (poll, webhook, delivery) in [("new_order", "order_created", created), ("paid_order", "order_paid", payment)] {
        let told = events(&sandbox, webhook, &send(&sandbox, &script, delivery, &json!({})));
        let polled = Poller::new(&sandbox, poll, json!(NEW_YEAR)).events(NEW_YEAR + 60);
        assert_eq!(polled.len(), 1);
        for member in ["id", "time", "subject"] {
            assert_eq!(polled[0][member], told[0][member], "{poll}");
        }
        assert_eq!(polled[0]["data"]["total"], told[0]["data"]["total"], "{poll}");
    }
}

#[test]
fn the_same_poll_tells_the_same_and_every_event_keeps_its_schema() {
    let sandbox = sandbox();
    sandbox.put_order(paid("7", NEW_YEAR, NEW_YEAR));
    for shapes in [r#"{"numbers_as_texts": true}"#, r#"{"nothing_is_a_list": true}"#, r#"{"http_status": 302}"#] {
        control(&sandbox, "shapes", shapes);
        for trigger in ["new_order", "paid_order"] {
            let given = Poller::new(&sandbox, trigger, json!(NEW_YEAR)).given(NEW_YEAR).to_string();
            let config = config_of(sandbox.base_url());
            assert_eq!(event_faults(&PLUGIN, trigger, &given, &config, &Wire), [""; 0], "{shapes}");
        }
    }
}

#[test]
fn a_poll_that_fails_is_to_be_made_again() {
    let sandbox = sandbox();
    sandbox.set_misbehaviour(Some("http-503".parse().unwrap()));
    let given = Poller::new(&sandbox, "new_order", json!("now")).given(NEW_YEAR);
    let error = deliver(&sandbox, "new_order", &given).unwrap_err();
    assert_eq!((&error["kind"], &error["effect"]), (&json!("unavailable"), &json!("none")));
}

#[test]
fn what_is_too_much_for_one_answer_comes_in_fewer_days_none_lost_and_none_twice() {
    let sandbox = sandbox();
    let now = NEW_YEAR + 40 * DAY;
    control(&sandbox, "clock", &format!(r#"{{"now": {now}}}"#));
    let numbers: Vec<String> = (0..160).map(|place: u64| (5000 + place).to_string()).collect();
    for (number, place) in numbers.iter().zip(0..) {
        sandbox.put_order(order(number, NEW_YEAR + place * DAY / 4));
    }
    // An order has some 600 bytes there, and a day has four.
    for largest in [30_000, 12_000, 6000] {
        for start in [json!("beginning"), json!(NEW_YEAR - 2 * DAY)] {
            let mut poller = Poller { largest, ..Poller::new(&sandbox, "new_order", start) };
            let ids = poller.ids(now);
            let expected: Vec<_> = numbers.iter().map(|number| format!("created:{number}")).collect();
            let ours: Vec<_> = ids.into_iter().filter(|id| id.starts_with("created:5")).collect();
            assert_eq!(ours, expected, "{largest} bytes");
            assert!(poller.ids(now + 60).is_empty());
        }
    }
    // Whoever begins now is told of nothing that is there.
    let mut poller = Poller { largest: 6000, ..Poller::new(&sandbox, "new_order", json!("now")) };
    assert!(poller.ids(now).is_empty());
    sandbox.put_order(order("9000", now + 30));
    assert_eq!(poller.ids(now + 60), ["created:9000"]);
}
