//! The plugin's bundle, its service, and the command and the library with both.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plugin_host_core::bundle::Bundle;
use plugin_host_core::runner::{Connected, Settings};
use plugin_host_core::{Connection, Runner};
use serde_json::{Value, json};
use shop_service::{SAMPLE_TOKEN, Service};
use tempfile::TempDir;

use crate::common::altered_bundle;

/// The plugin's bundle.
pub const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");

/// A fresh service. It has a runtime of its own, which can't be started on a thread of another.
pub fn service() -> Service {
    std::thread::spawn(Service::start).join().unwrap().unwrap()
}

/// The command with nothing in its environment but a connection to the service.
pub fn command(service: &Service) -> Command {
    command_with(Path::new(BUNDLE), service)
}

fn command_with(bundle: &Path, service: &Service) -> Command {
    assert!(bundle.exists(), "there is no bundle: run `cargo xtask dist`");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
    command.arg("--bundle").arg(bundle).args(["--env-prefix", "SHOP"]).stdin(Stdio::null());
    command
}

/// The plugin, but for what some places of its description say.
pub struct Altered {
    bundle: PathBuf,
    _folder: TempDir,
}

/// The plugin, but for what these places of its description say; null takes one out.
pub fn altered(changes: &[(&str, Value)]) -> Altered {
    let folder = tempfile::tempdir().unwrap();
    Altered { bundle: altered_bundle(Path::new(BUNDLE), folder.path(), changes), _folder: folder }
}

impl Altered {
    /// The command with it.
    pub fn command(&self, service: &Service) -> Command {
        command_with(&self.bundle, service)
    }

    /// The library with it.
    pub fn connected(&self, service: &Service) -> Connected {
        connected_with(&self.bundle, service)
    }
}

/// Runs the command: its exit code, and what it printed and said.
pub fn run(service: &Service, args: &[&str]) -> (i32, String, String) {
    run_by(command(service), args)
}

/// The same with another command.
pub fn run_by(mut command: Command, args: &[&str]) -> (i32, String, String) {
    let output = command.args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Calls an action by the command: its output, or its error document.
pub fn call(service: &Service, action: &str, input: &Value, args: &[&str]) -> Result<Value, Value> {
    call_by(command(service), action, input, args)
}

/// The same with another command.
pub fn call_by(command: Command, action: &str, input: &Value, args: &[&str]) -> Result<Value, Value> {
    let input = input.to_string();
    let (code, stdout, stderr) = run_by(command, &[&["--json", "call", action, "--input", &input], args].concat());
    let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"));
    if code == 0 { Ok(json(&stdout)) } else { Err(json(&stderr)) }
}

/// The library with a connection to the service.
pub fn connected(service: &Service) -> Connected {
    connected_with(Path::new(BUNDLE), service)
}

fn connected_with(bundle: &Path, service: &Service) -> Connected {
    let bundle = Bundle::load(bundle).unwrap_or_else(|why| panic!("{why}; run `cargo xtask dist`"));
    let settings = Settings::default().allow_private(vec![service.base_url().parse().unwrap()]);
    let account = Connection::new([("address", service.base_url()), ("token", SAMPLE_TOKEN.to_owned())]);
    Runner::load(&bundle, settings).unwrap().connect(account)
}

/// An order of two lines.
pub fn order(request_id: &str) -> Value {
    json!({
        "request_id": request_id,
        "customer": 7,
        "goods": [{ "sku": "A-101", "count": 2, "price": "5" }, { "sku": "A-102", "count": 1 }],
        "tags": ["new", "spring"],
    })
}
