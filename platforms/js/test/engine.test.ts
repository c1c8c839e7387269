// Plugins that do what good ones do not, and how a call is run again.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { loadPlugin, type HttpRequest, type Settings } from 'plugin-engine';
import { Blocks } from '../src/engine/blocks';
import { greedy, hostile } from './hostile';
import { failure } from './support';

const SECRET = 'a-secret-of-some-length';
const URL = 'https://shop.example/';
const REQUEST = { url: URL, method: 'POST' };
const CONNECTION = { base_url: URL, key: SECRET };

/** A hostile plugin, and the requests that it makes: each is answered with its number. */
async function loaded(t: TestContext, settings: Partial<Settings> = {}) {
  const sent: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    sent.push(request);
    const number = sent.length;
    await new Promise(setImmediate);
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ number })) };
  };
  const plugin = await loadPlugin({ ...(await hostile()), client: { send }, ...settings });
  t.after(() => plugin.close());
  const works = async () => {
    const document = { kind: 'rejected', message: 'm', retry: 'never', effect: 'none' };
    assert.deepEqual((await failure(plugin.call('tell', document, {}))).toJSON(), document, 'the next call');
  };
  return { plugin, sent, works };
}

test('each request of a call is made once, and its answer is that of each run', async (t) => {
  const { plugin, sent } = await loaded(t);
  assert.deepEqual(await plugin.call('relay_twice', REQUEST, CONNECTION), { number: 2 });
  assert.deepEqual(
    sent.map(({ body }) => Buffer.from(body ?? '').toString()),
    ['', 'n'],
  );
});

test('a hundred calls at once share an instance, and each gets its own answer', async (t) => {
  const { plugin, sent } = await loaded(t, { maxAtOnce: 100 });
  const calls = Array.from({ length: 100 }, () => plugin.call('relay', REQUEST, CONNECTION));
  const numbers = (await Promise.all(calls)).map(({ number }) => number);
  assert.deepEqual([new Set(numbers).size, sent.length], [100, 100]);
  assert.deepEqual(await plugin.call('mark', {}, CONNECTION), { n: 0 });
  assert.deepEqual(await plugin.call('mark', {}, CONNECTION), { n: 1 }, 'it is the same one still');
});

test('what a run that does not count has changed is put back, and what counts is kept', async (t) => {
  const { plugin } = await loaded(t);
  for (const n of [0, 1, 2]) assert.deepEqual(await plugin.call('remember', REQUEST, CONNECTION), { n });
  const atOnce = await Promise.all([1, 2].map(() => plugin.call('remember', REQUEST, CONNECTION)));
  assert.deepEqual(atOnce, [{ n: 3 }, { n: 3 }], 'a call sees what there was when it began');
});

test('no connection sees what another left in memory or in variables', async (t) => {
  const { plugin } = await loaded(t);
  for (const key of ['one', 'another']) {
    const connection = { ...CONNECTION, key };
    assert.deepEqual(await plugin.call('mark', {}, connection), { n: 0 });
    assert.deepEqual(await plugin.call('remember', REQUEST, connection), { n: 0 });
  }
});

test('a plugin that asks for something else when it is run again is stopped, and nothing is sent twice', async (t) => {
  const { plugin, sent, works } = await loaded(t);
  const error = await failure(plugin.call('count', REQUEST, CONNECTION));
  assert.deepEqual([error.kind, error.effect, sent.length], ['internal', 'unknown', 1]);
  assert.match(error.message, /asked for something else when it was run again/);
  await works();
});

test('what is logged is told once, in the order of the run that counts, and without secrets', async (t) => {
  const lines: [string, string][] = [];
  const { plugin } = await loaded(t, { log: (...line) => lines.push(line) });
  await plugin.call('say', REQUEST, CONNECTION);
  assert.deepEqual(lines, [
    ['info', 'key'],
    ['info', '***'],
  ]);
  lines.length = 0;
  const key = 'long-secret'.repeat(1000);
  await plugin.call('say', REQUEST, { ...CONNECTION, key });
  assert.deepEqual(lines[1], ['info', '***'], 'cut after its secret was taken out');
});

test('a plugin that repeats its request by itself comes to the end of its requests', async (t) => {
  let asked = 0;
  const send = async () => {
    asked += 1;
    return { reason: 'connect' as const };
  };
  const { plugin, works } = await loaded(t, { client: { send } });
  const error = await failure(plugin.call('repeat', REQUEST, CONNECTION));
  assert.deepEqual([error.kind, error.effect, asked], ['internal', 'none', 64]);
  assert.match(error.message, /cap "requests": 64/);
  await works();
});

