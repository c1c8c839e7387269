import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel, type Batching } from '../nodes/parallel';

/** As n8n's own: no longer than until the signal comes. */
const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});

const batches = (atOnce: number, more: Partial<Batching> = {}): Batching => {
  return { atOnce, intervalMs: 0, sleep: pause, ...more };
};

test('results are in the order of the items, whoever ends first', async () => {
  const results = await inParallel(20, batches(4), async (index) => {
    await sleep((20 - index) % 5);
    return index;
  });
  assert.deepEqual(results, [...Array(20).keys()]);
});

test('no more than so many are under way at once', async () => {
  let now = 0;
  let most = 0;
  await inParallel(30, batches(4), async () => {
    most = Math.max(most, ++now);
    await sleep(1);
    now--;
  });
  assert.equal(most, 4);
});

test('after a failure nothing is begun, what is under way ends, and the first item tells why', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const all = inParallel(100, batches(3), async (index) => {
    begun.push(index);
    await sleep(index === 0 ? 20 : 5);
    ended.push(index);
    if (index < 2) throw new Error(`item ${index}`);
  });
  await assert.rejects(all, /^Error: item 0$/);
  assert.ok(begun.length < 10, `${begun.length} were begun`);
  assert.deepEqual(ended.toSorted(), begun.toSorted());
});

test('no items are no work', async () => {
  assert.deepEqual(await inParallel(0, batches(4), () => assert.fail('there is none')), []);
});

test('in an interval no more are begun than a batch has, and in their order', async () => {
  const begun: { index: number; at: number }[] = [];
  await inParallel(10, batches(3, { intervalMs: 60 }), async (index) => {
    begun.push({ index, at: Date.now() });
  });
  assert.deepEqual(
    begun.map(({ index }) => index),
    [...Array(10).keys()],
  );
  begun.slice(3).forEach(({ at }, later) => assert.ok(at - begun[later]!.at >= 60, `${at - begun[later]!.at} ms`));
});

test('nothing waits for its interval once the work is called off', async () => {
  const over = new AbortController();
  const done: number[] = [];
  const all = inParallel(6, batches(2, { intervalMs: 1e6, signal: over.signal }), async (index) => {
    done.push(index);
  });
  await sleep(1);
  assert.deepEqual(done, [0, 1]);
  over.abort();
  await all;
  assert.deepEqual(done, [0, 1, 2, 3, 4, 5]);
});

test('a failure is told at once, whatever the interval', async () => {
  const all = inParallel(6, batches(2, { intervalMs: 1e6 }), async (index) => {
    await sleep(5);
    if (index === 1) throw new Error(`item ${index}`);
  });
  await assert.rejects(all, /^Error: item 1$/);
});
