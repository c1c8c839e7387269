// The node that services send to: a plugin that says what it is told, and the made-up shop's real webhooks.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { eventsIn, nodesOf, Workflow, type Sent } from './triggers';

const { webhook, polling } = nodesOf('telling', 'Telling');

/** A workflow whose plugin says this, to the webhook and to the read that makes sure. */
function workflow(said: unknown, more: object = {}) {
  const made = new Workflow('tellingApi', { said: JSON.stringify(said), key: 'a secret of some length' });
  return Object.assign(made, more);
}

const telling = (ids: string[], response: object = { status: 200, body: 'thanks' }, id = ids[0]) => ({
  ...{ events: ids.map((id) => ({ id, subject: '7', data: { id } })), response, id },
});
const WEBHOOK = { event: 'webhook', options: { maxRetryWait: 0 } };

async function sent(to: Workflow, request?: Sent, node = webhook) {
  return node.webhook.call(to.context(WEBHOOK, request));
}

test('an event begins the workflow, and n8n answers as the plugin says once it has it', async () => {
  const to = workflow(telling(['a']));
  const { workflowData, ...answer } = await sent(to);
  assert.deepEqual(eventsIn(workflowData), [{ id: 'a', subject: '7', data: { id: 'a' } }]);
  assert.deepEqual(answer, { webhookResponse: 'thanks' });
  assert.deepEqual(to.answer, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
});

test('the same once more begins nothing, and is answered all the same', async () => {
  const to = workflow(telling(['a']));
  await sent(to);
  assert.deepEqual(await sent(to), { noWebhookResponse: true });
  assert.deepEqual([to.answer.status, to.answer.body], [200, 'thanks']);
});

test('two at once begin it once', async () => {
  const to = workflow(telling(['a']));
  const both = await Promise.all([sent(to), sent(to)]);
  assert.equal(both.filter(({ workflowData }) => workflowData).length, 1);
});

test('what a workflow was handed, it still knows when n8n has started again', async () => {
  const to = workflow(telling(['a']));
  await sent(to);
  // What is in the process is by the workflow's id.
  const later = workflow(telling(['a']), { record: JSON.parse(JSON.stringify(to.record)) as Workflow['record'] });
  assert.equal((await sent(later)).workflowData, undefined);
});

test('another account has events of its own', async () => {
  const to = workflow(telling(['a']));
  await sent(to);
  assert.equal(eventsIn((await sent(Object.assign(to, { credential: '2' }))).workflowData).length, 1);
});

test('a trial leaves nothing behind', async () => {
  const to = workflow(telling(['a']), { mode: 'manual' });
  for (let time = 0; time < 2; time += 1) assert.equal(eventsIn((await sent(to)).workflowData).length, 1);
  assert.deepEqual(to.record, { node: {} });
});

test('an answer other than 200 is as the plugin says, too', async () => {
  const to = workflow(telling(['a'], { status: 202, headers: { 'Content-Type': 'text/csv', 'X-Seen': '1' } }));
  const { workflowData, noWebhookResponse } = await sent(to);
  assert.deepEqual([eventsIn(workflowData).length, noWebhookResponse], [1, true]);
  assert.deepEqual(to.answer, { status: 202, headers: { 'content-type': 'text/csv', 'x-seen': '1' }, body: '' });
});

test('an event that the service does not know is dropped and logged', async () => {
  const to = workflow(telling(['a'], { status: 200 }, 'another'));
  assert.deepEqual(await sent(to), { noWebhookResponse: true });
  assert.deepEqual(to.log, ['Telling Trigger: Telling does not know of a.']);
});

test('what a person has to mend is an execution that fails, without secrets', async () => {
  const to = workflow({ events: 'none' });
  await assert.rejects(sent(to), (error: Error) => {
    assert.equal(error.constructor.name, 'NodeOperationError');
    assert.ok(!JSON.stringify({ ...error, stack: error.stack }).includes('a secret'));
    return true;
  });
  await assert.rejects(
    webhook.webhook.call(to.context({ event: 'gone' })),
    /^NodeOperationError: There is no event "gone"\./,
  );
});

test('what the webhook told, a poll of the same workflow does not tell again', async () => {
  const to = workflow(telling(['a', 'b'], { status: 200 }, 'a'));
  await sent(to);
  to.data.said = JSON.stringify({
    events: ['a', 'c'].map((id) => ({ id, data: { id } })),
    nextCursor: '1',
    hasMore: false,
  });
  const output = await polling.poll.call(to.context({ event: 'poll' }));
  assert.deepEqual(
    eventsIn(output).map(({ id }) => id),
    ['c'],
  );
  to.data.said = JSON.stringify(telling(['c']));
  assert.equal((await sent(to)).workflowData, undefined);
});

test('a service that has a call for it is told the address, and to stop', async () => {
  const to = workflow({ subscription: 's1' });
  const { checkExists, create, delete: remove } = webhook.webhookMethods.default;
  assert.equal(await checkExists.call(to.context(WEBHOOK)), false);
  assert.equal(await create.call(to.context(WEBHOOK)), true);
  assert.equal(await checkExists.call(to.context(WEBHOOK)), true);
  const kept = to.record.node?.subscriptions as Record<string, { subscription: string; secret: string }>;
  const [address] = Object.keys(kept);
  assert.equal(address, 'https://n8n.example/webhook/1/webhook');
  assert.ok(kept[address]!.secret.length >= 32);
  assert.equal(await remove.call(to.context(WEBHOOK)), true);
  assert.equal(await checkExists.call(to.context(WEBHOOK)), false);
});

test('a subscription that has ended by itself is made again', async () => {
  const to = workflow({ subscription: 's1', expires: 1362254400 });
  const { checkExists, create } = webhook.webhookMethods.default;
  await create.call(to.context(WEBHOOK));
  assert.equal(await checkExists.call(to.context(WEBHOOK)), false);
});

// The shop, which signs.

const shop = nodesOf('shop', 'Shop');
const ACCOUNT = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };

async function asked(path: string, body: object): Promise<any> {
  const headers = { authorization: ACCOUNT.token };
  const answer = await fetch(ACCOUNT.address + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

/** An address that hands what comes to the node, and answers what it says. */
async function address(t: TestContext, to: Workflow) {
  const begun: { id: string; data: any }[] = [];
  const server = createServer(async (message, response) => {
    const { method = '', headers, url = '' } = message;
    const body = (await buffer(message)).toString();
    const context = to.context(
      { event: 'order_paid' },
      { method, url, body, headers: headers as Record<string, string> },
    );
    const { workflowData, webhookResponse } = await shop.webhook.webhook.call(context);
    begun.push(...eventsIn(workflowData));
    response.writeHead(to.answer.status ?? 200).end(webhookResponse ?? to.answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { begun, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1` };
}

test("a shop's webhook, sent twice, begins a workflow once, and a forged one is refused", async (t) => {
  const order = { request_id: `hook-${Date.now()}`, customer: '7', goods: [{ sku: 'A-101', count: 1 }] };
  const { id } = await asked('/orders', order);
  const { begun, url } = await address(t, new Workflow('shopApi', ACCOUNT));
  const forged = await asked('/control/webhook', { url, order: id, forged: true });
  assert.deepEqual([forged.sent[0].status, forged.sent[0].body, begun.length], [401, '', 0]);
  const { sent: twice } = await asked('/control/webhook', { url, order: id, twice: true });
  assert.deepEqual(
    twice.map(({ status }: { status: number }) => status),
    [200, 200],
  );
  assert.deepEqual(
    begun.map(({ data }) => data.id),
    [id],
  );
});
