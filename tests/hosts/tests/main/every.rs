//! Every action, in one story that a shop could tell, with what each is given.

use justclick_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::*;

/// A sandbox for the story.
pub fn shop() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// Every action once, with an input that succeeds after those before it.
pub fn story() -> Vec<(&'static str, Value)> {
    let customer = "user4@email.com";
    let (contact, product) = ("new@email.com", "super_product");
    vec![
        (ACTION, seed()),
        (
            "create_order",
            json!({
                "goods": [{ "product_id": "invoice", "price": "1500" }, { "product_id": "sales" }],
                "email": customer, "first_name": "Имя", "created": "2017-01-01T12:00:00+03:00",
            }),
        ),
        ("get_order", json!({ "bill_id": "100000" })),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-01-31" })),
        ("find_orders", json!({ "email": customer })),
        ("delete_order", json!({ "bill_id": "100001" })),
        ("list_groups", json!({})),
        ("add_contact", json!({ "group_ids": ["customers", "news"], "email": contact, "name": "Имя" })),
        ("update_contact", json!({ "email": contact, "city": "Москва", "tags": "a,b" })),
        ("get_contact_groups", json!({ "email": contact })),
        ("count_contacts", json!({ "of": "group", "group_id": "news" })),
        ("remove_contact", json!({ "email": contact, "group_id": "news" })),
        ("list_products", json!({})),
        ("create_product", json!({ "product_id": product, "type": "digital", "title": "10 уроков", "price": "999" })),
        ("update_product", json!({ "product_id": product, "price": "998.50", "buyer_groups": ["customers"] })),
        ("delete_product", json!({ "product_id": product })),
        ("get_partner_stats", json!({ "partner": "my_partner_login", "from": "2016-09-01", "to": "2016-09-30" })),
    ]
}

#[test]
fn every_action_of_the_module_does_its_work() {
    let sandbox = shop();
    let mut host = host(&sandbox.base_url());
    let mut outputs = std::collections::BTreeMap::new();
    for (action, input) in story() {
        let output = host.call(action, input.to_string()).unwrap_or_else(|error| panic!("{action}: {error:?}"));
        assert_output_of(action, &output);
        outputs.insert(action, output);
    }
    let told: Vec<_> = outputs.keys().copied().collect();
    let mut actions: Vec<_> = justclick::PLUGIN.actions().iter().map(|action| action.name()).collect();
    actions.sort_unstable();
    assert_eq!(told, actions);

    assert!(sandbox.requests().iter().all(|request| request.signature_ok));
    let made = &outputs["create_order"]["bill_id"];
    assert_eq!(outputs["list_orders"]["items"][0]["bill_id"], *made);
    assert_eq!(outputs["find_orders"]["items"][0]["bill_id"], *made);
    assert_eq!(outputs["get_order"]["bill_id"], "100000");
    assert_eq!(outputs["get_contact_groups"]["items"].as_array().unwrap().len(), 2);
    assert!(sandbox.order("100001").is_none(), "it was deleted");
    let contact = sandbox.shop().contacts.into_iter().find(|contact| contact.email == "new@email.com").unwrap();
    assert_eq!((contact.name.as_str(), contact.city.as_str()), ("Имя", "Москва"));
}

#[test]
fn every_action_is_a_tool_that_does_the_same() {
    let (sandbox, again) = (shop(), shop());
    let (mut host, mut by_tool) = (host(&sandbox.base_url()), host(&again.base_url()));
    for (action, input) in story() {
        let output = host.call(action, input.to_string()).unwrap();
        let request = json!({ "request": { "name": action, "arguments": input } });
        let result = by_tool.call("call_tool", request.to_string()).unwrap();
        assert_eq!(result["isError"], false, "{action}: {result}");
        let told = result["structuredContent"].to_string().replace(&again.base_url(), &sandbox.base_url());
        assert_eq!(told, output.to_string(), "{action}");
    }
}
