// A plugin of the contract that does what a good one does not.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import wabt from 'wabt';
import { loadPlugin, type Settings } from '@justclick/plugin';
import { answering, failure } from './support';

const SECRET = 'a-secret-of-some-length';
const ACTIONS = ['fetch', 'fetch_and_spin', 'spin', 'trap', 'mumble', 'babble', 'tell'];

function description(contract: number) {
  const schema = {
    type: 'object',
    properties: { base_url: { type: 'string' }, key: { type: 'string', writeOnly: true } },
  };
  return {
    contract,
    name: 'stubborn',
    title: 'Stubborn',
    version: '1',
    connection: { schema, check: 'fetch', origins: ['base_url'] },
    actions: ACTIONS.map((name) => ({ name, title: name, inputSchema: {}, outputSchema: {} })),
  };
}

/** Compiled from text, so that what it does can be read. */
function text(data: string): string {
  const quoted = [...Buffer.from(data)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  return `(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "${quoted}")

  (func $text (param $length i32) (result i64) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at))) (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (local.get $block))

  (func (export "describe") (result i32)
    (call $output (call $text (i32.const ${Buffer.byteLength(data)})) (i64.const 1))
    (i32.const 0))

  ;; Makes its input the request, and fails with it.
  (func (export "fetch") (result i32)
    (drop (call $request (call $input) (i64.const 0)))
    (call $error (call $input))
    (i32.const 1))
  (func (export "fetch_and_spin") (result i32)
    (drop (call $request (call $input) (i64.const 0)))
    (loop $for_ever (br $for_ever))
    (i32.const 0))
  (func (export "spin") (result i32) (loop $for_ever (br $for_ever)) (i32.const 0))
  (func (export "trap") (result i32) unreachable)
  ;; Fails with a text that is no error document.
  (func (export "mumble") (result i32) (call $error (call $text (i32.const 9))) (i32.const 1))
  ;; Answers with a text that is no JSON.
  (func (export "babble") (result i32) (call $output (call $text (i32.const 9)) (i64.const 9)) (i32.const 0))
  ;; Fails with its input.
  (func (export "tell") (result i32) (call $error (call $input)) (i32.const 1)))`;
}

async function module(contract = 1): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  const source = text(JSON.stringify(description(contract)));
  const wasm = (await wabt()).parseWat('stubborn.wat', source).toBinary({}).buffer;
  return { wasm, sha256: createHash('sha256').update(wasm).digest('hex') };
}

async function stubborn(t: TestContext, settings: Partial<Settings> = {}) {
  const plugin = await loadPlugin({ ...(await module()), timeoutMs: 1000, maxInstances: 1, ...settings });
  t.after(() => plugin.close());
  const works = async () => {
    const document = { kind: 'rejected', message: 'm', retry: 'never', effect: 'none' };
    assert.deepEqual((await failure(plugin.call('tell', document, {}))).toJSON(), document, 'the next call');
  };
  return { plugin, works };
}

test('a plugin that never ends is stopped, and the process goes on meanwhile', async (t) => {
  const { plugin, works } = await stubborn(t);
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 20);
  const error = await failure(plugin.call('spin', {}, {}));
  clearInterval(timer);
  assert.deepEqual([error.kind, error.effect], ['internal', 'none']);
  assert.equal(error.message, 'The plugin did not end within 1 s and was stopped.');
  assert.ok(ticks > 5, `${ticks} ticks`);
  await works();
});

test('a plugin that never ends after a request may have changed something', async (t) => {
  const url = await answering(t, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  const { plugin, works } = await stubborn(t);
  const error = await failure(plugin.call('fetch_and_spin', { url, method: 'GET' }, { base_url: url }));
  assert.deepEqual([error.kind, error.effect], ['internal', 'unknown']);
  await works();
});

test('a plugin that stops in the middle is told as such', async (t) => {
  const { plugin, works } = await stubborn(t);
  const error = await failure(plugin.call('trap', {}, {}));
  assert.deepEqual([error.kind, error.effect], ['internal', 'none']);
  assert.match(error.message, /^The plugin stopped in the middle: /);
  await works();
});

test('an address that is none stops the plugin, not the host', async (t) => {
  const { plugin, works } = await stubborn(t);
  const error = await failure(plugin.call('fetch', { url: 'nowhere', method: 'GET' }, {}));
  assert.deepEqual([error.kind, error.effect], ['internal', 'none']);
  await works();
});

test('an error that is no document, and an output that is no JSON, are not shown', async (t) => {
  const { plugin, works } = await stubborn(t);
  assert.equal((await failure(plugin.call('mumble', {}, {}))).message, 'The plugin failed without an error document.');
  assert.equal((await failure(plugin.call('babble', {}, {}))).message, 'The plugin answered without JSON.');
  await works();
});

test('a secret that a plugin tells is taken out', async (t) => {
  const { plugin } = await stubborn(t);
  const document = { kind: 'rejected', message: `the key ${SECRET} is wrong`, retry: 'never', effect: 'none' };
  const error = await failure(plugin.call('tell', document, { key: SECRET }));
  assert.equal(error.message, 'the key *** is wrong');
});

test("an instance is used again after an error of the plugin's own, and not after it was stopped", async (t) => {
  const { plugin, works } = await stubborn(t);
  for (let round = 0; round < 3; round += 1) {
    await works();
    await failure(plugin.call('trap', {}, {}));
    await failure(plugin.call('spin', {}, {}));
  }
  await works();
});

test('a plugin of another contract is not loaded', async () => {
  await assert.rejects(loadPlugin(await module(2)), /keeps to contract 2, this host to 1: install one that fits/);
});

test('a module that describes nothing is not loaded', async () => {
  const wasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  await assert.rejects(loadPlugin({ wasm, sha256 }), /can't be described/);
});
