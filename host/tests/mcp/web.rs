//! A server on HTTP, and clients for it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::HeaderMap;

use crate::support::{PROTOCOL, calling, command, initialize};

/// A server; it is killed when this is dropped.
pub struct Web {
    child: Child,
    address: String,
    agent: Agent,
}

/// What it answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub text: String,
    pub headers: HeaderMap,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The result of a request that was understood.
    pub fn result(&self) -> Value {
        assert_eq!((self.status, self.header("content-type")), (200, "application/json"), "{self:?}");
        self.json()["result"].clone()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Web {
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::begin(command(sandbox, &[&["--listen", "127.0.0.1:0"], args].concat()))
    }

    pub fn begin(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("JustClick on http://") && line.ends_with("/mcp\n"), "it did not start: {line:?}");
        let address = line.trim().trim_start_matches("JustClick on http://").trim_end_matches("/mcp").to_owned();
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
        Self { child, address, agent: config.build().into() }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn get(&self, path: &str) -> Reply {
        read(self.agent.get(format!("http://{}{path}", self.address)).call().unwrap())
    }

    pub fn delete(&self, path: &str) -> Reply {
        read(self.agent.delete(format!("http://{}{path}", self.address)).call().unwrap())
    }

    /// Sends a body; what headers stand here come beside those that MCP wants, or in their place.
    pub fn post(&self, body: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.post(format!("http://{}/mcp", self.address));
        let usual = [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];
        let usual = usual.iter().filter(|(name, _)| headers.iter().all(|(given, _)| given != name));
        for (name, value) in usual.chain(headers) {
            request = request.header(*name, *value);
        }
        read(request.send(body).unwrap())
    }

    /// Sends a request.
    pub fn ask(&self, id: u64, method: &str, params: &Value, headers: &[(&str, &str)]) -> Reply {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.post(&request.to_string(), headers)
    }

    /// Runs the action.
    pub fn call(&self, input: &Value, headers: &[(&str, &str)]) -> Reply {
        self.ask(1, "tools/call", &calling(input), headers)
    }

    /// Shakes hands, and returns the name that the client is given.
    pub fn shake_hands(&self) -> String {
        let reply = self.ask(0, "initialize", &initialize(PROTOCOL), &[]);
        assert_eq!(reply.result()["protocolVersion"], PROTOCOL);
        let session = reply.header("mcp-session-id").to_owned();
        let headers = [("mcp-session-id", &*session), ("mcp-protocol-version", PROTOCOL)];
        let reply = self.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, &headers);
        assert_eq!(reply.status, 202, "{reply:?}");
        session
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(response: ureq::http::Response<ureq::Body>) -> Reply {
    let (parts, mut body) = response.into_parts();
    let text = body.read_to_string().unwrap();
    assert!(!text.contains(SAMPLE_API_KEY), "{text}");
    Reply { status: parts.status.as_u16(), text, headers: parts.headers }
}
