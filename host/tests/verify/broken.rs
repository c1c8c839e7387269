//! Plugins that are made to break a rule, in WebAssembly's text form.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A plugin with a check, an action and, if it has one, a trigger.
pub struct Plugin {
    pub description: Value,
    texts: Vec<u8>,
    functions: String,
    more: String,
    pages: u32,
}

/// What the plugins are made of: a text of the memory as a block, an output, an error, a request.
const PRELUDE: &str = r#"
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
  (func $block (param $at i32) (param $length i32) (result i64) (local $block i64) (local $n i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (if (i32.lt_u (local.get $n) (local.get $length)) (then
        (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $n)))
          (i32.load8_u (i32.add (local.get $at) (local.get $n))))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $next))))
    (local.get $block))
"#;

impl Plugin {
    /// A plugin whose check and action answer `{}` without a request.
    pub fn new() -> Self {
        let object = json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
        let key = json!({ "title": "Key", "description": "The key.", "type": "string", "format": "password" });
        let address = json!({ "title": "Address", "description": "The address.", "type": "string", "format": "uri" });
        let connection = json!({ "type": "object", "properties": { "address": address, "key": key },
            "required": ["address", "key"], "additionalProperties": false });
        let hints = json!({ "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false });
        let description = json!({
            "contract": 1, "name": "broken", "title": "Broken", "version": "1", "description": "Breaks a rule.",
            "connection": { "schema": connection, "check": "check", "origins": ["address"] },
            "actions": [{ "name": "act", "title": "Act", "description": "Acts.", "inputSchema": object,
                "outputSchema": { "type": "object" }, "annotations": hints, "examples": [{ "input": {}, "output": {} }] }],
        });
        let plugin = Self { description, texts: Vec::new(), functions: String::new(), more: String::new(), pages: 2 };
        plugin.export_with("check", |it| it.outputs("{}"))
    }

    /// A text, as arguments of `$block`.
    pub fn text(&mut self, text: &str) -> String {
        let at = self.texts.len();
        self.texts.extend(text.as_bytes());
        format!("(call $block (i32.const {at}) (i32.const {}))", text.len())
    }

    /// Code that ends a call with an output.
    pub fn outputs(&mut self, text: &str) -> String {
        let block = self.text(text);
        format!("(call $output_set {block} (i64.const {})) (i32.const 0)", text.len())
    }

    /// Code that ends a call with an error and a code.
    pub fn fails(&mut self, text: &str, code: i32) -> String {
        let block = self.text(text);
        format!("(call $error_set {block}) (i32.const {code})")
    }

    /// Code that makes a request, and leaves the block of its answer on the stack.
    pub fn requests(&mut self, method: &str, url: &str) -> String {
        let request = self.text(&json!({ "method": method, "url": url }).to_string());
        format!("(call $http_request {request} (i64.const 0))")
    }

    /// Code that ends a call with the answer to a request as its output.
    pub fn outputs_the_answer(&mut self, url: &str) -> String {
        let request = self.requests("POST", url);
        format!(
            "(local.set $a {request}) (call $output_set (local.get $a) (call $length (local.get $a))) (i32.const 0)"
        )
    }

    /// With an export of this code.
    pub fn export(mut self, name: &str, code: &str) -> Self {
        self.functions.push_str(&format!("  (func (export \"{name}\") (result i32) (local $a i64)\n    {code})\n"));
        self
    }

    /// The same with code that needs the plugin's texts.
    pub fn export_with(mut self, name: &str, code: impl FnOnce(&mut Self) -> String) -> Self {
        let code = code(&mut self);
        self.export(name, &code)
    }

    /// Without the exports so far, of which one is to be another.
    pub fn without(mut self, name: &str) -> Self {
        let lines = self.functions.lines().collect::<Vec<_>>();
        let kept = lines.chunks(2).filter(|it| !it[0].contains(&format!("\"{name}\"")));
        self.functions = kept.map(|it| it.join("\n") + "\n").collect();
        self
    }

    /// With another import.
    pub fn with(mut self, more: &str) -> Self {
        self.more.push_str(more);
        self
    }

    /// With a global of the module.
    pub fn with_global(mut self, global: &str) -> Self {
        self.functions.push_str(global);
        self
    }

    /// With so many pages of memory.
    pub fn pages(mut self, pages: u32) -> Self {
        self.pages = pages;
        self
    }

    /// With something else at a place of its description.
    pub fn described(mut self, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.description.pointer_mut(parent).unwrap()[name] = value;
        self
    }

    /// With another action, a read without anything.
    pub fn listing(mut self, action: Value) -> Self {
        let name = action["name"].as_str().unwrap().to_owned();
        self.description["actions"].as_array_mut().unwrap().push(action);
        self.export_with(&name, |it| it.outputs(r#"{"items":[]}"#))
    }

    /// Its bundle, in this folder.
    pub fn bundle(self, folder: &Path) -> PathBuf {
        let description = self.description.to_string();
        let mut plugin = self.export_with("describe", |it| it.outputs(&description));
        let texts: String = plugin.texts.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let Self { functions, more, pages, .. } = &mut plugin;
        // Imports stand before all else.
        let module =
            format!("(module {more}\n{PRELUDE}\n(memory {pages}) (data (i32.const 0) \"{texts}\")\n{functions})");
        let wasm = wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}\n{module}"));
        fs::write(folder.join("broken.wasm"), &wasm).unwrap();
        let hash: String = Sha256::digest(&wasm).iter().map(|byte| format!("{byte:02x}")).collect();
        let manifest = json!({ "wasm": [{ "path": "broken.wasm", "hash": hash }] });
        fs::write(folder.join("extism.json"), manifest.to_string()).unwrap();
        folder.join("extism.json")
    }
}
