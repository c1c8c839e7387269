//! `serve` and `mcp` with the plugin and its service.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use ureq::Agent;

/// A server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    address: String,
    agent: Agent,
    state: Arc<tempfile::TempDir>,
}

impl Server {
    /// `serve` of a command.
    pub fn start(command: Command) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), command)
    }

    /// Kills it without a warning, and starts another on what it left.
    pub fn restart(&mut self, command: Command) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        Self::start_in(self.state.clone(), command)
    }

    fn start_in(state: Arc<tempfile::TempDir>, mut command: Command) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("STATE_DIRECTORY", state.path());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { child, address, agent, state }
    }

    /// Calls an action with an `Idempotency-Key`: the status, and the answer.
    pub fn call(&self, action: &str, key: &str, input: &Value) -> (u16, Value) {
        self.calling(action, key, input)().unwrap()
    }

    /// The same, to be made on another thread; none if the server is gone before it answers.
    pub fn calling(&self, action: &str, key: &str, input: &Value) -> impl Fn() -> Option<(u16, Value)> + use<> {
        let url = format!("http://{}/v1/connections/default/actions/{action}", self.address);
        let (agent, key, input) = (self.agent.clone(), key.to_owned(), input.to_string());
        move || {
            let request =
                agent.post(&url).header("content-type", "application/json").header("idempotency-key", key.as_str());
            let mut response = request.send(input.as_str()).ok()?;
            let body = response.body_mut().read_to_string().ok()?;
            Some((response.status().as_u16(), serde_json::from_str(&body).unwrap()))
        }
    }

    /// The OpenAPI document for who reads these languages, and the language it is said to be in.
    pub fn openapi(&self, languages: Option<&str>) -> (Value, String) {
        let mut request = self.agent.get(format!("http://{}/openapi.json", self.address));
        if let Some(languages) = languages {
            request = request.header("accept-language", languages);
        }
        let mut response = request.call().unwrap();
        assert_eq!(response.headers()["vary"], "accept-language");
        let language = response.headers()["content-language"].to_str().unwrap().to_owned();
        (serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap(), language)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `mcp` of a command answers to these requests over standard input, one after the other.
pub fn mcp(mut command: Command, args: &[&str], requests: &[(&str, Value)]) -> Vec<Value> {
    command.arg("mcp").args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let client = json!({ "name": "test", "version": "1" });
    let begin = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    let mut ask = |id: usize, method: &str, params: &Value| {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        writeln!(to, "{request}").unwrap();
        if method == "initialize" {
            writeln!(to, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).unwrap();
        }
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["result"].clone()
    };
    ask(0, "initialize", &begin);
    let results = (1..).zip(requests).map(|(id, (method, params))| ask(id, method, params)).collect();
    drop(to);
    child.wait().unwrap();
    results
}