test('a plugin that stops in the middle, or goes beyond a cap, is told as such, and the next call works', async (t) => {
  const { plugin, works } = await loaded(t);
  const cases: [string, RegExp][] = [
    ['trap', /unreachable/],
    ['recurse', /call stack/],
    ['wants', /no export "wants"/],
    ['grow', /cap "memory": 64 MiB/],
    ['grow_unseen', /cap "memory": 64 MiB/],
    ['blocks', /cap "blocks": 10000/],
    ['huge_block', /cap "memory"/],
    ['huge_output', /cap "output"/],
    ['catch', /cap "memory"/],
  ];
  for (const [action, why] of cases) {
    const error = await failure(plugin.call(action, {}, CONNECTION));
    assert.deepEqual([error.kind, error.retry, error.effect], ['internal', 'never', 'none'], action);
    assert.match(error.message, /^The plugin stopped in the middle: /);
    assert.match(error.message, why);
    await works();
  }
});

test('an instance goes on after an error of its own, and not after it was stopped', async (t) => {
  const { plugin, works } = await loaded(t);
  const runs = async () => (await plugin.call('mark', {}, CONNECTION)).n;
  assert.equal(await runs(), 0);
  await failure(plugin.call('mumble', {}, CONNECTION));
  assert.equal(await runs(), 1);
  await failure(plugin.call('trap', {}, CONNECTION));
  assert.equal(await runs(), 0);
  await works();
});

test('an instance whose memory has grown is replaced, however often', async (t) => {
  const { plugin } = await loaded(t);
  for (let call = 0; call < 200; call += 1) assert.deepEqual(await plugin.call('swell', {}, CONNECTION), { n: 0 });
});

test('an address that is none is not asked for', async (t) => {
  const { plugin, sent, works } = await loaded(t);
  for (const input of [{ url: 'nowhere' }, { url: 7 }, {}, { url: URL, headers: { a: 1 } }]) {
    const error = await failure(plugin.call('relay', input, CONNECTION));
    assert.deepEqual([error.kind, error.effect], ['internal', 'none'], JSON.stringify(input));
  }
  assert.equal(sent.length, 0);
  await works();
});

test('an error that is no document, and an output that is no JSON, are not shown', async (t) => {
  const { plugin } = await loaded(t);
  assert.equal((await failure(plugin.call('mumble', {}, {}))).message, 'The plugin failed without an error document.');
  assert.equal((await failure(plugin.call('babble', {}, {}))).message, 'The plugin answered without JSON.');
});

test('a secret that a plugin tells is taken out', async (t) => {
  const { plugin } = await loaded(t);
  const document = { kind: 'rejected', message: `the key ${SECRET} is wrong`, retry: 'never', effect: 'none' };
  assert.equal((await failure(plugin.call('tell', document, CONNECTION))).message, 'the key *** is wrong');
});

test('a client that throws may have sent the request', async (t) => {
  const { plugin } = await loaded(t, { client: { send: () => Promise.reject(new Error('no reason')) } });
  const error = await failure(plugin.call('relay', REQUEST, CONNECTION));
  assert.deepEqual([error.kind, error.effect], ['internal', 'unknown']);
});

test('a plugin of another contract is not loaded, nor one that describes nothing or wants more', async () => {
  await assert.rejects(loadPlugin(await hostile(2)), /keeps to contract 2, this host to 1: install one that fits/);
  await assert.rejects(loadPlugin(await greedy()), /wants "random" of "env", which hosts of its contract do not have/);
  const wasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const sha256 = '93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476';
  await assert.rejects(loadPlugin({ wasm, sha256 }), /can't be described: .* no export "describe"/);
});

test('the process goes on while a plugin waits', async (t) => {
  const server = createServer((_, response) => setTimeout(() => response.end('{}'), 300));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plugin = await loadPlugin(await hostile());
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 20);
  await plugin.call('relay', { url }, { base_url: url });
  clearInterval(timer);
  assert.ok(ticks > 3, `${ticks} ticks`);
});

test('a block holds what was put there, and what is no block is nothing', () => {
  const blocks = new Blocks();
  const [first, second] = [blocks.put(Buffer.from('first')), blocks.put(Buffer.from('the second'))];
  const read = (offset: number) => Buffer.from(blocks.get(offset)).toString();
  assert.deepEqual([read(first), read(second), blocks.length(second)], ['first', 'the second', 10]);
  for (const offset of [0, first + 1, 2 ** 40, -1, NaN]) {
    blocks.free(offset);
    blocks.storeByte(offset === first + 1 ? 0 : offset, 1);
    assert.deepEqual([blocks.length(offset), read(offset)], [0, '']);
  }
  assert.deepEqual([blocks.loadWord(-8), blocks.loadByte(2 ** 53), read(first)], [0n, 0, 'first']);
});

test('freed room is used again without what was in it', () => {
  const blocks = new Blocks();
  const freed = blocks.put(Buffer.from('secret'));
  blocks.free(freed);
  blocks.free(freed);
  assert.deepEqual([blocks.alloc(3), [...blocks.get(freed)]], [freed, [0, 0, 0]]);
  blocks.put(new Uint8Array(2 ** 20).fill(7));
  blocks.reset();
  assert.deepEqual([blocks.length(freed), blocks.alloc(8), blocks.loadWord(16)], [0, 16, 0n]);
  assert.throws(() => blocks.alloc(2 ** 27), /cap "memory"/);
});
