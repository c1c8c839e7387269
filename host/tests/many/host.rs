//! A folder of plugins and connections, and servers on it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use justclick_sandbox::{Order, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};
use ureq::Agent;

use crate::common::{BUNDLE, Begun, altered_bundle, begun};

/// The action of the plugins that most tests call.
pub const ACTION: &str = "update_order_status";

/// A folder with bundles and a file of connections.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with the plugins `justclick` and `shop`, which differ in name and title.
    pub fn of_two() -> Self {
        let folder = Self::new();
        folder.plugin("justclick", "JustClick", "1.0.0");
        folder.plugin("shop", "Shop", "1.0.0");
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Puts a plugin into the folder `plugins`, in place of what was there under its name.
    pub fn plugin(&self, name: &str, title: &str, version: &str) {
        self.plugin_at(&format!("plugins/{name}"), name, title, version);
    }

    pub fn plugin_at(&self, path: &str, name: &str, title: &str, version: &str) {
        let folder = self.path(path);
        fs::create_dir_all(&folder).unwrap();
        let changes = [("/name", name.into()), ("/title", title.into()), ("/version", version.into())];
        altered_bundle(BUNDLE.as_ref(), &folder, &changes);
    }

    /// Writes the connections: each a name, its plugin or none, a sandbox, and a key.
    pub fn connections(&self, connections: &[(&str, Option<&str>, &Sandbox)]) {
        let table = |(name, plugin, sandbox): &(&str, Option<&str>, &Sandbox)| {
            let plugin = plugin.map(|plugin| format!("plugin = \"{plugin}\"\n")).unwrap_or_default();
            let base = sandbox.base_url();
            format!("[{name}]\n{plugin}login = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{base}\"\n")
        };
        self.write("connections.toml", &connections.iter().map(table).collect::<String>());
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The command on all of them, with nothing in its environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command =
            self.bare(&["--bundle", &self.text("plugins"), "--connections", &self.text("connections.toml")]);
        command.args(args);
        command
    }

    /// The command without a bundle.
    pub fn bare(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("STATE_DIRECTORY", self.path("state")).current_dir(self.0.path()).args(args);
        command
    }
}

/// Exit code, standard output and standard error of a command.
pub fn run(command: &mut Command) -> (i32, String, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub fn sandbox() -> Sandbox {
    with_orders(Sandbox::builder().start().unwrap())
}

/// A sandbox that takes its time for every request.
pub fn slow_sandbox(time: Duration) -> Sandbox {
    with_orders(Sandbox::builder().misbehaviour("slow".parse().unwrap()).slow(time).start().unwrap())
}

fn with_orders(sandbox: Sandbox) -> Sandbox {
    for id in 1..=100 {
        sandbox.put_order(Order::new(id.to_string()));
    }
    sandbox
}

/// A server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    address: String,
    agent: Agent,
    log: Arc<Mutex<String>>,
    /// What it said when it began.
    pub greeting: String,
}

impl Server {
    pub fn begin(mut command: Command) -> Self {
        let Begun { child, greeting, log } = begun(&mut command);
        let address =
            greeting.split("http://").nth(1).and_then(|rest| rest.split([' ', '\n']).next()).map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("it did not start: {greeting:?} {}", log.lock().unwrap()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .max_idle_connections_per_host(200);
        Self { child, address, agent: config.build().into(), log, greeting }
    }

    pub fn address(&self) -> &str {
        self.address.trim_end_matches("/mcp")
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let (status, text) = self.get_text(path, token);
        (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    pub fn get_text(&self, path: &str, token: Option<&str>) -> (u16, String) {
        let mut request = self.agent.get(format!("http://{}{path}", self.address()));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(request.call())
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, text) = self.post_as(path, body, &[]);
        (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    /// The status, what is asked for by `WWW-Authenticate`, and the body.
    pub fn post_as(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, String, String) {
        let mut request = self.agent.post(format!("http://{}{path}", self.address()));
        let accept = "application/json, text/event-stream";
        request = request.header("content-type", "application/json").header("accept", accept);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send(body.to_string());
        let challenge = response.as_ref().ok().and_then(|it| it.headers().get("www-authenticate")).cloned();
        let (status, text) = read(response);
        (status, challenge.map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default(), text)
    }

    /// Sets the status of an order through a connection.
    pub fn call(&self, connection: &str, bill_id: &str, status: &str) -> (u16, Value) {
        let input = match status {
            "cancel" => json!({ "bill_id": bill_id, "status": status }),
            _ => json!({ "bill_id": bill_id, "status": status, "date": 1_362_254_400 }),
        };
        self.post(&format!("/v1/connections/{connection}/actions/{ACTION}"), &input)
    }

    /// Has it read everything again, and waits until it says how that ended: in how many connections, or
    /// else with these words.
    pub fn reload(&self, ended: &str) {
        let before = self.log().matches(ended).count();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
        until(|| self.log().matches(ended).count() > before);
    }

    /// Sends it SIGTERM and waits for its end.
    pub fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, String) {
    let (parts, mut body) = response.unwrap().into_parts();
    let text = body.read_to_string().unwrap();
    assert!(!text.contains(SAMPLE_API_KEY), "{text}");
    (parts.status.as_u16(), text)
}

pub fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "this should have happened by now");
        thread::sleep(Duration::from_millis(5));
    }
}
