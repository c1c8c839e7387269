//! Events of changes, natively: none is lost, and none comes twice.

use std::cell::RefCell;
use std::collections::BTreeMap;

use plugin_kit::testing::event_faults;
use plugin_kit::{Request, Response, Transport};
use redmine::PLUGIN;
use serde_json::{Value, json};

use support::{Redmine, config, issue, issues};

mod support;

/// 2026-11-29T02:28:00Z.
const START: i64 = 1_795_919_280;

/// A Redmine whose issues change: numbers with their seconds after the start.
#[derive(Default)]
struct Changing(RefCell<BTreeMap<u64, i64>>);

impl Changing {
    fn change(&self, id: u64, second: i64) {
        self.0.borrow_mut().insert(id, second);
    }

    fn poll(&self, cursor: &Value, now: i64, limit: usize) -> Value {
        let given = json!({ "input": {}, "cursor": cursor, "start": "beginning", "now": START + now, "limit": limit });
        let outcome = PLUGIN.deliver("issue_updated", given.to_string().as_bytes(), &config, self).unwrap();
        serde_json::from_str(&outcome.unwrap()).unwrap()
    }

    /// All that there is: the ids of the events, and the cursor.
    fn all(&self, mut cursor: Value, now: i64, limit: usize) -> (Vec<String>, Value) {
        let mut ids = Vec::new();
        loop {
            let page = self.poll(&cursor, now, limit);
            ids.extend(ids_of(&page));
            cursor = page["nextCursor"].clone();
            if page["hasMore"] == false {
                return (ids, cursor);
            }
        }
    }
}

fn ids_of(page: &Value) -> Vec<String> {
    page["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

fn moment(second: i64) -> String {
    plugin_kit::types::rfc3339(START + second).unwrap()
}

impl Transport for Changing {
    fn send(&self, request: &Request) -> Response {
        let body = if request.url.contains("/users/current.json") {
            json!({ "user": { "id": 6, "login": "dev" } })
        } else {
            let number = |name: &str| {
                let (_, value) = request.url.split_once(&format!("&{name}=")).unwrap();
                value.split('&').next().unwrap().parse::<usize>().unwrap()
            };
            let (_, since) = request.url.split_once("updated_on=%3E%3D").unwrap();
            let since = since.split('&').next().unwrap().replace("%3A", ":");
            let all = self.0.borrow();
            let mut all: Vec<_> = all.iter().map(|(id, second)| (*second, *id)).collect();
            all.retain(|(second, _)| since.starts_with("1970") || moment(*second) >= since);
            all.sort_unstable();
            let part = all.iter().skip(number("offset")).take(number("limit"));
            let part: Vec<_> = part.map(|(second, id)| issue(*id, &moment(*second))).collect();
            issues(&part, all.len())
        };
        Response { status: 200, body: body.to_string().into_bytes() }
    }
}

fn poll(given: &Value, redmine: &Redmine) -> Value {
    let outcome = PLUGIN.deliver("issue_updated", given.to_string().as_bytes(), &config, redmine).expect("the trigger");
    serde_json::from_str(&outcome.expect("events")).expect("JSON")
}

fn name(id: u64, second: i64) -> String {
    format!("updated:{id}:{}", START + second)
}

#[test]
fn all_that_happened_is_told_in_its_order_however_small_the_parts() {
    for (count, limit) in [(9, 1), (230, 70), (230, 100)] {
        let redmine = Changing::default();
        let second = |id: u64| (id / (count / 2)).cast_signed();
        (1..=count).for_each(|id| redmine.change(id, second(id)));
        let (ids, cursor) = redmine.all(Value::Null, 100, limit);
        let expected: Vec<_> = (1..=count).map(|id| name(id, second(id))).collect();
        assert_eq!(ids, expected, "{limit}");
        assert_eq!(redmine.all(cursor, 200, limit).0, [""; 0]);
    }
}

#[test]
fn a_change_in_a_second_that_was_told_and_one_that_was_saved_late_are_told_once() {
    let redmine = Changing::default();
    redmine.change(1, 50);
    let (ids, cursor) = redmine.all(Value::Null, 60, 10);
    assert_eq!(ids, [name(1, 50)]);
    redmine.change(2, 50);
    redmine.change(3, 45);
    let (mut ids, cursor) = redmine.all(cursor, 61, 10);
    ids.sort();
    assert_eq!(ids, [name(2, 50), name(3, 45)]);
    redmine.change(1, 70);
    let (ids, cursor) = redmine.all(cursor, 90, 10);
    assert_eq!(ids, [name(1, 70)]);
    assert_eq!(redmine.all(cursor, 91, 10).0, [""; 0]);
}

#[test]
fn a_second_that_is_not_over_is_waited_for_and_a_clock_that_is_ahead_is_not() {
    let redmine = Changing::default();
    redmine.change(1, 50);
    let (ids, cursor) = redmine.all(Value::Null, 50, 10);
    assert_eq!(ids, [""; 0]);
    assert_eq!(redmine.all(cursor.clone(), 52, 10).0, [name(1, 50)]);
    assert_eq!(redmine.all(cursor, 20, 10).0, [name(1, 50)]);
}

#[test]
fn from_now_on_is_by_redmines_own_clock() {
    let last = [issue(7, &moment(50)), issue(6, &moment(50)), issue(5, &moment(20))];
    let redmine = Redmine::new().answers("GET", "updated_on%3Adesc", 200, &issues(&last, 3));
    let given = json!({ "input": {}, "cursor": null, "start": "now", "now": START + 900, "limit": 10 });
    let begun = poll(&given, &redmine);
    assert_eq!((&begun["events"], &begun["hasMore"]), (&json!([]), &json!(false)));
    let changing = Changing::default();
    for (id, second) in [(5, 20), (6, 50), (7, 50), (8, 50)] {
        changing.change(id, second);
    }
    assert_eq!(changing.all(begun["nextCursor"].clone(), 910, 10).0, [name(8, 50)]);
}

#[test]
fn events_keep_what_is_said_of_them() {
    let redmine = Changing::default();
    (1..=3).for_each(|id| redmine.change(id, 5));
    let given =
        json!({ "input": { "state": "closed" }, "cursor": null, "start": "beginning", "now": START + 60, "limit": 10 });
    assert_eq!(event_faults(&PLUGIN, "issue_updated", &given.to_string(), &config, &redmine), [""; 0]);
    let page = redmine.poll(&Value::Null, 60, 10);
    let event = &page["events"][0];
    assert_eq!((&event["subject"], &event["time"]), (&json!("1"), &json!("2026-11-29T02:28:05Z")));
    assert_eq!(event["data"]["status"], "New");
}
