//! A service that is told where to send its webhooks, and a plugin for it: the plugin hands each input on to the
//! service and answers what that says, so a test sees all that the plugin is asked.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::COPY;
use super::request::{bound, read, serve};

/// The module, but for its data, what hands on each export, and its end.
const MODULE: &str = r#"(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (memory 1)
  COPY
  (func $hand_on (param $from i32) (param $length i32) (result i32) (local $answer i64)
    (local.set $answer (call $request (call $text (local.get $from) (local.get $length)) (call $input)))
    (if (result i32) (i32.eq (call $status) (i32.const 200))
      (then (call $output (local.get $answer) (call $length (local.get $answer))) (i32.const 0))
      (else (call $error (local.get $answer)) (i32.const 1))))
  (func (export "describe") (result i32) (local $block i64)
    (local.set $block (call $text (i32.const 0) (i32.const LENGTH)))
    (call $output (local.get $block) (i64.const LENGTH)) (i32.const 0))
  (func (export "check") (result i32) (i32.const 0))
"#;

/// The trigger, which is told by webhook.
pub const TRIGGER: &str = "told";

/// What the service knows.
#[derive(Default)]
struct Known {
    /// What it was asked, by the name of the export, in order.
    asked: Vec<(String, Value)>,
    /// How many subscriptions it had.
    subscriptions: u64,
    /// By what it signs, if not by what it is given.
    secret: Option<String>,
    /// When its subscriptions end, in UNIX seconds.
    expires: Option<i64>,
    /// How many times it fails next.
    failures: u32,
}

/// The service.
#[derive(Clone)]
pub struct Subscribing {
    url: String,
    known: Arc<Mutex<Known>>,
}

impl Subscribing {
    pub fn start() -> Self {
        let (listener, url) = bound();
        let this = Self { url, known: Arc::default() };
        let service = this.clone();
        serve(listener, move |stream| service.answer(stream));
        this
    }

    /// Signs by this from now on, whatever it is given.
    pub fn signs_by(&self, secret: &str) {
        self.known().secret = Some(secret.to_owned());
    }

    /// Subscriptions end then.
    pub fn ends_at(&self, expires: i64) {
        self.known().expires = Some(expires);
    }

    /// Fails so many times.
    pub fn fails(&self, times: u32) {
        self.known().failures = times;
    }

    /// What an export was asked, each time.
    pub fn asked(&self, export: &str) -> Vec<Value> {
        let known = self.known();
        known.asked.iter().filter(|(name, _)| name == export).map(|(_, asked)| asked.clone()).collect()
    }

    /// Which exports were asked, but for webhooks.
    pub fn order(&self) -> Vec<String> {
        let known = self.known();
        known.asked.iter().map(|(name, _)| name.clone()).filter(|name| name != TRIGGER).collect()
    }

    /// The command with its plugin, whose bundle comes to stand in this folder.
    pub fn command(&self, folder: &TempDir) -> Command {
        let bundle = self.bundle(folder.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("TELLING_BASE_URL", &self.url);
        command.args(["--bundle", bundle.as_str(), "--env-prefix", "TELLING"]);
        command
    }

    fn bundle(&self, folder: &Path) -> String {
        let origin = json!({ "type": "string", "description": "The address." });
        let description = json!({
            "contract": 1, "name": "telling", "title": "Telling", "version": "1.0.0",
            "description": "Hands everything on.", "actions": [],
            "connection": {
                "schema": { "type": "object", "required": ["base_url"], "properties": { "base_url": origin } },
                "check": "check", "origins": ["base_url"],
            },
            "triggers": [{
                "name": TRIGGER, "title": "Told", "description": "Triggers when it is told to.",
                "delivery": "webhook", "subscribe": "subscribe", "unsubscribe": "unsubscribe",
                "inputSchema": { "type": "object", "properties": { "kind": { "type": "string" } } },
                "eventSchema": { "type": "object" }, "sample": {},
            }],
        });
        let (mut module, mut at) = (MODULE.to_owned(), 0);
        let mut data = |module: &mut String, text: &str| {
            let escaped: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
            let (from, length) = (at, text.len());
            *module += &format!("  (data (i32.const {from}) \"{escaped}\")\n");
            at += length;
            (from, length)
        };
        let (_, described) = data(&mut module, &description.to_string());
        for export in ["subscribe", "unsubscribe", TRIGGER] {
            let request = json!({ "method": "POST", "url": format!("{}/{export}", self.url), "headers": {} });
            let (from, length) = data(&mut module, &request.to_string());
            module += &format!(
                "  (func (export \"{export}\") (result i32) (call $hand_on (i32.const {from}) (i32.const {length})))\n"
            );
        }
        let wasm =
            wat::parse_str(module.replace("COPY", COPY).replace("LENGTH", &described.to_string()) + ")").unwrap();
        fs::write(folder.join("telling.wasm"), &wasm).unwrap();
        let hash = toolchain::bundle::sha256(&wasm);
        let manifest = json!({ "wasm": [{ "path": "telling.wasm", "hash": hash }] });
        let path = folder.join("extism.json");
        fs::write(&path, manifest.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    fn answer(&self, mut stream: TcpStream) {
        let Some(request) = read(&mut stream) else { return };
        let export = request.path.trim_start_matches('/').to_owned();
        let asked: Value = serde_json::from_str(&request.body).unwrap();
        let (status, answer) = self.answered(&export, &asked);
        let answer = answer.to_string();
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
        let _ = stream.write_all((head + &answer).as_bytes());
    }

    fn answered(&self, export: &str, asked: &Value) -> (u16, Value) {
        let error = |kind: &str, retry: &str, told: &str| {
            (422, json!({ "kind": kind, "message": told, "retry": retry, "effect": "none" }))
        };
        let mut known = self.known();
        known.asked.push((export.to_owned(), asked.clone()));
        if known.failures > 0 {
            known.failures -= 1;
            return error("unavailable", "later", "Telling is out of order. Try again later.");
        }
        match export {
            "subscribe" => {
                known.subscriptions += 1;
                let id = known.subscriptions.to_string();
                (200, json!({ "subscription": id, "secret": known.secret, "expires": known.expires }))
            }
            "unsubscribe" => (200, json!({})),
            _ if asked["headers"]["signature"] == asked["secret"] => {
                let body = STANDARD.decode(asked["body"].as_str().unwrap()).unwrap();
                let event = json!({ "id": String::from_utf8(body).unwrap(), "data": {} });
                (200, json!({ "events": [event], "response": { "status": 204 } }))
            }
            _ => error("forged_event", "never", "The signature is wrong."),
        }
    }
}
