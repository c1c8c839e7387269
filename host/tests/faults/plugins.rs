//! Faults of plugins: modules of the contract that misbehave.

use std::fs;

use plugin_host::bundle::Bundle;
use plugin_host::error::Effect;
use plugin_host::runner::Settings;
use plugin_host::{Connection, Runner};
use sha2::{Digest, Sha256};

/// A plugin whose actions are written in WAT. `count` answers how often it was called in this
/// instance, as a digit.
const PLUGIN: &str = r#"(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (memory 1)
  (data (i32.const 0) "DESCRIPTION")
  (global $calls (mut i32) (i32.const 48))
  (func (export "describe") (result i32) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.const LENGTH)))
    (loop $copy
      (call $store_u8
        (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $copy (i32.lt_u (local.get $at) (i32.const LENGTH))))
    (call $output_set (local.get $block) (i64.const LENGTH))
    (i32.const 0))
  (func (export "check") (result i32) (i32.const 0))
  (func (export "spin") (result i32) (loop $forever (br $forever)) (i32.const 0))
  (func (export "trap") (result i32) unreachable)
  (func (export "fail") (result i32) (i32.const 5))
  (func (export "count") (result i32) (local $block i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $block (call $alloc (i64.const 1)))
    (call $store_u8 (local.get $block) (global.get $calls))
    (call $output_set (local.get $block) (i64.const 1))
    (i32.const 0)))"#;

fn runner() -> Runner {
    let actions = ["spin", "trap", "fail", "count"]
        .map(|name| format!(r#"{{"name":"{name}","title":"t","description":"d","inputSchema":{{}}}}"#))
        .join(",");
    let description = format!(
        r#"{{"contract":1,"name":"n","title":"t","version":"1","connection":{{"schema":{{}},"check":"check"}},"actions":[{actions}]}}"#
    );
    let wat = PLUGIN
        .replace("DESCRIPTION", &description.replace('"', "\\\""))
        .replace("LENGTH", &description.len().to_string());
    let wasm = wat::parse_str(wat).unwrap();
    let hash: String = Sha256::digest(&wasm).iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.wasm"), wasm).unwrap();
    let manifest = folder.path().join("extism.json");
    fs::write(&manifest, format!(r#"{{"wasm":[{{"path":"m.wasm","hash":"{hash}"}}]}}"#)).unwrap();
    Runner::load(&Bundle::load(&manifest).unwrap(), Settings::default()).unwrap()
}

#[test]
fn a_plugin_that_never_ends_or_breaks_off_is_an_internal_error_and_the_next_call_works() {
    let runner = runner();
    let connected = runner.connect(Connection::default());
    assert_eq!(connected.call("count", "").unwrap(), "1");
    for action in ["spin", "trap"] {
        let error = connected.call(action, "").unwrap_err();
        assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::None), "{error:?}");
        // In a new instance: the broken one is gone.
        assert_eq!(connected.call("count", "").unwrap(), "1");
    }
}

#[test]
fn a_code_without_an_error_is_an_error_all_the_same() {
    let runner = runner();
    assert_eq!(runner.connect(Connection::default()).call("fail", "").unwrap_err().kind, "internal");
}

#[test]
fn an_instance_is_used_again_but_never_for_another_connection() {
    let runner = runner();
    let (one, other) = (runner.connect(Connection::default()), runner.connect(Connection::default()));
    assert_eq!(one.call("count", "").unwrap(), "1");
    assert_eq!(one.call("count", "").unwrap(), "2");
    assert_eq!(other.call("count", "").unwrap(), "1");
}
