//! Whatever comes as data of a signed reply, no action crashes, and what it gives back keeps its
//! schema.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use justclick::{PLUGIN, signature};
use plugin_kit::{Request, Response, Secret, Transport};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// Actions with an input, and what they ask for.
fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("get_order", json!({ "bill_id": 7 })),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-03-01" })),
        ("find_orders", json!({ "email": "a@b.ru" })),
        ("get_contact_groups", json!({ "email": "a@b.ru" })),
        ("list_groups", json!({})),
        ("count_contacts", json!({ "of": "all" })),
        ("list_products", json!({})),
        ("get_partner_stats", json!({ "partner": "p" })),
        ("create_order", json!({ "goods": [{ "product_id": "p" }], "email": "a@b.ru" })),
        ("delete_order", json!({ "bill_id": 7 })),
        ("update_order_status", json!({ "bill_id": 7, "status": "cancel" })),
        ("add_contact", json!({ "group_ids": ["g"], "email": "a@b.ru" })),
        ("update_contact", json!({ "email": "a@b.ru", "name": "N" })),
        ("remove_contact", json!({ "email": "a@b.ru", "group_id": "g" })),
        ("create_product", json!({ "product_id": "p", "type": "digital", "title": "T", "price": 1 })),
        ("update_product", json!({ "product_id": "p", "price": 1 })),
        ("delete_product", json!({ "product_id": "p" })),
    ]
}

#[test]
fn all_actions_are_tried() {
    let mut tried: Vec<_> = calls().into_iter().map(|(action, _)| action).collect();
    let mut all: Vec<_> = PLUGIN.actions().iter().map(plugin_kit::Action::name).collect();
    tried.sort_unstable();
    all.sort_unstable();
    assert_eq!(tried, all);
}

/// A service that answers with this body.
struct Anything(Vec<u8>);

impl Transport for Anything {
    fn send(&self, _: &Request) -> Response {
        Response { status: 200, body: self.0.clone() }
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" => KEY.into(),
        "base_url" => b"https://username.justclick.ru".to_vec(),
        _ => return None,
    })
}

/// The schemas of all outputs, made once.
static SCHEMAS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    let actions = description["actions"].as_array().unwrap().iter();
    let schema = |action: &Value| {
        let name = action["name"].as_str().unwrap().to_owned();
        (name, jsonschema::validator_for(&action["outputSchema"]).unwrap())
    };
    actions.map(schema).collect()
});

/// Runs every action on a body; what it gives back keeps its schema.
fn check(body: &[u8]) {
    for (action, input) in calls() {
        let service = Anything(body.to_vec());
        let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config, &service).unwrap();
        if let Ok(output) = outcome {
            let output: Value = serde_json::from_str(&output).unwrap();
            assert!(SCHEMAS[action].is_valid(&output), "{action} made {output} of {}", String::from_utf8_lossy(body));
        }
    }
}

/// Data in and around what the service gives.
fn data() -> impl Strategy<Value = Value> {
    let names = vec![
        "id",
        "items",
        "utm",
        "medium",
        "created",
        "paid",
        "price",
        "link",
        "rass_name",
        "rass_title",
        "rass_status",
        "good_id",
        "good_name",
        "good_title",
        "good_sum",
        "bill_id",
        "earned_total",
        "topay_total",
        "clicks_total",
        "leads_total",
        "bills_total",
        "partners_total",
        "kupon",
        "email",
        "7",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..2_000_000_000_u64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9]{1,10}(\\.[0-9]{1,3})?".prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        select(vec!["", "/pay/7/", "STATUS_WAIT", "None", "1362254400"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(names.clone()), inner, 0..8)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_data_of_a_signed_reply_is_an_output_that_keeps_its_schema_or_an_error(
        data in data(),
        code in select(vec![0, 400, 501, 601, 700]),
    ) {
        let hash = signature::sign(&code.to_string(), "t", &Secret::new(KEY.to_owned()));
        let reply = json!({ "error_code": code, "error_text": "t", "result": data, "hash": hash });
        check(reply.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_as_an_input_are_an_output_or_an_error(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "\\{(\"[a-z_]{0,9}\":[\\[\\]{}\",:0-9a-z]{0,30},?){0,3}\\}".prop_map(String::into_bytes),
        ],
    ) {
        for action in PLUGIN.actions() {
            let _ = PLUGIN.run(action.name(), &bytes, &config, &Anything(Vec::new())).unwrap();
        }
    }

    #[test]
    fn any_cursor_is_followed_or_refused(
        cursor in prop_oneof!["\\PC{0,40}", "[0-9/-]{0,40}", "2017-0[1-3]-[0-3][0-9](/[0-9]{0,30})?"],
    ) {
        let nothing = signature::md5_hex(&["0::ok::", KEY]);
        let service = Anything(format!(r#"{{"error_code":0,"error_text":"ok","result":[],"hash":"{nothing}"}}"#).into());
        let input = json!({ "from": "2017-01-01", "to": "2017-03-01", "cursor": cursor });
        if let Err(error) = PLUGIN.run("list_orders", input.to_string().as_bytes(), &config, &service).unwrap() {
            prop_assert_eq!(error.kind, plugin_kit::Kind::InvalidInput);
        }
    }

    #[test]
    fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (action, input) in calls() {
            let service = Anything(bytes.clone());
            prop_assert!(PLUGIN.run(action, input.to_string().as_bytes(), &config, &service).unwrap().is_err());
        }
    }
}
