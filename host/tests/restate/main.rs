//! `plugin-host restate` as Restate sees it, against the sandbox. How it does with the real server:
//! `cargo xtask e2e restate`.

#[path = "../common/mod.rs"]
mod common;
mod lookup;
mod messages;
mod protocol;
mod traced;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::{described_bundle, harmful_bundle, plugin_host};
use justclick_sandbox::{Misbehaviour, Order, SAMPLE_API_KEY, Sandbox};
use plugin_host_core::ActionError;
use plugin_host_core::error::{Effect, Retry};
use protocol::{Entry, Outcome, Told, get, invoke, replay};
use serde_json::{Value, json};

const HANDLER: &str = "justclick/update_order_status";
const STEP: &str = "update_order_status";
const KEY: &str = "default:100000";
const CANCEL: &str = r#"{"status": "cancel"}"#;
const CANCELLED: &str = r#"{"bill_id":"100000","status":"cancel","message":"order status changed"}"#;
const MANIFEST: &str = "application/vnd.restate.endpointmanifest.v4+json";

/// The command, serving; killed at the end.
struct Host {
    child: Child,
    address: String,
}

impl Host {
    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sandbox(misbehaviour: Option<Misbehaviour>) -> Sandbox {
    let order = Order { misbehaviour, ..Order::new("100000") };
    Sandbox::builder().slow(Duration::from_millis(700)).order(order).start().unwrap()
}

fn command(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = plugin_host(sandbox);
    command.arg("restate").args(args).stdin(Stdio::null());
    command
}

fn serve(sandbox: &Sandbox, args: &[&str]) -> Host {
    begin(command(sandbox, args))
}

fn begin(mut command: Command) -> Host {
    let mut child = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
    let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
    Host { child, address }
}

/// The error document of an outcome, and its code.
fn refused(outcome: &Outcome) -> (u32, ActionError) {
    let (code, message) = outcome.as_ref().unwrap_err();
    (*code, serde_json::from_str(message).unwrap())
}

#[tokio::test]
async fn discovery_brings_the_plugins_words_and_schemas() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let (status, manifest) = get(&host.address, "/discover", MANIFEST).await;
    assert_eq!(status, 200);
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let object = &manifest["services"][0];
    assert_eq!((&object["name"], &object["ty"]), (&json!("justclick"), &json!("VIRTUAL_OBJECT")));
    let handler = &object["handlers"][0];
    assert_eq!((&handler["name"], &handler["ty"]), (&json!(STEP), &json!("EXCLUSIVE")));
    assert_eq!(handler["input"]["jsonSchema"]["required"], json!(["status"]));
    assert_eq!(handler["output"]["jsonSchema"]["title"], "Updated order");
}

#[tokio::test]
async fn an_update_is_one_recorded_step() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let done = || Ok(CANCELLED.to_owned());
    assert_eq!(told, [Told::Step(STEP.to_owned()), Told::Record(done()), Told::Output(done()), Told::End]);
    assert_eq!(sandbox.order("100000").unwrap().status, "cancel");
}

