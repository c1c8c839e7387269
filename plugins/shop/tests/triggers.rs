//! Events, natively: polled from the plugin's service, and as its webhook sends them.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plugin_kit::testing::event_faults;
use serde_json::{Map, Value, json};
use shop::PLUGIN;
use shop_service::{SAMPLE_TOKEN, Service, Webhook};

use support::{Http, config, order, run};

mod support;

fn deliver(trigger: &str, given: &Value, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.deliver(trigger, given.to_string().as_bytes(), &config(service), &Http::new());
    outcome.expect("the trigger").map(read).map_err(|error| read(error.to_json()))
}

fn poll(service: &Service, input: Value, cursor: Value, start: Value, limit: u32) -> Value {
    let given = json!({ "input": input, "cursor": cursor, "start": start, "now": 2_000_000_000, "limit": limit });
    deliver("order_created", &given, service).unwrap()
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect()
}

/// What the webhook's receiver was sent, as a host hands it to the plugin.
fn received(service: &Service, order: &str, forged: bool) -> Value {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut part) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"}}") {
            let length = stream.read(&mut part).unwrap();
            request.extend_from_slice(&part[..length]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        String::from_utf8(request).unwrap()
    });
    let mut webhook = Webhook::default();
    (webhook.url, webhook.order, webhook.forged) = (url, order.to_owned(), forged);
    assert_eq!(service.send_webhook(&webhook).unwrap()[0].status, 204);
    let request = receiver.join().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers: Map<String, Value> = headers.map(|(name, value)| (name.to_owned(), value.into())).collect();
    let body = STANDARD.encode(body);
    json!({ "input": {}, "method": "POST", "headers": headers, "query": "", "body": body, "now": 2_000_000_000 })
}

#[test]
fn new_orders_are_told_once_whatever_else_happens() {
    let service = Service::start().unwrap();
    run("create_order", &order("r-1", 7), &service).unwrap();
    run("mark_paid", &json!({ "order_id": 1 }), &service).unwrap();
    for request_id in ["r-2", "r-3"] {
        run("create_order", &order(request_id, 8), &service).unwrap();
    }
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let answer = poll(&service, json!({}), cursor, json!("beginning"), 2);
        seen.extend(ids(&answer).into_iter().map(str::to_owned));
        cursor = answer["nextCursor"].clone();
        if answer["hasMore"] == false {
            break;
        }
    }
    assert_eq!(seen, ["created:1", "created:2", "created:3"]);
    assert_eq!(ids(&poll(&service, json!({}), cursor, Value::Null, 2)), [""; 0]);
    let of_one = poll(&service, json!({ "customer": 7 }), Value::Null, json!("beginning"), 100);
    assert_eq!(ids(&of_one), ["created:1"]);
    assert_eq!(of_one["events"][0]["subject"], "1");
}

#[test]
fn what_was_there_before_the_start_is_passed_over() {
    let service = Service::start().unwrap();
    run("create_order", &order("r-1", 7), &service).unwrap();
    // Its clock is that of 2033.
    let begun = poll(&service, json!({}), Value::Null, json!("now"), 100);
    assert_eq!((ids(&begun), &begun["hasMore"]), (vec![], &json!(false)));
    run("create_order", &order("r-2", 7), &service).unwrap();
    let next = poll(&service, json!({}), begun["nextCursor"].clone(), Value::Null, 100);
    assert_eq!(ids(&next), ["created:2"]);
    assert_eq!(ids(&poll(&service, json!({}), Value::Null, json!(1), 100)), ["created:1", "created:2"]);
}

#[test]
fn a_paid_order_is_told_by_a_webhook_that_the_shop_has_signed() {
    let service = Service::start().unwrap();
    run("create_order", &order("r-1", 7), &service).unwrap();
    let given = received(&service, "1", false);
    assert_eq!(event_faults(&PLUGIN, "order_paid", &given.to_string(), &config(&service), &Http::new()), [""; 0]);
    let answer = deliver("order_paid", &given, &service).unwrap();
    assert_eq!((ids(&answer), &answer["response"]), (vec!["paid:1"], &json!({ "status": 200 })));
    assert_eq!(answer["events"][0]["data"]["paid"], true);
    assert_eq!(deliver("order_paid", &received(&service, "1", false), &service).unwrap(), answer);

    let mut unsigned = given;
    unsigned["headers"].as_object_mut().unwrap().remove("x-shop-signature");
    for forged in [received(&service, "1", true), unsigned] {
        let error = deliver("order_paid", &forged, &service).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!("forged_event"), &json!("none")));
        assert!(!error.to_string().contains(SAMPLE_TOKEN));
    }
}
