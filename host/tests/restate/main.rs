//! `plugin-host restate` as Restate sees it, against the sandbox. How it does with the real server:
//! `cargo xtask e2e restate`.

#[path = "../common/mod.rs"]
mod common;
mod protocol;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::plugin_host;
use justclick_sandbox::{Misbehaviour, Order, SAMPLE_API_KEY, Sandbox};
use plugin_host::ActionError;
use plugin_host::error::Retry;
use protocol::{Outcome, Told, get, invoke};
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
    let mut child = command(sandbox, args).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
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
async fn what_can_be_told_beforehand_ends_before_anything_is_recorded_or_sent() {
    let sandbox = sandbox(None);
    let host = serve(&sandbox, &[]);
    let api_key = format!(r#"{{"status": "{SAMPLE_API_KEY}"}}"#);
    for (key, input, says) in [
        (KEY, r#"{"status": "sent"}"#, "date is required"),
        (KEY, r#"{"status": "cancel", "nosuch": 1}"#, "nosuch"),
        (KEY, r#"{"status": "cancel", "bill_id": "100001"}"#, "the one in the object's key"),
        (KEY, r#"{"status": "cancel", "status": "paid"}"#, "no field twice"),
        (KEY, &api_key, "status"),
        (KEY, "cancel", "not JSON"),
        ("100000", CANCEL, "has no bill_id"),
        ("berlin:100000", CANCEL, "Its connections: default"),
    ] {
        let told = invoke(&host.address, HANDLER, key, input).await;
        let [Told::Output(outcome), Told::End] = told.as_slice() else {
            panic!("{input} on {key}: {told:?}");
        };
        let (code, error) = refused(outcome);
        assert_eq!((code, error.kind.as_str(), error.retry), (400, "invalid_input", Retry::Never));
        assert!(error.message.contains(says), "{}", error.message);
    }
    assert!(sandbox.requests().is_empty());
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
    let host = serve(&sandbox, &[]);
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
    let killed = Command::new("kill").args(["-TERM", &host.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
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
