//! Servers with an address for operators.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use justclick_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Begun, begun};

/// A process that is killed at the end.
pub struct Process {
    begun: Begun,
    _state: TempDir,
}

impl Process {
    /// Starts a server, which keeps what it keeps in a folder of its own.
    pub fn start(command: &mut Command) -> Self {
        let state = tempfile::tempdir().unwrap();
        Self { begun: begun(command.env("STATE_DIRECTORY", state.path())), _state: state }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        let rest = self.begun.greeting.split("http://").nth(1).unwrap();
        rest.split([' ', '/']).next().unwrap().trim()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        let id = self.begun.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.begun.log.lock().unwrap().clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.begun.child.kill();
        let _ = self.begun.child.wait();
    }
}

pub fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// An address that nobody listens on.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A status and a text.
pub fn get(address: &str, path: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("http://{address}{path}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// Posts JSON, and gives the status.
pub fn post(address: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(format!("http://{address}{path}")).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.send(body.to_string()).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// Calls a tool over MCP.
pub fn call_tool(address: &str, headers: &[(&str, &str)], arguments: &Value, meta: &Value) -> (u16, String) {
    let params = serde_json::json!({ "name": "update_order_status", "arguments": arguments, "_meta": meta });
    let message = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let usual = [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", "2025-11-25")];
    post(address, "/mcp", &[&usual[..], headers].concat(), &message)
}

pub fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "this should have happened by now");
        std::thread::sleep(Duration::from_millis(5));
    }
}
