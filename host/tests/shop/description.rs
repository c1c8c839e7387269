//! What the host finds in the plugin's description.

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::{call, command, order, run, service};

#[test]
fn the_description_breaks_no_rule_of_the_contract() {
    let (code, stdout, stderr) = run(&service(), &["describe", "--strict"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    for told in [
        "create_order",
        "Lists the orders of a customer. Deprecated since 2.0.0. Use find_orders instead.",
        "Triggers when an order is created. It is polled.",
        "Triggers when an order is paid. It comes by webhook.",
        "To read and change the shop's orders.",
        "SHOP_ADDRESS",
        "SHOP_TOKEN",
    ] {
        assert!(stdout.contains(told), "{told}: {stdout}");
    }
}

#[test]
fn outputs_and_errors_keep_the_schemas_of_the_description() {
    let service = service();
    let calls: [(&str, Value); 7] = [
        ("create_order", order("r-1")),
        ("mark_paid", json!({ "order_id": 1 })),
        ("find_orders", json!({ "customer": 7 })),
        ("list_orders", json!({ "customer": 7, "limit": 1 })),
        ("find_customers", json!({ "name": "Anna" })),
        ("list_goods", json!({})),
        ("send_note", json!({ "text": "One\nTwo" })),
    ];
    for (action, input) in calls {
        call(&service, action, &input, &["--strict"]).unwrap_or_else(|error| panic!("{action}: {error}"));
    }
    let error = call(&service, "mark_paid", &json!({ "order_id": 2 }), &["--strict"]).unwrap_err();
    assert_eq!(error["kind"], "not_found");
}

#[test]
fn an_action_that_is_not_to_be_used_any_more_is_so_in_openapi() {
    let service = service();
    let (document, _) = Server::start(command(&service)).openapi(None);
    let is_deprecated = |action: &str| {
        &document["paths"][format!("/v1/connections/{{connection}}/actions/{action}")]["post"]["deprecated"]
    };
    assert_eq!((is_deprecated("list_orders"), is_deprecated("find_orders")), (&json!(true), &Value::Null));
}
