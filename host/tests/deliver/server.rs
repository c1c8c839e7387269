//! A server of its own for each test, with a sandbox whose orders tell of themselves.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use justclick_sandbox::{Item, Order, OrderData, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::common::{Begun, begun, plugin_host};

/// A secret of Standard Webhooks.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    address: String,
    agent: Agent,
    log: Arc<Mutex<String>>,
    pub state: Arc<TempDir>,
}

impl Server {
    /// `serve` with a connection to the sandbox.
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::begin(plugin_host(sandbox), args, Arc::new(tempfile::tempdir().unwrap()))
    }

    /// `serve` of a command that keeps its state in this folder.
    pub fn begin(mut command: Command, args: &[&str], state: Arc<TempDir>) -> Self {
        command.arg("serve").args(args).args(["--listen", "127.0.0.1:0"]).env("SECRET", SECRET);
        let Begun { child, greeting, log } = begun(command.env("STATE_DIRECTORY", state.path()));
        let address = greeting.trim().rsplit("http://").next().unwrap().to_owned();
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
        Self { child, address, agent: config.build().into(), log, state }
    }

    /// Kills it without a warning, and starts another on what it left.
    pub fn restart(mut self, command: Command, args: &[&str]) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        Self::begin(command, args, self.state.clone())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        let (status, text) = read(self.agent.get(self.url(path)).call());
        (status, serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}")))
    }

    pub fn text(&self, path: &str) -> String {
        read(self.agent.get(self.url(path)).call()).1
    }

    pub fn post(&self, path: &str) -> (u16, String) {
        read(self.agent.post(self.url(path)).send_empty())
    }

    pub fn delete(&self, path: &str) -> u16 {
        read(self.agent.delete(self.url(path)).call()).0
    }

    /// Sends a body to an address: the status, and the answer.
    pub fn send(&self, address: &str, body: &[u8]) -> (u16, String) {
        let form = "application/x-www-form-urlencoded";
        read(self.agent.post(address).header("content-type", form).send(body))
    }

    /// Where the service is to send the webhooks of a trigger.
    pub fn address_of(&self, connection: &str, trigger: &str) -> String {
        let (_, listed) = self.get(&format!("/v1/connections/{connection}/triggers"));
        let triggers = listed["triggers"].as_array().unwrap();
        let found = triggers.iter().find(|it| it["name"] == trigger).unwrap();
        found["address"].as_str().unwrap_or_else(|| panic!("no address: {found}")).to_owned()
    }

    pub fn address(&self, trigger: &str) -> String {
        self.address_of("default", trigger)
    }

    /// The value of a count.
    pub fn count(&self, name: &str, label: &str) -> u64 {
        let text = self.text("/metrics");
        let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Sends it SIGTERM and waits for its end.
    pub fn end(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }

    /// Has it read everything again, and waits until it says how that ended, with these words.
    pub fn reload(&self, ended: &str) {
        let before = self.log().matches(ended).count();
        self.signal("-HUP");
        until(|| self.log().matches(ended).count() > before);
    }

    /// A file beside its state.
    pub fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log();
        if thread::panicking() {
            eprintln!("{log}");
        }
        for secret in [SAMPLE_API_KEY, &SECRET[6..], "s3cret"] {
            assert!(thread::panicking() || !log.contains(secret), "{log}");
        }
    }
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, String) {
    let (parts, mut body) = response.unwrap().into_parts();
    let mut text = String::new();
    body.as_reader().read_to_string(&mut text).unwrap();
    assert!(!text.contains(SAMPLE_API_KEY) && !text.contains(&SECRET[6..]), "{text}");
    (parts.status.as_u16(), text)
}

pub fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "this should have happened by now");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A sandbox with orders of these numbers.
pub fn sandbox(orders: &[&str]) -> Sandbox {
    let sandbox = Sandbox::builder().start().unwrap();
    for number in orders {
        let items =
            vec![Item { good_name: "invoice".into(), title: "I".into(), sum: "1500.00".into(), ..Item::default() }];
        let created = Some(1_362_254_400);
        let data = OrderData { email: "client@email.com".into(), created, items, ..OrderData::default() };
        sandbox.put_order(Order { data, ..Order::new(*number) });
    }
    sandbox
}

/// Tells the sandbox something by its controls.
pub fn control(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let url = format!("{}/control/{path}", sandbox.base_url());
    let mut response = ureq::post(&url).send(body.to_string()).unwrap();
    serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
}

/// Has the sandbox tell these addresses of its events, each by the trigger's name.
pub fn subscribe(sandbox: &Sandbox, addresses: &[(&str, String)]) {
    let webhooks: serde_json::Map<_, _> =
        addresses.iter().map(|(trigger, address)| ((*trigger).to_owned(), json!([address]))).collect();
    control(sandbox, "shop", json!({ "webhooks": webhooks }));
}

/// Has something happen to an order; gives the numbers of its webhooks.
pub fn happen(sandbox: &Sandbox, event: &str, number: &str) -> Vec<u64> {
    let happened = control(sandbox, "events", json!({ "event": event, "bill_id": number }));
    serde_json::from_value(happened["deliveries"].clone()).unwrap()
}

/// Webhooks are held until they are sent by their number.
pub fn hold(sandbox: &Sandbox) {
    control(sandbox, "deliveries", json!({ "hold": true }));
}

/// Sends a held webhook; gives what it was answered, each time.
pub fn send(sandbox: &Sandbox, number: u64, altered: Value) -> Vec<u64> {
    let sent = control(sandbox, &format!("deliveries/{number}"), altered);
    let attempts = sent["attempts"].as_array().unwrap();
    attempts.iter().map(|attempt| attempt["status"].as_u64().unwrap_or(0)).collect()
}

/// A file of triggers.
pub fn triggers(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file
}
