// The node that tells what happens, in its package, against the made-up shop's service.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, runtime, served, SHOP, userFolder } from './package';

const { file } = built('shop-in', SHOP);
const ACCOUNT = { address: process.env.SHOP_URL ?? '', credentials: { token: process.env.SHOP_TOKEN ?? '' } };
const SECRET = '0123456789abcdef0123456789abcdef';

async function control(path: string, body?: unknown): Promise<any> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${ACCOUNT.address}/${path}`, body === undefined ? {} : post)).json();
}

let requests = 0;
async function newOrder(customer = 7): Promise<string> {
  requests += 1;
  const request_id = `in-${process.pid}-${requests}`;
  const headers = { authorization: ACCOUNT.credentials.token };
  const body = JSON.stringify({ request_id, customer: String(customer), goods: [{ sku: 'A-101', count: 1 }] });
  const made = await fetch(`${ACCOUNT.address}/orders`, { method: 'POST', headers, body });
  return ((await made.json()) as any).id;
}

/** A node that has begun. */
function telling(def: object, userDir = userFolder()) {
  const settings = { settings: { userDir, httpNodeRoot: '/' } };
  const own = runtime(file, settings, { type: 'shop-connection', ...ACCOUNT });
  const node = own.make('shop in', {
    id: 'n/1',
    connection: 'shop',
    fields: {},
    credentials: { secret: SECRET },
    ...def,
  });
  own.started();
  const state = join(userDir, 'plugin-state/shop/n%2F1.json');
  return { node, userDir, state, red: own, close: (removed = false) => closed(node, removed) };
}

function closed(node: any, removed: boolean): Promise<void> {
  return new Promise((resolve, reject) => node.close(removed, (error?: Error) => (error ? reject(error) : resolve())));
}

async function until(what: string, holds: () => unknown): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds(), what);
}

const ofOrder = ({ sent }: any, order: string) => sent.filter(({ payload }: any) => payload.id === order);
const webhook = (body: object) => control('control/webhook', body);
const statuses = ({ sent }: any) => sent.map(({ status }: any) => status);

test('a webhook is a message, once, and what is forged is none', async () => {
  const { node, close, red } = telling({ trigger: 'order_paid' });
  const { url, stop } = await served(red.routes['/shop/:trigger/:secret']![0]!);
  const order = await newOrder();
  assert.deepEqual(statuses(await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order, forged: true })), [401]);
  assert.deepEqual(
    statuses(await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order, twice: true })),
    [200, 200],
  );
  assert.deepEqual(statuses(await webhook({ url: `${url}/shop/order_paid/${'1'.repeat(32)}`, order })), [404]);
  await until('a message', () => node.sent.length > 0);
  const [{ payload, event }] = node.sent;
  assert.equal(payload.id, order);
  assert.deepEqual([event.type, event.source, event.subject], ['shop.order_paid', '/shop/node', order]);
  assert.deepEqual(event.data, payload);
  assert.notEqual(event.data, payload, 'whoever changes the one leaves the other');
  assert.match(node.told.join('\n'), /^A webhook was refused: /);
  assert.deepEqual(node.shown, { fill: 'green', shape: 'dot', text: 'shop.status.listening' });
  await close();
  assert.deepEqual(statuses(await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order })), [404]);
  assert.deepEqual([node.sent.length, node.shown], [1, {}]);
  stop();
});

test('what is no webhook is answered with the table of the contract', async () => {
  const { close, red } = telling({ trigger: 'order_paid' });
  const { url, stop } = await served(red.routes['/shop/:trigger/:secret']![0]!);
  const post = async (body: BodyInit, headers = {}) =>
    (await fetch(`${url}/shop/order_paid/${SECRET}?a=1`, { method: 'POST', body, headers })).status;
  assert.equal(await post('x'.repeat(1024 * 1024 + 1)), 413);
  assert.equal(await post('{}'), 401, 'no signature');
  delete red.config.shop;
  assert.equal(await post('{}'), 500, 'a connection that is none');
  await close();
  stop();
});

test('events that can not be kept are answered so that they come again', async () => {
  const { node, close, red, userDir } = telling({ trigger: 'order_paid' });
  const { url, stop } = await served(red.routes['/shop/:trigger/:secret']![0]!);
  writeFileSync(join(userDir, 'plugin-state'), '');
  const sent = { url: `${url}/shop/order_paid/${SECRET}`, order: await newOrder() };
  assert.deepEqual(statuses(await webhook(sent)), [503]);
  assert.match(node.told.join('\n'), /can't be kept in Node-RED's folder/);
  rmSync(join(userDir, 'plugin-state'));
  assert.deepEqual(statuses(await webhook(sent)), [200]);
  await until('a message', () => node.sent.length > 0);
  await close();
  stop();
});

test('a poll goes on where it has stopped, also in a new node, and begins anew where it is another', async () => {
  await newOrder();
  const first = telling({ trigger: 'order_created', every: 1, start: { type: 'now', value: '' } });
  await until('that it asks', () => existsSync(first.state));
  const order = await newOrder();
  // What was made in the second in which it began may come, too.
  await until('a message', () => ofOrder(first.node, order).length > 0);
  assert.equal(ofOrder(first.node, order).length, 1);
  await first.close();

  const meanwhile = await newOrder();
  const second = telling({ trigger: 'order_created', every: 1 }, first.userDir);
  await until('what happened meanwhile', () => second.node.sent.length > 0);
  assert.deepEqual(
    second.node.sent.map(({ payload }: any) => payload.id),
    [meanwhile],
  );
  await second.close();

  const all = { trigger: 'order_created', every: 1, start: { type: 'beginning', value: '' } };
  const third = telling({ ...all, fields: { customer: { type: 'str', value: '8' } } }, first.userDir);
  const other = await newOrder(8);
  await until('that of the customer', () => third.node.sent.length > 0);
  assert.deepEqual(
    third.node.sent.map(({ payload }: any) => payload.id),
    [other],
  );
  await third.close(true);
  assert.ok(!existsSync(first.state), 'a node that is gone leaves nothing');
});

test('with an input, an event comes again until the flow says that it is done, also after a restart', async () => {
  const { node, close, userDir, state, red } = telling({ trigger: 'order_paid', inputs: 1 });
  const { url, stop } = await served(red.routes['/shop/:trigger/:secret']![0]!);
  const order = await newOrder();
  await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order });
  await until('a message', () => node.sent.length === 1);
  const answer = (msg: object, to = node) => new Promise<unknown>((resolve) => to.input(msg, () => {}, resolve));
  await answer({ ...node.sent[0], error: { message: 'busy', cause: { retry: 'later' } } });
  assert.deepEqual(node.shown.text, 'shop.status.unanswered');
  await until('the same once more', () => node.sent.length === 2);
  assert.deepEqual(node.sent[1], node.sent[0]);
  await close();

  const again = telling({ trigger: 'order_paid', inputs: 1 }, userDir);
  await until('what was not done', () => again.node.sent.length === 1);
  assert.equal(again.node.sent[0].payload.id, order);
  await answer({ payload: 'of something else' }, again.node);
  await answer(again.node.sent[0], again.node);
  assert.deepEqual(JSON.parse(readFileSync(state, 'utf8')).entries, []);
  await again.close();

  const done = telling({ trigger: 'order_paid', inputs: 1 }, userDir);
  await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order });
  await done.close();
  assert.deepEqual(done.node.sent, []);
  stop();
});

test('an event with which the flow fails for good is told, and the next on the same thing comes', async () => {
  const { node, close, red } = telling({ trigger: 'order_paid', inputs: 1 });
  const { url, stop } = await served(red.routes['/shop/:trigger/:secret']![0]!);
  await webhook({ url: `${url}/shop/order_paid/${SECRET}`, order: await newOrder() });
  await until('a message', () => node.sent.length === 1);
  const error = { message: 'There is no such group', cause: { retry: 'never' } };
  await new Promise((resolve) => node.input({ ...node.sent[0], error }, () => {}, resolve));
  assert.match(node.told.join('\n'), /^The event .+ is not handed on: There is no such group\.$/);
  await close();
  stop();
});

test('a service that fails is told once, and its events come when it is there again', async () => {
  await control('control/next', ['busy']);
  const { node, close } = telling({ trigger: 'order_created', every: 1, start: { type: 'beginning', value: '' } });
  await until('that it is told', () => node.told.length > 0);
  assert.deepEqual(node.shown, { fill: 'red', shape: 'ring', text: 'shop.status.unavailable' });
  await until('its events', () => node.sent.length > 0);
  assert.equal(node.told.length, 1);
  await close();
});

test('a node that nobody has opened has an address all the same, and keeps it', async () => {
  const { red, state, userDir, close } = telling({ trigger: 'order_paid', credentials: {} });
  const { secret } = red.credentials['n/1'] as { secret: string };
  assert.match(secret, /^[0-9a-f]{32}$/);
  await until('that it is kept', () => existsSync(state));
  await close();
  const again = telling({ trigger: 'order_paid', credentials: {} }, userDir);
  assert.deepEqual(again.red.credentials['n/1'], { secret });
  await again.close();
});

test('what the dialog gets wrong is told', async () => {
  const told = async (def: object) => {
    const { node, close } = telling({ every: 1, ...def });
    await until('that it is told', () => node.told.length > 0);
    if (node.close) await close();
    return node.told[0];
  };
  assert.match(await told({ trigger: 'old' }), /no trigger "old"/);
  assert.match(await told({ trigger: 'order_created', connection: '' }), /^Choose a connection/);
  const start = { type: 'moment', value: 'soon' };
  assert.match(await told({ trigger: 'order_created', start }), /^Begin with: "soon" is no date/);
});

test('two nodes with one address are not served by chance', async () => {
  const { red, close } = telling({ trigger: 'order_paid' });
  const second = red.make('shop in', {
    id: '2',
    trigger: 'order_paid',
    connection: 'shop',
    credentials: { secret: SECRET },
  });
  red.started();
  assert.match(second.told[0], /has the same address/);
  await closed(second, true);
  await close();
});
