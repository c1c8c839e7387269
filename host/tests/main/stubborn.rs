//! A plugin of the contract that does what a good one does not.

use std::fs;

use plugin_host_core::Runner;
use plugin_host_core::bundle::{Bundle, BundleError};
use plugin_host_core::runner::Settings;
use sha2::{Digest, Sha256};

use crate::support::{limits, settings};

const DESCRIPTION: &str = r#"{"contract":1,"name":"stubborn","title":"Stubborn","version":"1","connection":{"schema":{"type":"object","properties":{"base_url":{"type":"string"}}},"check":"count","origins":["base_url"]},"actions":[ACTIONS]}"#;

/// The actions. `count` answers how often its instance was asked to count, as one digit; `fetch`
/// makes its input the request, and answers with the response's body, or with the reason why there is
/// no response as a JSON string; what the others do, they say.
pub const ACTIONS: [&str; 9] = ["count", "fetch", "fetch_and_trap", "spin", "trap", "hoard", "dive", "mumble", "fail"];

/// Compiled from text, so that what it does can be read.
const MODULE: &str = r#"(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input (param i64) (result i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "TEXT")
  (global $calls (mut i32) (i32.const 0))

  (func $text (param $length i32) (result i64) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at))) (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (local.get $block))

  (func (export "describe") (result i32)
    (call $output (call $text (i32.const LENGTH)) (i64.const LENGTH))
    (i32.const 0))

  (func (export "count") (result i32) (local $block i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $block (call $alloc (i64.const 1)))
    (call $store (local.get $block) (i32.add (i32.const 48) (global.get $calls)))
    (call $output (local.get $block) (i64.const 1))
    (i32.const 0))

  (func $fetch (local $block i64) (local $at i64)
    (local.set $block (call $alloc (call $input_length)))
    (loop $next
      (call $store (i64.add (local.get $block) (local.get $at)) (call $input (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $at) (call $input_length))))
    (local.set $block (call $request (local.get $block) (i64.const 0)))
    (if (i32.eqz (call $status)) (then (local.set $block (call $quoted (local.get $block)))))
    (call $output (local.get $block) (call $length (local.get $block))))

  (func $quoted (param $plain i64) (result i64) (local $block i64) (local $at i64)
    (local.set $block (call $alloc (i64.add (call $length (local.get $plain)) (i64.const 2))))
    (call $store (local.get $block) (i32.const 34))
    (loop $next
      (call $store
        (i64.add (i64.add (local.get $block) (local.get $at)) (i64.const 1))
        (call $load (i64.add (local.get $plain) (local.get $at))))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $at) (call $length (local.get $plain)))))
    (call $store (i64.add (i64.add (local.get $block) (local.get $at)) (i64.const 1)) (i32.const 34))
    (local.get $block))

  (func (export "fetch") (result i32) (call $fetch) (i32.const 0))
  (func (export "fetch_and_trap") (result i32) (call $fetch) unreachable)

  ;; Computes for ever.
  (func (export "spin") (result i32) (loop $for_ever (br $for_ever)) (i32.const 0))
  ;; Ends in the middle.
  (func (export "trap") (result i32) unreachable)
  ;; Takes all the memory there is, and then some.
  (func (export "hoard") (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (drop (call $alloc (i64.const 0x4000000000)))
    unreachable)
  ;; Calls itself for ever.
  (func $dive (export "dive") (result i32) (i32.add (call $dive) (i32.const 1)))
  ;; Fails with a text that is no error document.
  (func (export "mumble") (result i32) (call $error (call $text (i32.const 9))) (i32.const 1))
  ;; Fails without a word.
  (func (export "fail") (result i32) (i32.const 1)))"#;

fn module() -> Vec<u8> {
    let action = |name| format!(r#"{{"name":"{name}","title":"t","description":"d","inputSchema":{{}}}}"#);
    let actions: Vec<String> = ACTIONS.iter().map(action).collect();
    let description = DESCRIPTION.replace("ACTIONS", &actions.join(","));
    let module = MODULE.replace("LENGTH", &description.len().to_string());
    wat::parse_str(module.replace("TEXT", &description.replace('"', "\\22"))).unwrap()
}

/// The plugin's bundle, with a manifest that gives the SHA-256 of these bytes.
pub fn bundle_with_hash_of(bytes: &[u8]) -> Result<Bundle, BundleError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("stubborn.wasm"), module()).unwrap();
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = format!(r#"{{"wasm":[{{"path":"stubborn.wasm","hash":"{hash}"}}],"memory":{{"max_pages":64}}}}"#);
    let path = folder.path().join("extism.json");
    fs::write(&path, manifest).unwrap();
    Bundle::load(&path)
}

/// A host of the plugin that may reach these loopback origins.
pub fn runner(allowed: &[&str]) -> Runner {
    runner_with(settings(limits(), allowed, Default::default()))
}

/// A host of the plugin with settings of its own.
pub fn runner_with(settings: Settings) -> Runner {
    Runner::load(&bundle_with_hash_of(&module()).unwrap(), settings).unwrap()
}
