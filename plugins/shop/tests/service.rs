//! The plugin, natively, against its service, over real sockets.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shop::PLUGIN;
use shop_service::{Misbehaviour, Service};

use support::{order, run};

mod support;

#[test]
fn every_example_leads_to_its_output() {
    let service = Service::start().unwrap();
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    for action in description["actions"].as_array().unwrap() {
        let (name, schema) = (action["name"].as_str().unwrap(), &action["outputSchema"]);
        for example in action["examples"].as_array().unwrap() {
            let output = run(name, &example["input"], &service).unwrap();
            jsonschema::validate(schema, &output).unwrap_or_else(|why| panic!("{name}: {why}: {output}"));
            // A list that is told by its beginning alone has more.
            let (wanted, got) = (&example["output"], &output);
            match wanted["items"].as_array() {
                None => assert_eq!(got, wanted, "{name}"),
                Some(items) => assert_eq!(got["items"][0].is_object(), !items.is_empty(), "{name}"),
            }
        }
    }
    assert!(service.requests().iter().all(|request| request.status.is_some_and(|status| status < 300)));
}

#[test]
fn the_same_request_makes_one_order_and_says_so() {
    let service = Service::start().unwrap();
    for repeated in [false, true] {
        let output = run("create_order", &order("r-1", 7), &service);
        assert_eq!(output, Ok(json!({ "id": "1", "repeated": repeated })));
    }
    assert_eq!(run("create_order", &order("r-1", 8), &service).unwrap_err()["kind"], "rejected");
    assert_eq!((service.orders().len(), service.orders()[0].total.as_str()), (1, "25.00"));
}

#[test]
fn what_verifies_an_order_finds_it_or_nothing() {
    let service = Service::start().unwrap();
    service.misbehave([Misbehaviour::LoseAnswer, Misbehaviour::Drop]);
    for request_id in ["r-1", "r-2"] {
        let error = run("create_order", &order(request_id, 7), &service).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!("unavailable"), &json!("unknown")));
    }
    let find = |request_id: &str| run("find_orders", &json!({ "customer": 7, "request_id": request_id }), &service);
    assert_eq!(find("r-1").unwrap()["items"][0]["request_id"], "r-1");
    assert_eq!(find("r-2"), Ok(json!({ "items": [] })));
}

#[test]
fn a_list_is_read_whole_by_its_cursors_whatever_the_limits() {
    let service = Service::start().unwrap();
    let (mut ids, mut input, mut parts) = (BTreeSet::new(), json!({}), 0);
    for limit in [100, 7, 40, 33].into_iter().cycle() {
        input["limit"] = json!(limit);
        let output = run("find_customers", &input, &service).unwrap();
        let items = output["items"].as_array().unwrap();
        assert!((1..=limit).contains(&items.len()));
        parts += 1;
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = output.get("nextCursor") else { break };
        input["cursor"] = cursor.clone();
    }
    assert_eq!(ids.len(), 250);
    assert!(parts < 50, "{parts}");
    assert_eq!(
        run("find_customers", &json!({ "cursor": "100", "name": "anna" }), &service),
        Ok(json!({ "items": [] }))
    );
    assert_eq!(
        run("find_customers", &json!({ "name": "ОЛЬГА b" }), &service).unwrap()["items"][0]["name"],
        "Ольга Baker"
    );
}

#[test]
fn an_order_is_paid_once_however_often_it_is_said() {
    let service = Service::start().unwrap();
    run("create_order", &order("r-1", 7), &service).unwrap();
    for _ in 0..2 {
        assert_eq!(run("mark_paid", &json!({ "order_id": 1 }), &service), Ok(json!({ "id": "1", "paid": true })));
    }
    assert_eq!(run("mark_paid", &json!({ "order_id": 2 }), &service).unwrap_err()["kind"], "not_found");
}

#[test]
fn a_note_keeps_its_lines() {
    let service = Service::start().unwrap();
    run("send_note", &json!({ "text": "One\nTwo" }), &service).unwrap();
    assert_eq!(service.notes(), ["One\nTwo"]);
}
