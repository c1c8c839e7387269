// What an Extism host gives a plugin: its functions, and texts in its blocks of memory.

import { data, size } from './description';
import { utf8 } from './json';

@external('extism:host/env', 'alloc') declare function alloc(size: u64): u64;
@external('extism:host/env', 'length') declare function length(block: u64): u64;
@external('extism:host/env', 'load_u8') declare function load_u8(at: u64): u8;
@external('extism:host/env', 'store_u8') declare function store_u8(at: u64, byte: u8): void;
@external('extism:host/env', 'input_length') declare function input_length(): u64;
@external('extism:host/env', 'input_load_u8') declare function input_load_u8(at: u64): u8;
@external('extism:host/env', 'output_set') declare function output_set(block: u64, size: u64): void;
@external('extism:host/env', 'error_set') declare function error_set(block: u64): void;
@external('extism:host/env', 'config_get') declare function config_get(key: u64): u64;
@external('extism:host/env', 'http_request') declare function http_request(request: u64, body: u64): u64;
@external('extism:host/env', 'http_status_code') declare function http_status_code(): i32;

/** What no text that leaves the plugin may hold, whoever wrote it. */
let secret = '';

export function hide(text: string): void {
  secret = text;
}

function write(bytes: usize, size: i32): u64 {
  const block = alloc(size);
  for (let at = 0; at < size; at++) store_u8(block + at, load<u8>(bytes + at));
  return block;
}

function writeText(text: string): u64 {
  const bytes = utf8(text);
  return write(changetype<usize>(bytes), bytes.byteLength);
}

/** The text of a block; that of the input, which is in none, for 0. */
function readText(block: u64, size: u64): string {
  const bytes = new Uint8Array(<i32>size);
  for (let at = 0; at < bytes.length; at++) bytes[at] = block ? load_u8(block + at) : input_load_u8(at);
  return String.UTF8.decode(bytes.buffer);
}

function leaving(text: string): u64 {
  return writeText(secret == '' ? text : text.replaceAll(secret, '***'));
}

export function input(): string {
  return readText(0, input_length());
}

/** The value of a config key; nothing if there is none. */
export function config(key: string): string {
  const block = config_get(writeText(key));
  return block ? readText(block, length(block)).trim() : '';
}

/** Ends a call well. */
export function succeed(json: string): i32 {
  const block = leaving(json);
  output_set(block, length(block));
  return 0;
}

/** The export that tells the description. */
export function describe(): i32 {
  output_set(write(data, size), size);
  return 0;
}

/** Ends a call with an error document. */
export function fail(json: string): i32 {
  error_set(leaving(json));
  return 1;
}

/** Makes a request: the answer's body. Its status is `status()`. */
export function request(head: string, body: string): string {
  const block = http_request(writeText(head), body == '' ? 0 : writeText(body));
  return block ? readText(block, length(block)) : '';
}

export function status(): i32 {
  return http_status_code();
}
