// The client for wherever there is nothing but `fetch`, and the engine without Node.js.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from '../src/web';
import { ACTION, KEY, answering, ask, connection, failure, nature, nobody, serve } from './support';

const ORDER = { bill_id: '550', status: 'cancel' };
const LOST = ['unavailable', 'later', 'unknown'];
const NO_REPLY = ['unexpected_reply', 'never', 'unknown'];

async function load(t: TestContext, settings = {}) {
  const plugin = await loadPlugin({ wasm, sha256, allowPrivate: '*', ...settings });
  t.after(() => plugin.close());
  return plugin;
}

async function told(t: TestContext, url: string, settings = {}) {
  return failure((await load(t, settings)).call(ACTION, ORDER, connection(url)));
}

test("an order's status is changed over fetch", async (t) => {
  await ask('/orders/550', { status: 'new', misbehaviour: null });
  const plugin = await load(t);
  assert.equal((await plugin.call(ACTION, ORDER, connection())).status, 'cancel');
  assert.equal((await ask('/orders/550')).status, 'cancel');
  await ask('/orders/550', { misbehaviour: 'http-429' });
  assert.equal((await failure(plugin.call(ACTION, ORDER, connection()))).retryAfterS, 7);
});

test('what fetch says is told by the contract, and what it does not say may have been sent', async (t) => {
  assert.deepEqual(nature(await told(t, await nobody())), ['unavailable', 'later', 'none', 'connect']);
  assert.deepEqual(nature(await told(t, await serve(t, (socket) => socket.destroy()))), [...LOST, 'reset']);
  const silent = await answering(t, () => {});
  assert.deepEqual(nature(await told(t, silent, { timeoutMs: 300 })), [...LOST, 'timeout']);
});

test('fetch follows no redirect, and says where it leads', async (t) => {
  const head = 'HTTP/1.1 302 Found\r\nlocation: https://www.shop.example/a\r\ncontent-length: 0\r\n\r\n';
  const error = await told(t, await answering(t, (socket) => socket.end(head)));
  assert.deepEqual([nature(error), error.upstream?.http_status], [NO_REPLY, 302]);
  assert.match(error.message, /It was sent to https:\/\/www\.shop\.example\.$/);
});

test('fetch reads a body up to the cap, unpacked', async (t) => {
  const bomb = gzipSync(Buffer.alloc(2 ** 24));
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
  const url = await answering(t, (socket) => socket.write(Buffer.concat([Buffer.from(head), bomb])));
  assert.deepEqual(nature(await told(t, url)), [...NO_REPLY, 'too_large']);
});

test('an address that is not public is not asked for over fetch unless it is allowed', async (t) => {
  const url = await serve(t, () => assert.fail());
  for (const base of [url, url.replace('127.0.0.1', 'localhost'), 'https://10.0.0.1', 'http://[::1]:1']) {
    const error = await told(t, base, { allowPrivate: '' });
    assert.deepEqual([error.effect, error.upstream?.error_text], ['none', 'not_allowed'], base);
  }
  assert.ok(KEY);
});
