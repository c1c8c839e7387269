//! A server of its own for each test, and a client for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use justclick_sandbox::{Order, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use crate::common::plugin_host;

/// The path of the action of the connection in the environment.
pub const ACTION: &str = "/v1/connections/default/actions/update_order_status";

/// A server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    address: String,
    agent: Agent,
    state: tempfile::TempDir,
}

/// What it answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub text: String,
    headers: ureq::http::HeaderMap,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The last part of a problem's type.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem["type"].as_str().unwrap().trim_start_matches("urn:problem-type:plugin-host:").to_owned()
    }
}

/// The command, with nothing in its environment but a connection to the sandbox.
pub fn command(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = plugin_host(sandbox);
    command.arg("serve").args(args);
    if !args.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command
}

impl Server {
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::begin(command(sandbox, args), tempfile::tempdir().unwrap())
    }

    /// Starts a command that keeps its answers in this folder.
    pub fn begin(mut command: Command, state: tempfile::TempDir) -> Self {
        command.env("STATE_DIRECTORY", state.path()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        assert!(line.starts_with("JustClick on http://"), "the server did not start: {line:?}");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .max_idle_connections_per_host(200)
            .build()
            .into();
        Self { child, address, agent, state }
    }

    /// Kills it without a warning, and starts another on what it left.
    pub fn restart(self, sandbox: &Sandbox, args: &[&str]) -> Self {
        self.restart_as(command(sandbox, args))
    }

    /// The same with another command.
    pub fn restart_as(mut self, command: Command) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let state = std::mem::replace(&mut self.state, tempfile::tempdir().unwrap());
        Self::begin(command, state)
    }

    /// Sends bytes, and reads what comes until the connection ends.
    pub fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it keeps its answers.
    pub fn state(&self) -> &std::path::Path {
        self.state.path()
    }

    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.call().unwrap())
    }

    pub fn post(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Reply {
        self.try_post(path, body, headers).unwrap()
    }

    pub fn try_post(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Result<Reply, ureq::Error> {
        let mut request = self.agent.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send(body).map(read)
    }

    /// Runs the action.
    pub fn call(&self, input: &Value) -> Reply {
        self.call_with(input, &[])
    }

    pub fn call_with(&self, input: &Value, headers: &[(&str, &str)]) -> Reply {
        let json = [("content-type", "application/json")];
        self.post(ACTION, input.to_string().as_bytes(), &[&json, headers].concat())
    }

    /// Sends it a signal and waits for its end: the exit code, and how long that took.
    pub fn end(mut self, signal: &str) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        self.signal(signal);
        (self.child.wait().unwrap().code(), begun.elapsed())
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(response: Response<ureq::Body>) -> Reply {
    let (parts, mut body) = response.into_parts();
    let mut text = String::new();
    body.as_reader().read_to_string(&mut text).unwrap();
    assert!(!text.contains(SAMPLE_API_KEY), "{text}");
    Reply { status: parts.status.as_u16(), text, headers: parts.headers }
}

pub fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// A sandbox that takes its time for every request.
pub fn slow_sandbox(time: Duration) -> Sandbox {
    let misbehaviour = "slow".parse().unwrap();
    let sandbox = Sandbox::builder().sample_orders().misbehaviour(misbehaviour).slow(time).start().unwrap();
    for id in 1..=100 {
        sandbox.put_order(Order::new(id.to_string()));
    }
    sandbox
}

/// How often an order was to be changed; a request that looks one up is none of these.
pub fn sent(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|request| request.function == "UpdateOrderStatus").count()
}

pub fn cancel(bill_id: &str) -> Value {
    json!({ "bill_id": bill_id, "status": "cancel" })
}

pub fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "this should have happened by now");
        std::thread::sleep(Duration::from_millis(5));
    }
}
