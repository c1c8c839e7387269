//! Requests of whoever knows a webhook's address: nothing is an event whose signature is wrong, what is one
//! keeps its schema, and no secret comes out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use justclick_sandbox::Account;
use plugin_kit::Form;
use serde_json::{Value, json};

use super::service::{KnownTrigger, Service, TRIGGERS, check, config};
use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};
use crate::told::{SECRET, no_secret};

pub const TARGET: Target = Target { name: "webhook", seeds, run };

/// Triggers whose requests the service does not sign.
const UNSIGNED: [&str; 3] = ["contact_activated", "contact_subscribed", "contact_unsubscribed"];

fn seeds(seeds: &mut Seeds) {
    for case in seeds::cases() {
        let Some(place) = TRIGGERS.iter().position(|known| case["call"] == known.trigger.name()) else { continue };
        match case["input"]["body"].as_str() {
            Some(body) => seeds.choosing(place, STANDARD.decode(body).expect("base64")),
            None => {
                seeds.choosing(place, case["input"]["cursor"].as_str().unwrap_or_default());
                for exchange in case["exchanges"].as_array().into_iter().flatten() {
                    seeds.choosing(place, exchange["answer"]["body"].as_str().unwrap_or_default());
                }
            }
        }
    }
}

fn run(data: &[u8]) {
    let (place, data) = choice(data);
    let known = &TRIGGERS[place % TRIGGERS.len()];
    let name = known.trigger.name();
    let is_told_by_form = std::ptr::eq(known.plugin, &raw const justclick::PLUGIN);
    // As it is, then with signatures of those who have the key.
    let forged = delivered(known, data, "");
    assert!(forged == 0 || UNSIGNED.contains(&name) || is_signed(data), "{name} is forged");
    if is_told_by_form {
        for time in ["created", "paid", ""] {
            if let Some(body) = signed(data, time) {
                delivered(known, &body, "");
            }
        }
    } else {
        let covered = [SECRET.as_bytes(), b".", data].concat();
        delivered(known, data, &justclick::signature::md5_hex(&[&String::from_utf8_lossy(&covered)]));
    }
    polled(known, data);
}

/// How many events there are.
fn delivered(known: &KnownTrigger, body: &[u8], signature: &str) -> usize {
    let headers = if signature.is_empty() { json!({}) } else { json!({ "X-Shop-Signature": signature }) };
    told(
        known,
        &json!({ "input": {}, "method": "POST", "headers": headers, "query": "", "body": STANDARD.encode(body), "now": 1_483_228_800 }),
        b"",
    )
}

/// What is no webhook is asked: the bytes are its cursor, and what the service answers.
fn polled(known: &KnownTrigger, data: &[u8]) {
    let cursor = String::from_utf8_lossy(data);
    for cursor in [Value::Null, json!(cursor)] {
        told(
            known,
            &json!({ "input": {}, "cursor": cursor, "start": "beginning", "now": 1_483_228_800, "limit": 3 }),
            data,
        );
    }
}

fn told(known: &KnownTrigger, given: &Value, answer: &[u8]) -> usize {
    let KnownTrigger { plugin, trigger, event_schema } = known;
    let given = given.to_string();
    let service = Service::new(200, answer);
    let outcome = memory::at_most(128 * given.len() + (512 << 10), || {
        plugin.deliver(trigger.name(), given.as_bytes(), &config, &service).expect("the trigger is there")
    });
    match outcome {
        Err(error) => {
            check(&error);
            0
        }
        Ok(output) => {
            no_secret(&output);
            let output: Value = serde_json::from_str(&output).expect("an output is JSON");
            let events = output["events"].as_array().expect("events");
            for event in events {
                assert!(event["id"].as_str().is_some_and(|id| !id.is_empty()), "{event}");
                assert!(event_schema.is_valid(&event["data"]), "{} told {event}", trigger.name());
            }
            events.len()
        }
    }
}

/// The hash that the sandbox, which shares no code with the plugin, makes of a form.
fn hash(form: &Form, time: &str) -> String {
    let covered = [form.text("id"), form.text("email"), form.text(time)].concat();
    Account::new("username", SECRET).webhook_hash(&covered)
}

fn is_signed(body: &[u8]) -> bool {
    let Ok(form) = Form::parse(body) else { return false };
    ["created", "paid", ""].into_iter().any(|time| form.text("hash").eq_ignore_ascii_case(&hash(&form, time)))
}

/// The same form with the right hash in place of its own, or after it.
fn signed(body: &[u8], time: &str) -> Option<Vec<u8>> {
    let form = Form::parse(body).ok()?;
    let pairs = form.iter().filter(|(name, _)| *name != "hash");
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.push(("hash".to_owned(), hash(&form, time)));
    Some(justclick::form::http_build_query(&pairs).into_bytes())
}