#[tokio::test]
async fn what_is_refused_is_a_recorded_step_and_nothing_is_sent() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let api_key = format!(r#"{{"status": "{SAMPLE_API_KEY}"}}"#);
    for (key, input, says) in [
        (KEY, r#"{"status": "sent"}"#, "date is required"),
        (KEY, r#"{"status": "cancel", "nosuch": 1}"#, "nosuch"),
        (KEY, r#"{"status": "cancel", "bill_id": "100001"}"#, "the one in the object's key"),
        (KEY, r#"{"status": "cancel", "status": "paid"}"#, "status is given twice"),
        (KEY, &api_key, "status"),
        (KEY, "cancel", "not JSON"),
        ("100000", CANCEL, "has no bill_id"),
        ("default:0100000", CANCEL, "write 100000 there"),
        ("berlin:100000", CANCEL, "Its connections: default"),
    ] {
        let told = invoke(&host.address, HANDLER, key, input).await;
        let [Told::Step(step), Told::Record(recorded), Told::Output(outcome), Told::End] = told.as_slice() else {
            panic!("{input} on {key}: {told:?}");
        };
        assert_eq!((step.as_str(), recorded), (STEP, outcome));
        let (code, error) = refused(outcome);
        assert_eq!((code, error.kind.as_str(), error.retry), (400, "invalid_input", Retry::Never));
        assert!(error.message.contains(says), "{}", error.message);
    }
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_replay_does_the_steps_of_its_journal_whatever_this_replica_would_decide_by_now() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let done: Outcome = Ok(CANCELLED.to_owned());
    let later =
        r#"{"kind":"throttled","message":"m","retry":"later","retry_after_s":18446744073709551615,"effect":"none"}"#;
    // Neither the connection nor the fields of that time are known here.
    for (key, input) in [("berlin:100000", CANCEL), (KEY, r#"{"colour": "red"}"#), ("no key", "no JSON")] {
        let told = replay(&host.address, HANDLER, key, input, &[Entry::Step(STEP, Some(done.clone()))]).await;
        assert_eq!(told, [Told::Output(done.clone()), Told::End], "{key}");
        let journal = [
            Entry::Step(STEP, Some(Err((429, later.to_owned())))),
            Entry::Slept,
            Entry::Step(STEP, Some(done.clone())),
        ];
        let told = replay(&host.address, HANDLER, key, input, &journal).await;
        assert_eq!(told, [Told::Output(done.clone()), Told::End], "{key}");
    }
    assert!(sandbox.requests().is_empty());
    let waits =
        replay(&host.address, HANDLER, KEY, CANCEL, &[Entry::Step(STEP, Some(Err((429, later.to_owned()))))]).await;
    assert!(matches!(waits.as_slice(), [Told::Sleep(_), Told::Suspended]), "{waits:?}");
    // An attempt without a result is made again.
    let told = replay(&host.address, HANDLER, KEY, CANCEL, &[Entry::Step(STEP, None)]).await;
    assert_eq!(told, [Told::Record(done.clone()), Told::Output(done), Told::End]);
}

#[tokio::test]
async fn what_must_not_be_made_twice_is_not_made_again_after_a_replica_ended_in_the_middle() {
    let sandbox = sandbox(None);
    let bundle = tempfile::tempdir().unwrap();
    let harmful = || {
        let mut command = command(&sandbox, &[]);
        command.env("PLUGIN_BUNDLE", harmful_bundle(bundle.path()));
        command
    };
    let host = begin(harmful());
    let (begun, done): (Outcome, Outcome) = (Ok("begun".to_owned()), Ok(CANCELLED.to_owned()));
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let begins = [Told::Step(STEP.to_owned()), Told::Record(begun.clone()), Told::Step("once".to_owned())];
    assert_eq!(told[..3], begins);
    assert_eq!(told[3..], [Told::Record(done.clone()), Told::Output(done.clone()), Told::End]);
    let sent = sandbox.request_count();
    for end in [vec![], vec![Entry::Step("once", None)]] {
        let mut journal = vec![Entry::Step(STEP, Some(begun.clone()))];
        journal.extend(end);
        let told = replay(&host.address, HANDLER, KEY, CANCEL, &journal).await;
        let [.., Told::Record(recorded), Told::Output(outcome), Told::End] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(recorded, outcome);
        let (_, error) = refused(outcome);
        assert_eq!((error.retry, error.effect), (Retry::Never, Effect::Unknown));
        assert!(error.message.contains("may or may not have been made"), "{}", error.message);
    }
    // Its end is recorded: it is no matter who finds it there.
    let journal = [Entry::Step(STEP, Some(begun)), Entry::Step("once", Some(done.clone()))];
    let told = replay(&host.address, HANDLER, KEY, CANCEL, &journal).await;
    assert_eq!(told, [Told::Output(done), Told::End]);
    assert_eq!(sandbox.request_count(), sent);
    sandbox.set_misbehaviour(Some(Misbehaviour::Http503));
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    assert!(
        matches!(told.as_slice(), [.., Told::Output(Err((_, why))), Told::End] if why.contains(r#""retry":"never""#)),
        "{told:?}"
    );
    assert_eq!(sandbox.request_count(), sent + 1);
}

#[tokio::test]
async fn numbers_reach_the_plugin_with_all_of_their_digits() {
    let sandbox = sandbox(None);
    sandbox.put_order(Order::new("12345678901234567891"));
    let host = serve(&sandbox, &[]);
    let key = "default:12345678901234567891";
    let told = invoke(&host.address, HANDLER, key, r#"{"bill_id": 12345678901234567891, "status": "cancel"}"#).await;
    assert!(matches!(told.as_slice(), [.., Told::Output(Ok(_)), Told::End]), "{told:?}");
    let told = invoke(&host.address, HANDLER, key, r#"{"bill_id": 12345678901234567892, "status": "cancel"}"#).await;
    assert!(matches!(told.as_slice(), [.., Told::Output(Err(_)), Told::End]), "{told:?}");
    assert_eq!(sandbox.request_count(), 1);
}

#[tokio::test]
async fn an_attempt_that_nobody_waits_for_any_more_keeps_the_next_one_waiting() {
    let sandbox = sandbox(Some(Misbehaviour::Slow));
    let host = serve(&sandbox, &[]);
    let address = host.address.clone();
    let abandoned = tokio::spawn(async move { invoke(&address, HANDLER, KEY, CANCEL).await });
    wait_until(|| sandbox.request_count() == 1).await;
    let begun = Instant::now();
    abandoned.abort();
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    assert!(matches!(told.as_slice(), [.., Told::Output(Ok(_)), Told::End]), "{told:?}");
    // The rest of the first, and all of the second.
    assert!(begun.elapsed() > Duration::from_millis(1000), "{:?}", begun.elapsed());
    assert_eq!(sandbox.request_count(), 2);
}

#[tokio::test]
async fn an_error_without_hope_is_recorded_and_ends_the_call() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let told = invoke(&host.address, HANDLER, "default:777", CANCEL).await;
    let [Told::Step(_), Told::Record(recorded), Told::Output(outcome), Told::End] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(recorded, outcome);
    let (code, error) = refused(outcome);
    assert_eq!((code, error.kind.as_str(), error.retry), (404, "not_found", Retry::Never));
}

#[tokio::test]
async fn an_error_that_may_pass_is_left_to_restate() {
    let sandbox = sandbox(Some(Misbehaviour::Http503));
    let host = begin(command(&sandbox, &[]));
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let [Told::Step(_), Told::Retry(why, delay)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(why.contains(r#""kind":"unavailable""#) && why.contains(r#""http_status":503"#), "{why}");
    assert!((250..=500).contains(&delay.unwrap()), "{delay:?}");
}

#[tokio::test]
async fn a_service_that_says_when_to_come_back_is_waited_for() {
    let begun = SystemTime::now();
    let sandbox = sandbox(Some(Misbehaviour::Http429));
    let host = serve(&sandbox, &[]);
    let told = invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let [Told::Step(_), Told::Record(outcome), Told::Sleep(wake_up), Told::Suspended] = told.as_slice() else {
        panic!("{told:?}");
    };
    let (code, error) = refused(outcome);
    assert_eq!((code, error.retry_after_s), (429, Some(7)));
    let wait = Duration::from_millis(*wake_up).saturating_sub(begun.duration_since(UNIX_EPOCH).unwrap());
    assert!(wait >= Duration::from_secs(7) && wait < Duration::from_secs(60), "{wait:?}");
}

#[tokio::test]
async fn a_call_that_is_under_way_at_sigterm_is_recorded() {
    let sandbox = sandbox(Some(Misbehaviour::Slow));
    let mut host = serve(&sandbox, &[]);
    let address = host.address.clone();
    let call = tokio::spawn(async move { invoke(&address, HANDLER, KEY, CANCEL).await });
    wait_until(|| !sandbox.order("100000").unwrap().changes.is_empty()).await;
    host.signal("-TERM");
    assert_eq!(call.await.unwrap().last(), Some(&Told::End));
    let mut status = None;
    wait_until(|| {
        status = host.child.try_wait().unwrap();
        status.is_some()
    })
    .await;
    assert_eq!(status.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_call_that_takes_longer_than_connections_are_usually_given_is_recorded_as_well() {
    let order = Order { misbehaviour: Some(Misbehaviour::Slow), ..Order::new("100000") };
    let sandbox = Sandbox::builder().slow(Duration::from_secs(12)).order(order).start().unwrap();
    let host = serve(&sandbox, &[]);
    let address = host.address.clone();
    let call = tokio::spawn(async move { invoke(&address, HANDLER, KEY, CANCEL).await });
    wait_until(|| sandbox.request_count() == 1).await;
    host.signal("-TERM");
    assert_eq!(call.await.unwrap().last(), Some(&Told::End));
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let order = Order { misbehaviour: Some(Misbehaviour::Slow), ..Order::new("100000") };
    let sandbox = Sandbox::builder().slow(Duration::from_secs(15)).order(order).start().unwrap();
    let mut host = serve(&sandbox, &[]);
    let address = host.address.clone();
    tokio::spawn(async move { invoke(&address, HANDLER, KEY, CANCEL).await });
    wait_until(|| sandbox.request_count() == 1).await;
    let begun = Instant::now();
    host.signal("-TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(host.child.try_wait().unwrap(), None);
    host.signal("-TERM");
    wait_until(|| host.child.try_wait().unwrap().is_some()).await;
    assert_eq!(host.child.wait().unwrap().code(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn with_an_identity_key_only_signed_requests_are_answered() {
    let key = "publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f";
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &["--identity-key", key]);
    for path in ["/discover", "/invoke/justclick/update_order_status"] {
        assert_eq!(get(&host.address, path, MANIFEST).await.0, 401, "{path}");
    }
}

#[test]
fn what_can_not_be_served_is_told_at_once() {
    let sandbox = sandbox(None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("connections.toml");
    let table = format!("login = \"l\"\napi_key = \"k\"\nbase_url = \"{}\"\n", sandbox.base_url());
    std::fs::write(&path, format!("[\"berlin:mitte\"]\n{table}")).unwrap();
    let path = path.display().to_string();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, says) in [
        (["--identity-key", "publickeyv1_x"], "--identity-key publickeyv1_x"),
        (["--connections", path.as_str()], "without a colon"),
        (["--listen", taken.as_str()], "can't listen on"),
        (["--listen", "0.0.0.0:0"], "give --identity-key KEY"),
    ] {
        let Output { status, stderr, .. } = command(&sandbox, &args).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(3), "{stderr}");
        assert!(stderr.contains(says) && stderr.lines().count() == 1, "{stderr}");
    }
}

async fn wait_until(mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it did not happen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn each_plugin_is_an_object_and_both_are_read_again_at_sighup() {
    let (berlin, paris, folder) = (sandbox(None), sandbox(None), tempfile::tempdir().unwrap());
    let shop = folder.path().join("shop");
    std::fs::create_dir(&shop).unwrap();
    let shop = described_bundle(&shop, "/name", "shop".into());
    let file = folder.path().join("connections.toml");
    let table = |name: &str, plugin: &str, sandbox: &Sandbox| {
        let base = sandbox.base_url();
        format!(
            "[{name}]\nplugin = \"{plugin}\"\nlogin = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{base}\"\n"
        )
    };
    std::fs::write(&file, table("berlin", "justclick", &berlin) + &table("paris", "shop", &paris)).unwrap();
    let mut command = plugin_host(&berlin);
    command.args(["--bundle", common::BUNDLE, "--bundle"]).arg(shop).arg("--connections").arg(&file).arg("restate");
    let host = begin(command);
    let (_, manifest) = get(&host.address, "/discover", MANIFEST).await;
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let names: Vec<_> = manifest["services"].as_array().unwrap().iter().map(|object| &object["name"]).collect();
    assert_eq!(names, ["justclick", "shop"]);
    let done = |told: &[Told]| told.contains(&Told::Output(Ok(CANCELLED.to_owned())));
    assert!(done(&invoke(&host.address, "shop/update_order_status", "paris:100000", CANCEL).await));
    assert!(!done(&invoke(&host.address, "shop/update_order_status", "berlin:100000", CANCEL).await));
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));

    std::fs::write(&file, table("rome", "shop", &berlin)).unwrap();
    host.signal("-HUP");
    let begun = Instant::now();
    while !done(&invoke(&host.address, "shop/update_order_status", "rome:100000", CANCEL).await) {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is not read again");
    }
    assert!(!done(&invoke(&host.address, "shop/update_order_status", "paris:100000", CANCEL).await));
    assert_eq!(paris.request_count(), 1);
}
