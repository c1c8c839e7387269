//! The documentation's examples are sent as PHP signs them.

use std::cell::RefCell;

use justclick::PLUGIN;
use plugin_kit::{Request, Response, Transport};
use serde_json::{Value, json};

/// Keeps what was sent, and gives no answer.
#[derive(Default)]
struct Nobody(RefCell<Vec<(String, String)>>);

impl Transport for Nobody {
    fn send(&self, request: &Request) -> Response {
        self.0.borrow_mut().push((request.url.clone(), request.body.clone()));
        Response { status: 0, body: b"timeout".to_vec() }
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" => "X".repeat(40).into_bytes(),
        "base_url" => b"https://username.expertam.ru".to_vec(),
        _ => return None,
    })
}

/// The function, and the body, that an action sends.
fn sent(action: &str, input: &Value) -> (String, String) {
    let nobody = Nobody::default();
    let error = PLUGIN.run(action, input.to_string().as_bytes(), &config, &nobody).unwrap().unwrap_err();
    let (url, body) = nobody.0.borrow_mut().pop().unwrap_or_else(|| panic!("{action} {input}: {}", error.message));
    (url.strip_prefix("https://username.expertam.ru/api/").unwrap().to_owned(), body)
}

#[test]
fn each_example_has_the_body_and_the_hash_that_php_gives_it() {
    let marks = json!({ "utm_medium": "cpc", "utm_source": "direct", "utm_campaign": "My_Campaign", "utm_content": "content_123", "utm_term": "my_label" });
    let mut contact = json!({
        "group_ids": ["super"], "name": "Name", "email": "lead@email.com", "phone": "+788888888", "city": "City",
        "tag": "this is tag", "done_url": "http://yandex.ru/", "confirm": true,
    });
    contact.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
    for (action, input, function, body) in [
        (
            "update_order_status",
            json!({ "bill_id": 100_000, "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000" }),
            "UpdateOrderStatus",
            "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000&hash=92cea5ba30b463b8c3b234e3d2945e65",
        ),
        (
            "delete_order",
            json!({ "bill_id": 1111 }),
            "DeleteOrder",
            "bill_id=1111&hash=47d890b61dcad113dee75f57f69be233",
        ),
        (
            "find_orders",
            json!({ "email": "test@test.com", "pay_status": "paid" }),
            "GetBills",
            "email=test%40test.com&pay_status=paid&hash=de492116f882540c82cd4cd92e200897",
        ),
        (
            "get_order",
            json!({ "bill_id": 102_937 }),
            "getOrderDetails",
            "bill_id=102937&hash=ed5d06d7b03e273f05a2bd74fc0db645",
        ),
        (
            "add_contact",
            json!({ "group_ids": "super", "email": "lead@email.com" }),
            "AddLeadToGroup",
            "rid%5B0%5D=super&lead_email=lead%40email.com&hash=2b2baf2cbff48172aa2d430dd1259a10",
        ),
        (
            "update_contact",
            json!({ "email": "tester@influencersoft.com", "name": "John", "phone": "+18000000000", "city": "Los Angeles", "tags": "tag1,tag2,tag3" }),
            "UpdateSubscriberData",
            "lead_email=tester%40influencersoft.com&lead_name=John&lead_phone=%2B18000000000&lead_city=Los+Angeles&lead_tags=tag1%2Ctag2%2Ctag3&hash=0871532dc3de6f697f605b073d4b1dfc",
        ),
        (
            "remove_contact",
            json!({ "email": "lead@email.com", "group_id": "super" }),
            "DeleteSubscribe",
            "lead_email=lead%40email.com&rass_name=super&hash=2591307d1f52797f6b196c785d09b863",
        ),
        (
            "get_contact_groups",
            json!({ "email": "fiztov5@test.com" }),
            "GetLeadGroupStatuses",
            "email=fiztov5%40test.com&hash=7c16c97cdea01902f6d270bf11b71c08",
        ),
        (
            "count_contacts",
            json!({ "of": "unique" }),
            "GetCountSubscribe",
            "group_name=unique&hash=a99dd18b454e26ea8572e22c724cbf32",
        ),
        ("list_groups", json!({}), "GetAllGroups", "hash=53de7e1144de71c41d1cb06887f4b179"),
        ("list_products", json!({}), "GetAllGoods", "hash=53de7e1144de71c41d1cb06887f4b179"),
        (
            "delete_product",
            json!({ "product_id": "super_tovar" }),
            "DeleteGood",
            "good_name=super_tovar&hash=5b3e574ca11a92f661841da42d995dc6",
        ),
        (
            "get_partner_stats",
            json!({ "partner": "my_partner_login", "from": "2016-08-01", "to": "2016-09-22" }),
            "GetPartnerStats",
            "partner=my_partner_login&date_from=2016-08-01&date_to=2016-09-22&hash=a7cc5103fa95c531c4dc263419c16492",
        ),
    ] {
        assert_eq!(sent(action, &input), (function.to_owned(), body.to_owned()), "{action}");
    }
    // The same parameters as in the example; their order is the form's.
    let (_, body) = sent("add_contact", &contact);
    for part in ["rid%5B0%5D=super&", "&doneurl2=http%3A%2F%2Fyandex.ru%2F&activation=1&utm%5Butm_medium%5D=cpc&"] {
        assert!(body.contains(part), "{body}");
    }
}

/// The body, and what PHP signs it with, of a case of the vectors.
fn vector(name: &str) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/calls.ndjson");
    let cases = std::fs::read_to_string(file).unwrap();
    let case = cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|case| case["name"] == name);
    let case = case.unwrap_or_else(|| panic!("no vector {name}"));
    format!("{}&hash={}", case["body"].as_str().unwrap(), case["hash"].as_str().unwrap())
}

#[test]
fn every_field_has_an_example_that_is_sent_as_php_writes_and_signs_it() {
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    for (action, function) in [
        ("create_order", "CreateOrder"),
        ("add_contact", "AddLeadToGroup"),
        ("create_product", "AddGood"),
        ("update_product", "UpdateGood"),
    ] {
        let described =
            description["actions"].as_array().unwrap().iter().find(|known| known["name"] == action).unwrap();
        let fields = described["inputSchema"]["properties"].as_object().unwrap();
        let mut input: Value =
            fields.iter().map(|(name, field)| (name.clone(), field["examples"][0].clone())).collect();
        if action == "create_order" {
            input["cancel_unpaid"] = "at".into();
        }
        assert_eq!(
            sent(action, &input),
            (function.to_owned(), vector(&format!("{function}, every field"))),
            "{action}"
        );
    }
}
