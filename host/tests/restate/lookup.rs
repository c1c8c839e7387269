//! Calls whose effect is not known, with the made-up shop: each look is a recorded step, and a key for
//! repeats is the invocation's.

use std::path::Path;
use std::process::{Command, Stdio};

use plugin_host_core::error::{Effect, Retry};
use serde_json::{Value, json};
use shop_service::Misbehaviour::{Busy, Drop, LoseAnswer};
use shop_service::{SAMPLE_TOKEN, Service};

use crate::common::altered_bundle;
use crate::protocol::{Entry, Outcome, Told, invoke, replay};
use crate::{Host, begin, refused};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");
const HANDLER: &str = "shop/create_order";
const STEP: &str = "create_order";
const KEY: &str = "default";

/// A fresh service. It has a runtime of its own, which can't be started on a thread of another.
fn fresh_service() -> Service {
    std::thread::spawn(Service::start).join().unwrap().unwrap()
}

/// A replica with the plugin, but for what these places of its description say.
fn replica(service: &Service, folder: &Path, changes: &[(&str, Value)]) -> Host {
    let bundle = altered_bundle(Path::new(BUNDLE), folder, changes);
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
    command.arg("--bundle").arg(bundle).args(["--env-prefix", "SHOP", "restate"]).stdin(Stdio::null());
    begin(command)
}

/// An order, with a key or without.
fn order(request_id: Option<&str>) -> String {
    let goods = json!([{ "sku": "A-101", "count": 1 }]);
    match request_id {
        Some(key) => json!({ "request_id": key, "customer": 7, "goods": goods }).to_string(),
        None => json!({ "customer": 7, "goods": goods }).to_string(),
    }
}

/// What a step recorded, one after the other: its name, and what that was.
fn steps(told: &[Told]) -> Vec<(&str, &Outcome)> {
    let pairs = told.windows(2).filter_map(|pair| match pair {
        [Told::Step(name), Told::Record(outcome)] => Some((name.as_str(), outcome)),
        _ => None,
    });
    pairs.collect()
}

fn output(told: &[Told]) -> &Outcome {
    let [.., Told::Output(outcome), Told::End] = told else { panic!("{told:?}") };
    outcome
}

#[tokio::test]
async fn a_call_is_looked_up_by_a_step_of_its_own_and_its_key_is_the_invocations() {
    let (service, folder) = (fresh_service(), tempfile::tempdir().unwrap());
    let host = replica(&service, folder.path(), &[]);
    service.misbehave([LoseAnswer]);
    let told = invoke(&host.address, HANDLER, KEY, &order(None)).await;
    let steps = steps(&told);
    assert_eq!(steps.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [STEP, "look_up"]);
    let (_, error) = refused(steps[0].1);
    assert_eq!((error.retry, error.effect), (Retry::Never, Effect::Unknown));
    let done: Value = serde_json::from_str(output(&told).as_ref().unwrap()).unwrap();
    assert_eq!(done["verified"], true, "{done}");
    // The same invocation, begun again on whichever replica, is the same request to the shop.
    let told = replay(&host.address, HANDLER, KEY, &order(None), &[Entry::Step(STEP, None)]).await;
    assert_eq!(*output(&told), Ok(json!({ "id": "1", "repeated": true }).to_string()));
    assert_eq!((service.orders().len(), service.orders()[0].given.request_id.len()), (1, 36));
    // What was recorded decides, and not what this replica would do.
    let journal = [Entry::Step(STEP, Some(steps[0].1.clone())), Entry::Step("look_up", Some(Ok("{}".to_owned())))];
    let sent = service.requests().len();
    let told = replay(&host.address, HANDLER, "no key", "no JSON", &journal).await;
    assert_eq!((output(&told), service.requests().len()), (&Ok("{}".to_owned()), sent));
}

#[tokio::test]
async fn what_must_not_be_made_twice_is_looked_up_after_a_replica_ended_in_the_middle() {
    let (service, folder) = (fresh_service(), tempfile::tempdir().unwrap());
    let host = replica(&service, folder.path(), &[("/actions/0/idempotency", json!("none"))]);
    let begun = [Entry::Step(STEP, Some(Ok("begun".to_owned())))];
    // It was not made: it is made now, after a wait that Restate keeps.
    let told = replay(&host.address, HANDLER, KEY, &order(Some("r-1")), &begun).await;
    let recorded = steps(&told);
    assert_eq!(recorded.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["once", "look_up"]);
    let (_, error) = refused(recorded[1].1);
    assert_eq!((error.retry, error.effect), (Retry::Later, Effect::None), "{error}");
    assert!(told.iter().any(|told| matches!(told, Told::Sleep(_))), "{told:?}");
    assert!(service.orders().is_empty());
    // It was made: it has succeeded.
    let made = invoke(&host.address, HANDLER, KEY, &order(Some("r-1"))).await;
    assert!(output(&made).as_ref().unwrap().contains(r#""id":"1""#), "{made:?}");
    let told = replay(&host.address, HANDLER, KEY, &order(Some("r-1")), &begun).await;
    assert!(output(&told).as_ref().unwrap().contains(r#""verified":true"#), "{told:?}");
    assert_eq!(service.orders().len(), 1);
}

#[tokio::test]
async fn a_look_that_fails_is_made_again_and_what_can_not_be_looked_up_ends_as_unknown() {
    let (service, folder) = (fresh_service(), tempfile::tempdir().unwrap());
    let harmful = ("/actions/0/idempotency", json!("none"));
    let host = replica(&service, folder.path(), std::slice::from_ref(&harmful));
    service.misbehave([LoseAnswer, Busy]);
    let told = invoke(&host.address, HANDLER, KEY, &order(Some("r-1"))).await;
    assert!(matches!(told.last(), Some(Told::Retry(why, _)) if why.contains("unavailable")), "{told:?}");
    let (service, folder) = (fresh_service(), tempfile::tempdir().unwrap());
    let nowhere = ("/actions/0/verify/undone", json!([{ "pointer": "/nowhere", "value": 1 }]));
    let host = replica(&service, folder.path(), &[harmful, nowhere]);
    service.misbehave([Drop]);
    let told = invoke(&host.address, HANDLER, KEY, &order(Some("r-1"))).await;
    let (_, error) = refused(output(&told));
    assert_eq!((error.retry, error.effect), (Retry::Never, Effect::Unknown), "{error}");
    assert!(error.message.contains("tells neither"), "{error}");
    assert_eq!(service.requests().len(), 2);
}
