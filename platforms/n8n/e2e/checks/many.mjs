// Ten thousand items in one execution, twice, so that what leaks shows.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { check } from '../support.mjs';
import { ask, newOrders } from '../sandbox.mjs';

const COUNT = 10_000;
const FIRST = 500_000;
/** One in so many is an order that does not exist. */
const UNKNOWN_EVERY = 1000;

const numbers = Array.from({ length: COUNT }, (_, at) => String(FIRST + at));
const isUnknown = (at) => at % UNKNOWN_EVERY === UNKNOWN_EVERY - 1;

export async function many(n8n) {
  await newOrders(numbers.filter((_, at) => !isUnknown(at)));
  const before = await settled(n8n);
  let afterFirst = 0;

  await check(`${COUNT} items come out in order, failed ones in their places`, async () => {
    const { seconds, peakMb } = await run(n8n, 'cancel');
    afterFirst = await settled(n8n);
    return `${seconds} s, ${peakMb} MB resident at most; heap ${before} MB before, ${afterFirst} MB after`;
  });

  await check(`${COUNT} items more take no memory for good`, async () => {
    const { seconds, peakMb } = await run(n8n, 'return');
    const after = await settled(n8n);
    // A kilobyte an item.
    assert.ok(after < afterFirst + COUNT / 1000, `the heap is ${after} MB after, ${afterFirst} MB before`);
    return `${seconds} s, ${peakMb} MB resident at most; heap ${after} MB after`;
  });
}

async function run(n8n, status) {
  const began = Date.now();
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb(n8n))), 200);
  const answer = await n8n.webhook('many', {
    items: numbers.map((number, at) => ({ number: isUnknown(at) ? '9' + number : number, status })),
  });
  clearInterval(watch);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  assert.equal(answer.status, 200);

  const output = await answer.json();
  assert.equal(output.length, COUNT);
  output.forEach((item, at) => {
    if (isUnknown(at)) assert.equal(item.error.kind, 'not_found', `item ${at}`);
    else assert.deepEqual([item.bill_id, item.status], [numbers[at], status], `item ${at}`);
  });
  for (const at of [0, 1, COUNT / 2, COUNT - 2]) {
    const { status: now, most_at_once } = await ask(`/orders/${numbers[at]}`);
    assert.deepEqual([now, most_at_once], [status, 1]);
  }
  return { seconds, peakMb };
}

/** The heap, once no work is left over. */
async function settled(n8n) {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return n8n.heapMb();
}

function residentMb(n8n) {
  const status = readFileSync(`/proc/${n8n.process.pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) / 1024);
}
