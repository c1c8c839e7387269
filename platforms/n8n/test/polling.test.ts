// The node that asks a service: a plugin that says what it is told, and the made-up shop.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsIn, nodesOf, Workflow } from './triggers';

const { polling } = nodesOf('telling', 'Telling');
const shop = nodesOf('shop', 'Shop');

const page = (ids: string[], nextCursor: string) => ({
  ...{ events: ids.map((id) => ({ id, data: { id } })), nextCursor, hasMore: false },
});

function workflow(said: unknown): Workflow {
  return new Workflow('tellingApi', { said: JSON.stringify(said) });
}

async function tick(of: Workflow, said?: unknown, parameters: object = {}) {
  if (said !== undefined) of.data.said = JSON.stringify(said);
  const output = await polling.poll.call(of.context({ event: 'poll', ...parameters }));
  return eventsIn(output).map(({ id }) => id);
}

test('a tick gives what is new, each event once, and n8n keeps where it has come', async () => {
  const of = workflow(page(['a', 'b'], '1'));
  assert.deepEqual(await tick(of), ['a', 'b']);
  assert.equal(of.record.node?.cursor, '1');
  assert.deepEqual(await tick(of, page(['b', 'c'], '2')), ['c']);
  assert.equal(await polling.poll.call(of.context({ event: 'poll' })), null, 'nothing new begins no workflow');
});

test('two ticks that overlap give an event once', async () => {
  const of = workflow(page(['a'], '1'));
  const both = await Promise.all([tick(of), tick(of)]);
  assert.deepEqual(both.flat(), ['a']);
});

test('what it is asked with has a place of its own', async () => {
  const of = workflow(page([], '1'));
  await tick(of);
  const first = of.record.node?.of;
  await tick(of, page([], '2'), { text: 'x' });
  assert.notEqual(of.record.node?.of, first);
});

test('a test shows an event that has happened, or else the sample, and changes nothing', async () => {
  const of = Object.assign(workflow(page(['a', 'b'], '1')), { mode: 'manual' });
  assert.deepEqual(await tick(of), ['b']);
  assert.deepEqual(await tick(of, page([], '1')), ['sample']);
  assert.deepEqual(of.record, {});
});

test('a service in trouble is asked again later, but for the first time, when somebody is there to see it', async () => {
  const of = workflow({ kind: 'throttled', message: 'Not now.', retry: 'later', effect: 'none', retry_after_s: 600 });
  const failing = () => polling.poll.call(of.context({ event: 'fail' }));
  await assert.rejects(failing(), /^NodeApiError: Not now\./);
  of.record.node = { of: JSON.stringify(['fail', {}, '1']), cursor: '1' };
  assert.equal(await failing(), null);
  assert.deepEqual(of.log, ['Telling Polling Trigger: Not now. It is asked again later.']);
  assert.equal(await failing(), null, 'not before the time that it has named');
  assert.equal(of.log.length, 1);
  assert.equal(of.record.node.cursor, '1');
});

test('what a person has to mend fails each time', async () => {
  const of = workflow({ kind: 'auth', message: 'Wrong key.', retry: 'never', effect: 'none' });
  of.record.node = { of: JSON.stringify(['fail', {}, '1']), cursor: '1' };
  await assert.rejects(polling.poll.call(of.context({ event: 'fail' })), /^NodeApiError: Wrong key\./);
});

test('it begins with all that there is, or with a date of the time zone of the workflow', async () => {
  const account = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
  const order = { request_id: `poll-${Date.now()}`, customer: '9', goods: [{ sku: 'A-101', count: 1 }] };
  const headers = { authorization: account.token };
  const made = await fetch(`${account.address}/orders`, { method: 'POST', headers, body: JSON.stringify(order) });
  const { id } = (await made.json()) as { id: string };
  const first = async (parameters: object) => {
    const context = new Workflow('shopApi', account).context({ event: 'order_created', ...parameters });
    return eventsIn(await shop.polling.poll.call(context)).map(({ data }) => data.id as string);
  };
  assert.ok((await first({ startWith: 'beginning' })).includes(id));
  assert.ok((await first({ startWith: 'date', startAt: '2013-03-03T00:00:00' })).includes(id));
  assert.deepEqual(await first({ startWith: 'date', startAt: '2113-03-03T00:00:00' }), []);
  assert.deepEqual(await first({ startWith: 'beginning', additionalFields: { customer: '9' } }), [id]);
  await assert.rejects(first({ startWith: 'date' }), /Start Date is missing/);
});
