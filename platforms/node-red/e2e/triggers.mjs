// What happens in the shop becomes messages: by webhook, by poll, and whatever happens to Node-RED meanwhile.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectionNode } from './flows.mjs';

const { SANDBOX_URL } = process.env;
const SECRET = 'a1'.repeat(16);

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for ten seconds at most, until `look` gives something that is true. */
export async function until(what, look) {
  for (let tries = 0; tries < 100; tries += 1) {
    const seen = await look();
    if (seen) return seen;
    await pause(100);
  }
  throw new Error(`${what} did not happen within ten seconds`);
}

/** Asks the sandbox, or sets something there. */
export async function sandbox(path, body) {
  const put = { method: 'PUT', body: JSON.stringify(body) };
  const answer = await fetch(`${SANDBOX_URL}/${path}`, body === undefined ? {} : put);
  const text = await answer.text();
  assert.ok(answer.ok, `the sandbox answers ${answer.status} to ${path}: ${text}`);
  return JSON.parse(text);
}

/** Posts to it. */
export async function happens(path, body) {
  const answer = await fetch(`${SANDBOX_URL}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `the sandbox answers ${answer.status} to ${path}: ${text}`);
  return JSON.parse(text);
}

/** An order of somebody, made now. */
export async function newOrder(bill_id, email = `buyer-${bill_id}@email.com`) {
  const created = Math.floor(Date.now() / 1000) - 5;
  const items = [{ good_name: 'invoice', title: 'Payment for training', sum: '1500.00', price: '1500.00' }];
  return sandbox(`orders/${bill_id}`, { status: 'new', data: { email, first_name: 'Anna', created, items } });
}

/** A node that tells what happens. */
export function telling(id, trigger, more = {}) {
  const start = { type: 'now', value: '' };
  const own = {
    trigger,
    fields: {},
    base: '',
    every: 1,
    start,
    shared: false,
    inputs: 0,
    credentials: { secret: SECRET },
  };
  return { id, z: 'tells', type: 'justclick in', name: '', connection: 'shop', x: 120, y: 80, ...own, ...more };
}

/** Keeps what comes out of nodes, and shows it at `/told`; `GET /forget` forgets it. */
export function collected(nodes) {
  const remember =
    "const all = flow.get('all') || []; all.push({ payload: msg.payload, event: msg.event }); flow.set('all', all);";
  const http = (id, url, to, y) => ({ id, z: 'tells', type: 'http in', url, method: 'get', x: 120, y, wires: [[to]] });
  const code = (id, func, y, to = []) => ({
    id,
    z: 'tells',
    type: 'function',
    func,
    outputs: 1,
    x: 340,
    y,
    wires: [to],
  });
  return [
    { id: 'tells', type: 'tab', label: 'What happens' },
    ...nodes.map((node, at) => ({ ...node, y: 80 + at * 60, wires: [['remember']] })),
    code('remember', remember, 80),
    http('asked', '/told', 'all', 340),
    code('all', "msg.payload = flow.get('all') || []; return msg;", 340, ['answer']),
    http('forget-asked', '/forget', 'forget', 400),
    code('forget', "flow.set('all', []); msg.payload = []; return msg;", 400, ['answer']),
    { id: 'answer', z: 'tells', type: 'http response', statusCode: '200', x: 560, y: 340, wires: [] },
  ];
}

export async function told(platform) {
  return (await fetch(`${platform.url}/told`)).json();
}

/** What was told before is another check's. */
export async function forget(platform) {
  await fetch(`${platform.url}/forget`);
}

export const address = (platform, trigger) => `${platform.url}/justclick/${trigger}/${SECRET}`;

const statuses = ({ attempts }) => attempts.map(({ status }) => status);

/** `series` begins the numbers of the orders. */
export async function webhooks(platform, on, { account, series }) {
  const [first, second, third] = ['1', '2', '3'].map((n) => `${series}0000${n}`);
  const shop = connectionNode('shop', account);
  await platform.deploy([shop, ...collected([telling('paid', 'order_paid'), telling('cancelled', 'order_cancelled')])]);
  await forget(platform);
  const urls = Object.fromEntries(['order_paid', 'order_cancelled'].map((name) => [name, [address(platform, name)]]));
  await sandbox('control/shop', { webhooks: urls });
  await sandbox('control/deliveries', { hold: true });
  await newOrder(first);
  const { deliveries } = await happens('events', { event: 'order_paid', bill_id: first });
  const [id] = deliveries;
  assert.deepEqual(statuses(await happens(`deliveries/${id}`, { forge: 'key' })), [401]);
  assert.deepEqual(statuses(await happens(`deliveries/${id}`, { forge: 'missing' })).slice(1), [401]);
  const strange = `${platform.url}/justclick/order_paid/${'0'.repeat(32)}`;
  assert.deepEqual(statuses(await happens(`deliveries/${id}`, { url: strange })).slice(2), [404]);
  assert.deepEqual(await told(platform), []);
  on('a webhook that is forged, or goes to an address that is none, is no message');

  assert.deepEqual(statuses(await happens(`deliveries/${id}`, { times: 3 })).slice(3), [200, 200, 200]);
  await until('the message', async () => (await told(platform)).length > 0);
  const [{ payload, event }] = await told(platform);
  assert.deepEqual([payload.bill_id, payload.email, payload.total], [first, `buyer-${first}@email.com`, '1500.00']);
  assert.deepEqual([event.type, event.source, event.subject], ['justclick.order_paid', '/justclick/The%20shop', first]);
  assert.deepEqual([event.data, Number.isNaN(Date.parse(event.time))], [payload, false]);
  on('a webhook is a message, once, however often it comes');

  const replayed = await happens(`deliveries/${id}`, {
    as: 'order_cancelled',
    url: address(platform, 'order_cancelled'),
  });
  assert.ok(statuses(replayed).at(-1) < 500);
  await newOrder(second);
  await sandbox('control/misbehaviour', { getOrderDetails: { misbehaviour: 'http-503', times: 1 } });
  const again = await happens('events', { event: 'order_paid', bill_id: second });
  assert.deepEqual(statuses(await happens(`deliveries/${again.deliveries[0]}`, {})), [200]);
  await until('the second message', async () => (await told(platform)).length > 1);
  assert.deepEqual(
    (await told(platform)).map(({ payload }) => payload.bill_id),
    [first, second],
  );
  on('one under another status is none, and one that can not be confirmed at once comes when it can');

  const late = await happens('events', { event: 'order_paid', bill_id: (await newOrder(third)).bill_id });
  await platform.stop();
  await platform.launch();
  assert.deepEqual(statuses(await happens(`deliveries/${late.deliveries[0]}`, { times: 2 })), [200, 200]);
  assert.deepEqual(statuses(await happens(`deliveries/${id}`, {})).at(-1), 200);
  await until('the late message', async () => (await told(platform)).length > 0);
  assert.deepEqual(
    (await told(platform)).map(({ payload }) => payload.bill_id),
    [third],
  );
  on('one that comes late finds the same address after a restart, and what was told before stays told');

  const big = await fetch(address(platform, 'order_paid'), { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) });
  assert.deepEqual([big.status, await big.text()], [413, '']);
  await platform.deploy([shop, ...collected([telling('cancelled', 'order_cancelled')])]);
  assert.deepEqual(statuses(await happens(`deliveries/${id}`, {})).at(-1), 404);
  on('a body that is too large is refused, and a node that is gone has no address');
  await sandbox('control/deliveries', { hold: false });
  assert.ok(!platform.log.includes(SECRET), 'the secret of an address is in the log');
}

/** `series` begins the numbers of the orders. */
export async function polls(platform, on, { account, series }) {
  const [before, first, second, third, fourth] = ['0', '1', '2', '3', '4'].map((n) => `${series}1000${n}`);
  const shop = connectionNode('shop', account);
  const shared = { shared: true };
  const nodes = [telling('new', 'new_order', shared), telling('created', 'order_created', shared)];
  await sandbox('control/shop', { webhooks: { order_created: [address(platform, 'order_created')] } });
  await newOrder(before);
  await platform.deploy([shop, ...collected(nodes)]);
  await forget(platform);
  const ids = async () => (await told(platform)).map(({ payload }) => payload.bill_id);
  // That it has asked is known by what it keeps.
  const asked = () => existsSync(join(platform.userDir, 'plugin-state/justclick/new.json'));
  await until('that it asks', asked);
  await pause(1500);
  const early = await ids();

  await newOrder(first);
  await until('the new order', async () => (await ids()).includes(first));
  await newOrder(second);
  await happens('events', { event: 'order_created', bill_id: second });
  await until('the second', async () => (await ids()).includes(second));
  await pause(2500);
  assert.deepEqual((await ids()).slice(early.length).sort(), [first, second]);
  on('a poll tells what is new, and with a webhook of the same that shares it, each comes once');

  await platform.kill();
  await newOrder(third);
  await platform.launch();
  await until('what happened meanwhile', async () => (await ids()).length > 0);
  await platform.deploy([shop, ...collected(nodes.map((node) => ({ ...node, name: 'renamed' })))], 'nodes');
  await newOrder(fourth);
  await until('what happens after a deploy', async () => (await ids()).includes(fourth));
  assert.deepEqual(await ids(), [third, fourth]);
  on('what happened while Node-RED was killed comes once, and a deploy repeats nothing');
}
