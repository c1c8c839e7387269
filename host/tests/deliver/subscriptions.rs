//! Services that are told by the server where to send, and to stop.

use std::fs;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use crate::common::subscribing::{Subscribing, TRIGGER};
use crate::receiver::Receiver;
use crate::server::{Server, triggers, until};

const HOOKS: [&str; 2] = ["--public-url", "https://hooks.example"];

/// A service, a server of its plugin, and who takes the events.
struct Told {
    service: Subscribing,
    receiver: Receiver,
    file: tempfile::NamedTempFile,
    bundle: TempDir,
}

impl Told {
    fn new() -> Self {
        let receiver = Receiver::start();
        let file =
            triggers(&format!("deliver = \"{}\"\n[default.{TRIGGER}]\ninput = {{ kind = \"new\" }}\n", receiver.url));
        Self { service: Subscribing::start(), receiver, file, bundle: tempfile::tempdir().unwrap() }
    }

    fn args<'a>(&'a self, hooks: &[&'a str]) -> Vec<&'a str> {
        [&["--triggers", self.file.path().to_str().unwrap()], hooks].concat()
    }

    fn start(&self, hooks: &[&str]) -> Server {
        let state = Arc::new(tempfile::tempdir().unwrap());
        Server::begin(self.service.command(&self.bundle), &self.args(hooks), state)
    }

    fn restart(&self, server: Server, hooks: &[&str]) -> Server {
        server.restart(self.service.command(&self.bundle), &self.args(hooks))
    }

    fn subscribed(&self, times: usize) -> Vec<serde_json::Value> {
        until(|| self.service.asked("subscribe").len() == times);
        self.service.asked("subscribe")
    }
}

/// Sends a signed webhook; its status.
fn send(server: &Server, url: &str, signature: &str, id: &str) -> u16 {
    let path = url.strip_prefix("https://hooks.example").unwrap_or(url);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    agent.post(server.url(path)).header("signature", signature).send(id).unwrap().status().as_u16()
}

#[test]
fn a_service_is_told_where_to_send_once_and_what_it_signs_is_handed_on() {
    let told = Told::new();
    let server = told.start(&HOOKS);
    let asked = told.subscribed(1)[0].clone();
    assert_eq!(asked["input"], json!({ "kind": "new" }));
    let [url, secret] = ["url", "secret"].map(|name| asked[name].as_str().unwrap().to_owned());
    assert_eq!(url, server.address(TRIGGER));
    let subscribed = || server.get("/v1/connections/default/triggers").1["triggers"][0]["subscribed"] == json!(true);
    until(subscribed);
    assert_eq!(send(&server, &url, &secret, "one"), 204);
    assert_eq!(send(&server, &url, "guessed", "two"), 401);
    assert_eq!(told.receiver.wait(1)[0].id(), "one");
    let log = server.log();
    assert!(!log.contains(&secret) && !log.contains(&url), "{log}");
    // Killed and started again, it knows what the service was told.
    let server = told.restart(server, &HOOKS);
    assert_eq!(send(&server, &url, &secret, "three"), 204);
    told.receiver.wait(2);
    server.reload("read again");
    assert_eq!(send(&server, &url, &secret, "four"), 204);
    assert_eq!(told.service.order(), ["subscribe"]);
}

#[test]
fn a_service_may_sign_by_a_secret_of_its_own() {
    let told = Told::new();
    told.service.signs_by("its-own-secret");
    let server = told.start(&HOOKS);
    let url = told.subscribed(1)[0]["url"].as_str().unwrap().to_owned();
    until(|| send(&server, &url, "its-own-secret", "one") == 204);
    assert_eq!(send(&server, &url, "guessed", "two"), 401);
    assert_eq!(told.receiver.wait(1)[0].id(), "one");
    assert!(!server.log().contains("its-own-secret"), "{}", server.log());
}

#[test]
fn where_a_server_is_reached_otherwise_the_service_is_told_anew_and_then_stops_sending_to_the_old_address() {
    let told = Told::new();
    let server = told.start(&HOOKS);
    let old = told.subscribed(1)[0].clone();
    until(|| server.log().contains("the service is told where to send"));
    let server = told.restart(server, &["--public-url", "https://other.example"]);
    let new = told.subscribed(2)[1].clone();
    assert!(new["url"].as_str().unwrap().starts_with("https://other.example/"), "{new}");
    assert_eq!(new["secret"], old["secret"]);
    until(|| told.service.order() == ["subscribe", "subscribe", "unsubscribe"]);
    let ended = told.service.asked("unsubscribe");
    assert_eq!(ended[0], json!({ "input": { "kind": "new" }, "subscription": "1" }));
    until(|| server.log().contains("the service is told to stop"));
}

#[test]
fn a_trigger_that_is_no_more_open_is_ended_at_its_service() {
    let told = Told::new();
    let server = told.start(&HOOKS);
    told.subscribed(1);
    until(|| server.log().contains("the service is told where to send"));
    told.service.fails(1);
    fs::write(told.file.path(), "").unwrap();
    server.reload("read again");
    until(|| server.log().contains("is told to stop later"));
    server.reload("read again");
    until(|| told.service.order() == ["subscribe", "unsubscribe", "unsubscribe"]);
}

#[test]
fn a_service_that_is_out_of_order_is_told_again() {
    let told = Told::new();
    told.service.fails(2);
    let server = told.start(&HOOKS);
    let asked = told.subscribed(3);
    assert_eq!(asked[0]["url"], asked[2]["url"]);
    until(|| server.log().contains("the service is told where to send"));
}

#[test]
fn a_subscription_that_ends_by_itself_is_made_anew() {
    let told = Told::new();
    told.service.ends_at(1);
    let server = told.start(&HOOKS);
    told.subscribed(1);
    until(|| server.log().contains("the service is told where to send"));
    // It would be told again in a minute; a server that starts looks at once.
    let server = told.restart(server, &HOOKS);
    told.subscribed(2);
    until(|| told.service.order() == ["subscribe", "subscribe", "unsubscribe"]);
    drop(server);
}

#[test]
fn who_does_not_say_how_the_server_is_reached_is_told_that_the_service_is_not() {
    let told = Told::new();
    let server = told.start(&[]);
    until(|| server.log().contains("--public-url"));
    let shown = server.get("/v1/connections/default/triggers").1;
    assert_eq!((&shown["triggers"][0]["open"], &shown["triggers"][0]["subscribed"]), (&json!(true), &json!(null)));
    assert_eq!(told.service.order(), Vec::<String>::new());
}
