// Many calls on one instance. CALLS=10000 is what a long-lived process makes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ACTION, ask, connection, load } from './support';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const CALLS = Number(process.env.CALLS ?? 500);
const cancel = (bill_id: number) => ({ bill_id, status: 'cancel' });

test(`${CALLS} calls leave the memory as it was`, { timeout: 600_000 }, async (t) => {
  const plugin = await load(t);
  for (const id of [700, 702]) await ask(`/orders/${id}`, { misbehaviour: null });
  await ask('/orders/701', { misbehaviour: 'drop-after' });
  const calls = async (count: number) => {
    // One in four fails; two orders, so that there are always calls under way.
    const one = async (id: number) => {
      for (let call = 0; call < count / 2; call += 1) {
        const bad = call % 2 === 1 && id === 702;
        await plugin.call(ACTION, cancel(bad ? 701 : id), connection()).then(
          () => assert.ok(!bad),
          (error) => assert.equal(bad && error.kind, 'unavailable'),
        );
      }
    };
    await Promise.all([one(700), one(702)]);
  };
  await calls(200);
  const before = memory();
  await calls(CALLS);
  const after = memory();
  t.diagnostic(`MiB in use and of the process: ${before.map(Math.round)} before, ${after.map(Math.round)} after`);
  assert.ok(after[0] - before[0] < 8, 'in use');
  // Node takes its time to give back what was thrown away, version 24 the most.
  assert.ok(after[1] - before[1] < 256, 'of the process');
});

/** MiB that are in use in this thread, and those of the whole process. */
function memory(): [number, number] {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return [(heapUsed + external) / 2 ** 20, rss / 2 ** 20];
}

test('a process with a plugin that is idle ends by itself', async () => {
  assert.equal(await said('idle'), 'done\n');
});

test('a process whose plugin was closed in the middle ends by itself', async () => {
  assert.equal(await said('ended'), 'done\n');
});

/** What a program says, if it comes to an end. */
async function said(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`${__dirname}/${name}.cjs`], { timeout: 120_000 });
  return stdout;
}
