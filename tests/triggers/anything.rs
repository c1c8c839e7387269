//! Whatever comes as a webhook, as a cursor, or as a reply to a poll: no trigger crashes, and what it tells
//! keeps its schema.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use justclick::{PLUGIN, signature};
use plugin_kit::{Request, Response, Secret, Transport};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{NEW_YEAR, config_of};
use crate::told::webhook;

const KEY: &str = justclick_sandbox::SAMPLE_API_KEY;

/// A service that answers with this body.
struct Anything(Vec<u8>);

impl Transport for Anything {
    fn send(&self, _: &Request) -> Response {
        Response { status: 200, body: self.0.clone() }
    }
}

/// The schemas of all events, made once.
static SCHEMAS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    let schema = |trigger: &Value| {
        let name = trigger["name"].as_str().unwrap().to_owned();
        (name, jsonschema::validator_for(&trigger["eventSchema"]).unwrap())
    };
    description["triggers"].as_array().unwrap().iter().map(schema).collect()
});

/// Runs a trigger; what it tells keeps its schema. How many events there are, if it is no error.
fn check(trigger: &str, given: &Value, reply: &[u8]) -> Result<usize, String> {
    let config = config_of("https://username.justclick.ru".to_owned());
    let outcome = PLUGIN.deliver(trigger, given.to_string().as_bytes(), &config, &Anything(reply.to_vec())).unwrap();
    let output: Value = serde_json::from_str(&outcome.map_err(|error| error.message)?).unwrap();
    let events = output["events"].as_array().unwrap();
    for event in events {
        assert!(SCHEMAS[trigger].is_valid(&event["data"]), "{trigger} told {event}");
    }
    Ok(events.len())
}

fn webhooks() -> impl Iterator<Item = &'static String> {
    SCHEMAS.keys().filter(|name| name.starts_with("order_") || name.starts_with("contact_"))
}

fn poll(cursor: Value, start: Value, now: i64, limit: usize) -> Value {
    json!({ "input": {}, "cursor": cursor, "start": start, "now": now, "limit": limit })
}

fn reply(result: &Value) -> Vec<u8> {
    let hash = signature::sign("0", "t", &Secret::new(KEY.to_owned()));
    json!({ "error_code": 0, "error_text": "t", "result": result, "hash": hash }).to_string().into_bytes()
}

/// Forms with the names that the service has, and values of any kind.
fn fields() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let names = vec![
        "id",
        "email",
        "created",
        "paid",
        "status",
        "items[0][id]",
        "items[0][sum]",
        "items[1][sum]",
        "items",
        "items[]",
        "items[sum]",
        "utm[medium]",
        "utm",
        "prepayment_sum",
        "last_payment_sum",
        "is_recurrent",
        "id_group",
        "name",
        "kupon",
        "link",
        "pay_status",
    ];
    let known =
        vec!["new_order", "cancel_order", "moneyback", "0", "1", "2", "1362254400", "5.00", "123", "a@b.ru", "/a/", ""];
    let value = prop_oneof![3 => select(known).prop_map(str::to_owned), 1 => "\\PC{0,12}"];
    prop::collection::btree_map(select(names), value, 0..12).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_a_webhook_are_no_event(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for trigger in webhooks() {
            prop_assert!(!matches!(check(trigger, &webhook(&bytes), b""), Ok(1..)));
        }
    }

    #[test]
    fn any_bytes_as_what_a_host_gives_are_an_output_or_an_error(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "\\{(\"(input|cursor|start|now|limit|method|headers|query|body)\":[\\[\\]{}\",:0-9a-z]{0,20},?){0,6}\\}".prop_map(String::into_bytes),
    ]) {
        let config = config_of("https://username.justclick.ru".to_owned());
        for trigger in SCHEMAS.keys() {
            let _ = PLUGIN.deliver(trigger, &bytes, &config, &Anything(Vec::new())).unwrap();
        }
    }

    #[test]
    fn any_form_that_is_signed_is_an_event_that_keeps_its_schema_or_an_error(
        fields in fields(), time in select(vec!["created", "paid", ""]),
    ) {
        let text = |name: &str| fields.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
        let key = Secret::new(KEY.to_owned());
        let hash = signature::notification(text("id"), text("email"), text(time), &key);
        let mut pairs: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        pairs.push(("hash".to_owned(), hash));
        let body = justclick::form::http_build_query(&pairs);
        for trigger in webhooks() {
            let _ = check(trigger, &webhook(body.as_bytes()), b"");
        }
    }

    #[test]
    fn any_cursor_is_taken_or_refused(
        cursor in prop_oneof![
            "\\PC{0,40}", "[0-9/-]{0,40}", "[0-9]{1,12}(/[0-9]{1,12}-[0-9]{1,30}){0,5}",
        ],
        now in any::<i64>(),
    ) {
        for trigger in ["new_order", "paid_order"] {
            let _ = check(trigger, &poll(json!(cursor), Value::Null, now, 3), &reply(&json!([])));
        }
    }

    #[test]
    fn any_start_and_any_time_end(start in any::<i64>(), now in any::<i64>()) {
        let given = poll(Value::Null, json!(start), now, 3);
        prop_assert_eq!(check("new_order", &given, &reply(&json!([]))), Ok(0));
    }

    #[test]
    fn any_orders_are_told_or_are_an_error(
        orders in prop::collection::vec((1..30_u64, 0..400_000_u64, any::<bool>()), 0..20), limit in 1..9_usize,
    ) {
        let list = orders.iter().map(|(id, ago, is_text)| {
            let created = NEW_YEAR - ago;
            json!({ "id": id, "created": if *is_text { json!(created.to_string()) } else { json!(created) } })
        });
        let given = poll(Value::Null, json!(NEW_YEAR - 200_000), i64::try_from(NEW_YEAR).unwrap(), limit);
        prop_assert!(check("new_order", &given, &reply(&list.collect())).unwrap() <= limit);
    }

    #[test]
    fn any_bytes_as_a_reply_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for trigger in ["new_order", "paid_order"] {
            let given = poll(Value::Null, json!("now"), 1, 1);
            prop_assert!(check(trigger, &given, &bytes).is_err());
        }
    }
}
