import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../nodes/parallel';

test('results are in the order of the items, whoever ends first', async () => {
  const results = await inParallel(20, 4, async (index) => {
    await sleep((20 - index) % 5);
    return index;
  });
  assert.deepEqual(results, [...Array(20).keys()]);
});

test('no more than so many are under way at once', async () => {
  let now = 0;
  let most = 0;
  await inParallel(30, 4, async () => {
    most = Math.max(most, ++now);
    await sleep(1);
    now--;
  });
  assert.equal(most, 4);
});

test('after a failure nothing is begun, what is under way ends, and the first item tells why', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const all = inParallel(100, 3, async (index) => {
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
  assert.deepEqual(await inParallel(0, 4, () => assert.fail('there is none')), []);
});
