//! Triggers: whatever reaches a webhook or stands in a cursor, and events that are told again.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plugin_host_core::error::ErrorKind;
use plugin_host_core::http::Failure;
use plugin_host_core::trial::{Ending, Trial};
use serde_json::{Value, json};

use super::super::bench::{Bench, Call, Kind, failed, scripted};
use super::super::rule::EVENT;
use super::super::scenario::Scenario;

/// The host's time in these calls.
const NOW: u64 = 1_800_000_000;

/// The input of a poll at a cursor.
pub fn poll(cursor: &Value) -> Value {
    json!({ "input": {}, "cursor": cursor, "start": "beginning", "now": NOW, "limit": 100 })
}

/// The input of a webhook: a request with this body.
pub fn webhook(method: &str, body: &[u8]) -> Value {
    json!({ "input": {}, "method": method, "headers": {}, "query": "", "body": STANDARD.encode(body), "now": NOW,
        "secret": "MadeUpSecret" })
}

/// Tries what nobody meant to send.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let inputs: Vec<(Value, &str)> = match scenario.call.kind {
        Kind::Poll => ["", "x", "-1", "999999999999999999999999", "{}", "\u{1f600}", "a:b:c:d", "\u{0}"]
            .map(|cursor| (poll(&json!(cursor)), "a cursor that it did not give"))
            .into(),
        Kind::Webhook => webhooks(),
        Kind::Read | Kind::Write | Kind::Check => return Ok(()),
    };
    for (input, when) in inputs {
        let call = Call { input: input.to_string(), ..scenario.call.clone() };
        let trial = bench.run(&call, scripted(Vec::new(), failed(Failure::Connect)), when)?;
        if scenario.call.kind == Kind::Webhook && !ids(&trial).is_empty() {
            bench.add(&EVENT, &call, "tells of an event that nothing proves", when);
        }
    }
    again(bench, scenario)?;
    if scenario.call.kind == Kind::Poll { onward(bench, scenario) } else { Ok(()) }
}

/// A poll goes on where the one before has ended, and tells a thing by the same id if it tells it again.
fn onward(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let mut input: Value = serde_json::from_str(&scenario.call.input).unwrap_or_default();
    let run = |bench: &mut Bench<'_>, input: &Value| {
        let call = Call { input: input.to_string(), ..scenario.call.clone() };
        bench.run(&call, scripted(scenario.answers(), failed(Failure::NotSent)), &scenario.name)
    };
    let first = run(bench, &input)?;
    let Ending::Output(output) = &first.ending else { return Ok(()) };
    let page: Value = serde_json::from_str(output).unwrap_or_default();
    bench.findings.tried(&EVENT);
    if page["hasMore"] == true && page["nextCursor"] == input["cursor"] {
        let what = "wants to be asked again at once at the cursor that it was asked at, which would never end";
        bench.add(&EVENT, &scenario.call, what, &scenario.name);
    }
    input["cursor"] = page["nextCursor"].clone();
    input["now"] = json!(input["now"].as_u64().unwrap_or(NOW) + 60);
    let second = run(bench, &input)?;
    if let Some(error) = second.error().filter(|error| error.kind == ErrorKind::InvalidInput) {
        let what = format!("refuses the cursor that it gave: {}", error.message);
        bench.add(&EVENT, &scenario.call, &what, &scenario.name);
    }
    let told: HashMap<_, _> = events(&first).into_iter().map(|event| (key(&event), event["id"].clone())).collect();
    let is_other = |event: &Value| told.get(&key(event)).is_some_and(|id| *id != event["id"]);
    if events(&second).iter().any(is_other) {
        let what = "gives an event another id when it is told again at the next cursor";
        bench.add(&EVENT, &scenario.call, what, &scenario.name);
    }
    Ok(())
}

/// What an event is beside its id.
fn key(event: &Value) -> String {
    json!([event["time"], event["subject"], event["data"]]).to_string()
}

/// An event that is told twice has one id, and two events have two.
fn again(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let answers = scenario.answers();
    let mut run = |input: Value| -> Result<Vec<String>, String> {
        let call = Call { input: input.to_string(), ..scenario.call.clone() };
        let trial = bench.run(&call, scripted(answers.clone(), failed(Failure::NotSent)), &scenario.name)?;
        Ok(ids(&trial))
    };
    let input: Value = serde_json::from_str(&scenario.call.input).unwrap_or_default();
    let first = run(input.clone())?;
    let mut later = input;
    later["now"] = json!(later["now"].as_u64().unwrap_or(NOW) + 60);
    let second = run(later)?;
    bench.findings.tried(&EVENT);
    if !first.is_empty() && !second.is_empty() && first != second {
        bench.add(&EVENT, &scenario.call, "gives an event another id when it is told a minute later", &scenario.name);
    }
    let mut unique = first.clone();
    unique.sort_unstable();
    unique.dedup();
    if unique.len() != first.len() {
        bench.add(&EVENT, &scenario.call, "gives two events the same id", &scenario.name);
    }
    Ok(())
}

fn events(trial: &Trial) -> Vec<Value> {
    let Ending::Output(output) = &trial.ending else { return Vec::new() };
    let output: Value = serde_json::from_str(output).unwrap_or_default();
    output["events"].as_array().cloned().unwrap_or_default()
}

fn ids(trial: &Trial) -> Vec<String> {
    events(trial).iter().map(|event| event["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn webhooks() -> Vec<(Value, &'static str)> {
    let bodies: [&[u8]; 9] =
        [b"", b"a", b"a=1&a=2", b"%", b"a[b][c]=%ff&[]=", b"{}", b"[", b"\xff\x00\xfe", &[b'&'; 20_000]];
    let mut inputs: Vec<_> = bodies.map(|body| (webhook("POST", body), "a request that nobody signed")).into();
    inputs.push((webhook("GET", b""), "a request by GET"));
    let mut query = webhook("POST", b"");
    query["query"] = json!("hash=0&%ff=&a[");
    inputs.push((query, "a request that nobody signed"));
    let mut broken = webhook("POST", b"");
    broken["body"] = json!("no base64!");
    inputs.push((broken, "a body that is no base64"));
    inputs
}
