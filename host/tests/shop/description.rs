//! What the host finds in the plugin's description.

use serde_json::{Value, json};

use crate::support::{call, order, run, service};

#[test]
fn the_description_breaks_no_rule_of_the_contract() {
    let (code, stdout, stderr) = run(&service(), &["describe", "--strict"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    for told in ["create_order", "To read and change the shop's orders.", "SHOP_ADDRESS", "SHOP_TOKEN"] {
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
