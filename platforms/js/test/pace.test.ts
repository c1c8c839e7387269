// How often a service may be asked, as its plugin says.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPlugin } from 'plugin-engine';
import type { Limit } from '../src/description';
import { Pace } from '../src/pace';

const SHOP = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
const NEVER = new AbortController().signal;

/** A clock that only sleeping moves on, from one who wakes to the next; and the calls with their times. */
function paced(limits: Limit[], ofAction: Limit[] = []) {
  let now = 5000;
  const calls: [string, number][] = [];
  const sleepers: { until: number; wake: () => void }[] = [];
  const wakeOne = () => {
    const [first] = sleepers.sort((one, other) => one.until - other.until).splice(0, 1);
    now = Math.max(now, first?.until ?? 0);
    first?.wake();
  };
  const sleep = (ms: number) => {
    return new Promise<void>((wake) => {
      sleepers.push({ until: now + ms, wake });
      setImmediate(wakeOne);
    });
  };
  const schema = { type: 'object' as const, properties: {} };
  const slow = {
    name: 'slow',
    title: 'S',
    description: '',
    inputSchema: schema,
    outputSchema: schema,
    limits: ofAction,
  };
  const pace = new Pace({ limits, actions: [slow] }, sleep, () => now);
  const call = (name: string, account = 'one', signal = NEVER) =>
    pace.take(
      account,
      name,
      signal,
      () => new Error('taken back'),
      async () => void calls.push([name, now - 5000]),
    );
  return { call, calls };
}

const limit = (requests: number, perS: number): Limit => ({ requests, perS, scope: 'connection' });

test('calls of an account are evenly spread by the slowest limit, first come, first served', async () => {
  const { call, calls } = paced([limit(100, 1), limit(2, 1)]);
  await Promise.all(['a', 'b', 'c'].map((name) => call(name)));
  assert.deepEqual(calls, [
    ['a', 0],
    ['b', 500],
    ['c', 1000],
  ]);
  await call('d', 'another');
  assert.deepEqual(calls.at(-1), ['d', 1000], 'accounts have times of their own');
});

test('an action keeps its own limit besides, and holds up no other', async () => {
  const { call, calls } = paced([limit(10, 1)], [limit(1, 1)]);
  await Promise.all([call('slow'), call('slow'), call('quick'), call('quick')]);
  const times = (wanted: string) => calls.filter(([name]) => name === wanted).map(([, time]) => time);
  const [first = NaN, second = NaN] = times('slow');
  assert.equal(second - first, 1000);
  assert.ok(times('quick').every((time) => time < second));
});

test('who waits for a time can be taken back, and holds up nobody', async () => {
  const { call, calls } = paced([limit(1, 1)]);
  const end = new AbortController();
  await call('a');
  const waiting = call('b', 'one', end.signal);
  const next = call('c');
  end.abort();
  await assert.rejects(waiting, /taken back/);
  await next;
  assert.deepEqual(
    calls.map(([name]) => name),
    ['a', 'c'],
  );
});

test('without limits nobody waits', async () => {
  const { call, calls } = paced([]);
  await Promise.all([call('slow'), call('slow')]);
  assert.deepEqual(calls, [
    ['slow', 0],
    ['slow', 0],
  ]);
});

test("a plugin's calls keep its limits where the platform has a timer", async (t) => {
  const wasm = readFileSync(join(process.env.SHOP_BUNDLE ?? '', 'shop.wasm'));
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const plugin = await loadPlugin({ wasm, sha256: createHash('sha256').update(wasm).digest('hex'), sleep });
  t.after(() => plugin.close());
  const order = () => plugin.call('create_order', { customer: 7, goods: [{ sku: 'A-101', count: 1 }] }, SHOP);
  await Promise.all([order(), order(), order()]);
  assert.ok(
    slept.some((ms) => ms > 10 && ms <= 50),
    'of create_order, 20 a second',
  );
});
