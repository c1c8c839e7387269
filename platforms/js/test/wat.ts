/** What plugins for tests are made of, in WebAssembly's text form. */

const quoted = (data: string) =>
  [...Buffer.from(data)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');

/** All of Extism's functions that they call. */
export const IMPORTS = `
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load (param i64) (result i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "log_info" (func $log (param i64)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))`;

/** Texts as blocks, and what is put out. */
export const BLOCKS = `
  ;; A block of what is in memory.
  (func $text (param $from i32) (param $length i32) (result i64) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (i32.add (local.get $from) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (local.get $block))
  ;; A block of the input.
  (func $input (result i64) (local $block i64) (local $at i64)
    (local.set $block (call $alloc (call $input_length)))
    (loop $next
      (call $store (i64.add (local.get $block) (local.get $at)) (call $input_load (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $at) (call $input_length))))
    (local.get $block))
  (func $put (param $block i64) (call $output (local.get $block) (call $length (local.get $block))))`;

/** The memory, with the description at its beginning, and the export that gives it. */
export const describing = (data: string) => `
  (memory (export "memory") 1)
  (data (i32.const 0) "${quoted(data)}")
  (func (export "describe") (result i32)
    (call $put (call $text (i32.const 0) (i32.const ${Buffer.byteLength(data)}))) (i32.const 0))`;
