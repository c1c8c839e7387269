//! Calls and checks: by the command, and by the library.

use serde_json::json;
use shop_service::Misbehaviour::{LoseAnswer, Throttle};

use crate::support::{call, connected, order, run, service};

#[test]
fn an_order_with_line_items_is_created() {
    let service = service();
    assert_eq!(call(&service, "create_order", &order("r-1"), &[]), Ok(json!({ "id": "1", "repeated": false })));
    let orders = service.orders();
    let lines: Vec<_> = orders[0].given.goods.iter().map(|line| (line.sku.as_str(), line.count)).collect();
    assert_eq!(lines, [("A-101", 2), ("A-102", 1)]);
    assert_eq!((orders[0].given.tags.join(" "), orders[0].total.as_str()), ("new spring".to_owned(), "24.25"));
    let by_library = connected(&service).call("create_order", &order("r-1").to_string()).unwrap();
    assert_eq!(by_library, r#"{"id":"1","repeated":true}"#);
}

#[test]
fn every_problem_of_a_line_is_told_with_its_place() {
    let service = service();
    let mut input = order("r-1");
    input["goods"] = json!([{ "count": 0 }, { "sku": "None", "count": 1, "price": "a lot" }]);
    input["customer"] = json!("seven");
    let error = call(&service, "create_order", &input, &[]).unwrap_err();
    let fields: Vec<_> = error["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["customer", "goods[0].sku", "goods[0].count", "goods[1].sku", "goods[1].price"]);
    let error = connected(&service).call("create_order", &input.to_string()).unwrap_err();
    assert_eq!(error.problems[1].field, "goods[0].sku");
    assert!(service.requests().is_empty());
}

#[test]
fn a_search_is_read_part_by_part() {
    let service = service();
    let (mut input, mut found) = (json!({ "limit": 100 }), 0);
    loop {
        let part = call(&service, "find_customers", &input, &[]).unwrap();
        found += part["items"].as_array().unwrap().len();
        let Some(cursor) = part.get("nextCursor") else { break };
        input["cursor"] = cursor.clone();
    }
    assert_eq!((found, service.requests().len()), (250, 3));
}

#[test]
fn after_a_lost_answer_only_what_may_be_repeated_is_repeated() {
    let service = service();
    service.misbehave([LoseAnswer]);
    let error = call(&service, "send_note", &json!({ "text": "One\nTwo" }), &["--retries", "3"]).unwrap_err();
    let told = ["kind", "retry", "effect"].map(|name| error[name].as_str().unwrap());
    assert_eq!(told, ["unavailable", "never", "unknown"]);
    assert_eq!(service.notes(), ["One\nTwo"]);

    call(&service, "create_order", &order("r-1"), &[]).unwrap();
    service.misbehave([LoseAnswer]);
    let output = call(&service, "mark_paid", &json!({ "order_id": 1 }), &["--retries", "3"]);
    assert_eq!(output, Ok(json!({ "id": "1", "paid": true })));
}

#[test]
fn a_throttled_call_tells_when_to_try_again() {
    let service = service();
    service.misbehave([Throttle(7)]);
    let error = call(&service, "list_goods", &json!({}), &[]).unwrap_err();
    assert_eq!(
        (&error["kind"], &error["retry_after_s"], &error["effect"]),
        (&json!("throttled"), &json!(7), &json!("none"))
    );
}

#[test]
fn a_connection_is_checked_and_its_token_is_shown_nowhere() {
    let service = service();
    let (code, stdout, stderr) = run(&service, &["check"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Sample shop"), "{stdout}");
    let mut command = crate::support::command(&service);
    let output = command.env("SHOP_TOKEN", "not-the-token").arg("check").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(12), "{said}");
    assert!(said.contains("Check the Shop account") && !said.contains("not-the-token"), "{said}");
}

#[test]
fn a_call_shows_its_request_before_it_is_made() {
    let service = service();
    let (code, stdout, _) = run(&service, &["call", "create_order", "--input", &order("r-1").to_string(), "--dry-run"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("/orders") && stdout.contains("A-102") && !stdout.contains("shop-token"), "{stdout}");
    assert_eq!(service.requests().len(), 0);
}
