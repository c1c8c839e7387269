//! The module: it runs a program of calls of the host's functions, and keeps what each returned.

use std::fmt::Write;

use plugin_host_core::bundle::Bundle;
use plugin_host_core::engine::{Module, Runtime};
use sha2::{Digest, Sha256};

use super::program::{FUNCTIONS, MOST};
use crate::host::scratch;

/// Functions that return a number of 32 bits, and those that return nothing; all others return 64 bits.
const SHORT: [&str; 5] = ["load_u8", "input_load_u8", "http_status_code", "get_log_level", ""];
const SILENT: [&str; 11] = [
    "free",
    "store_u8",
    "store_u64",
    "output_set",
    "error_set",
    "var_set",
    "log_error",
    "log_warn",
    "log_info",
    "log_debug",
    "log_trace",
];

/// Where in its memory the program stands, as words of 64 bits; the registers are before it.
const PROGRAM: usize = 4096;

/// The module, ready to be run.
pub fn compiled() -> Module {
    let wasm = wat::parse_str(text()).expect("a module");
    let hash: String = Sha256::digest(&wasm).iter().map(|byte| format!("{byte:02x}")).collect();
    scratch::file("functions.wasm", &wasm);
    let manifest = format!(r#"{{"wasm":[{{"path":"functions.wasm","hash":"{hash}"}}]}}"#);
    let bundle = Bundle::load(&scratch::file("functions.json", manifest.as_bytes())).expect("a bundle");
    Runtime::new()
        .expect("a thread for the clock")
        .compile(&bundle)
        .expect("it imports nothing but the host's functions")
}

fn text() -> String {
    let (mut imports, mut arms) = (String::new(), String::new());
    for (name, arguments) in FUNCTIONS {
        let second = if name == "store_u8" { "i32" } else { "i64" };
        let parameters = ["", "(param i64)", &format!("(param i64 {second})")][usize::from(arguments)].to_owned();
        let result = if SILENT.contains(&name) {
            ""
        } else if SHORT.contains(&name) {
            "(result i32)"
        } else {
            "(result i64)"
        };
        let _ = writeln!(imports, r#"(import "extism:host/env" "{name}" (func ${name} {parameters} {result}))"#);
        let second = if name == "store_u8" { "(i32.wrap_i64 (local.get $b))" } else { "(local.get $b)" };
        let given = ["", "(local.get $a)", &format!("(local.get $a) {second}")][usize::from(arguments)].to_owned();
        let call = format!("(call ${name} {given})");
        let called = if SILENT.contains(&name) {
            format!("{call} (return (i64.const 0))")
        } else if SHORT.contains(&name) {
            format!("(return (i64.extend_i32_u {call}))")
        } else {
            format!("(return {call})")
        };
        let _ = writeln!(arms, ") {called}");
    }
    let labels: String = (0..FUNCTIONS.len()).map(|place| format!(" {place}")).collect();
    let blocks = "(block ".repeat(FUNCTIONS.len());
    format!(
        r#"(module {imports}
  (memory 1)
  ;; Calls a function by its place.
  (func $call (param $function i64) (param $a i64) (param $b i64) (result i64)
    {blocks} (br_table{labels} (i32.wrap_i64 (local.get $function)))
    {arms} (unreachable))
  ;; An argument: a number, or what a register has and so much more.
  (func $argument (param $word i64) (param $is_register i64) (result i64)
    (if (result i64) (i64.eqz (local.get $is_register))
      (then (local.get $word))
      (else (i64.add
        (i64.load (i32.wrap_i64 (i64.mul (i64.and (local.get $word) (i64.const 255)) (i64.const 8))))
        (i64.shr_u (local.get $word) (i64.const 8))))))
  ;; The program is read first: what is called may change the input.
  (func $read (result i64)
    (local $i i64) (local $length i64) (local $byte i32) (local $word i64)
    (local.set $length (call $input_length))
    (block $end (loop $next
      (br_if $end (i64.ge_u (local.get $i) (local.get $length)))
      (local.set $byte (call $input_load_u8 (local.get $i)))
      (local.set $byte (i32.sub (local.get $byte)
        (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $byte) (i32.const 58)))))
      (local.set $word (i64.or (i64.shl (local.get $word) (i64.const 4)) (i64.extend_i32_u (local.get $byte))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (if (i64.eqz (i64.and (local.get $i) (i64.const 15)))
        (then (i64.store offset={PROGRAM}
          (i32.wrap_i64 (i64.sub (i64.shr_u (local.get $i) (i64.const 1)) (i64.const 8))) (local.get $word))))
      (br $next)))
    (i64.shr_u (local.get $length) (i64.const 6)))
  (func (export "run") (result i32)
    (local $calls i64) (local $i i64) (local $at i32)
    (local.set $calls (call $read))
    (block $end (loop $next
      (br_if $end (i64.ge_u (local.get $i) (local.get $calls)))
      (local.set $at (i32.wrap_i64 (i64.mul (local.get $i) (i64.const 32))))
      (i64.store (i32.wrap_i64 (i64.mul (local.get $i) (i64.const 8)))
        (call $call
          (i64.load offset={PROGRAM} (local.get $at))
          (call $argument (i64.load offset={second} (local.get $at))
            (i64.and (i64.load offset={kinds} (local.get $at)) (i64.const 1)))
          (call $argument (i64.load offset={third} (local.get $at))
            (i64.and (i64.load offset={kinds} (local.get $at)) (i64.const 2)))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $next)))
    (i32.const 0))
  (func (export "registers") (result i32)
    (local $i i32) (local $block i64) (local $digit i32)
    (local.set $block (call $alloc (i64.const {digits})))
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $i) (i32.const {digits})))
      (local.set $digit (i32.wrap_i64 (i64.and (i64.const 15) (i64.shr_u
        (i64.load (i32.shl (i32.shr_u (local.get $i) (i32.const 4)) (i32.const 3)))
        (i64.extend_i32_u (i32.sub (i32.const 60)
          (i32.shl (i32.and (local.get $i) (i32.const 15)) (i32.const 2))))))))
      (call $store_u8 (i64.add (local.get $block) (i64.extend_i32_u (local.get $i)))
        (i32.add (local.get $digit)
          (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))
    (call $output_set (local.get $block) (i64.const {digits}))
    (i32.const 0)))"#,
        kinds = PROGRAM + 8,
        second = PROGRAM + 16,
        third = PROGRAM + 24,
        digits = 16 * MOST,
    )
}
