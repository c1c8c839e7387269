// The made-up second plugin as an integration of its own, against its service: lines, lists, choices of the service,
// searches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainInputField } from 'zapier-platform-core';
import { loadIntegration, send, shownFields } from '../zapier';

const app = loadIntegration('shop.cjs');
const authData = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
const GOODS = [
  { goods_sku: 'A-101', goods_count: 2, goods_price: '' },
  { goods_sku: '', goods_count: '', goods_price: '' },
];

function perform(method: string, inputData: Record<string, unknown> = {}, meta = {}): Promise<any> {
  const bundle = { authData, inputData, meta: { timezone: 'Europe/Moscow', ...meta } };
  return send(app, { command: 'execute', method: `${method}.operation.perform`, bundle });
}

const create = (inputData: Record<string, unknown>) =>
  perform('creates.create_order', { customer: '7', goods: GOODS, ...inputData });

async function control(path: string, body?: unknown): Promise<any> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${authData.address}/control/${path}`, body === undefined ? {} : post)).json();
}

const order = async (id: string) => (await control('orders')).orders.find((order: { id: string }) => order.id === id);

test('Zapier finds nothing wrong with the integration of another plugin', async () => {
  assert.deepEqual(await send(app, { command: 'validate' }), []);
});

test('what writes is a create, and what reads a search', () => {
  assert.deepEqual(Object.keys(app.creates!), ['create_order', 'mark_paid', 'send_note']);
  assert.deepEqual(Object.keys(app.searches!), ['find_orders', 'list_orders', 'find_customers', 'list_goods']);
  const hidden = Object.values(app.searches!).filter(({ display }) => display.hidden);
  assert.deepEqual(
    hidden.map(({ key }) => key),
    ['list_orders'],
    'what is outdated is offered to nobody',
  );
  assert.equal(app.creates!.create_order!.noun, 'Order');
  const shown = Object.values(app.triggers!).filter(({ display }) => !display.hidden);
  assert.deepEqual(
    shown.map(({ key }) => key),
    ['order_created'],
    'the others are the choices of fields; nobody can give the shop an address',
  );
});

test('nobody has to name a request, and lines are line items with keys of their own', async () => {
  const fields = await shownFields(app, 'create_order', {});
  assert.deepEqual(
    fields.map(({ key, type, required, list, dynamic, children }) => [
      key,
      type,
      required ?? false,
      ...(list ? ['list'] : []),
      ...(dynamic ? [dynamic] : []),
      ...(children ? [children.map(({ key, type, required }) => `${key}: ${type}${required ? '!' : ''}`)] : []),
    ]),
    [
      ['request_id', 'string', false],
      ['customer', 'string', true, 'create_order_customer.id.name'],
      ['goods', undefined, false, ['goods_sku: string!', 'goods_count: integer!', 'goods_price: string']],
      ['tags', 'string', false, 'list'],
      ['gift', 'boolean', false],
      ['delivery', 'string', false],
    ],
  );
  const posted = await shownFields(app, 'create_order', { delivery: 'post' });
  assert.deepEqual([posted.at(-1)?.key, posted.at(-1)?.required], ['until', true]);
});

test('pages are not for people', async () => {
  const fields = await shownFields(app, 'find_customers', {}, 'searches');
  assert.deepEqual(
    fields.map(({ key }) => key),
    ['name'],
  );
});

test('an order with lines is made, without the line that nobody filled in', async () => {
  const { id, repeated } = await create({ tags: ['new', ''], delivery: 'post', until: '2026-11-25T00:00:00' });
  const { goods, tags, until, request_id } = await order(id);
  assert.deepEqual([goods, tags, until], [[{ sku: 'A-101', count: 2, price: null }], ['new'], 1795554000]);
  assert.match(request_id, /^[0-9a-f-]{36}$/);
  assert.equal(repeated, false);
});

test('what is wrong in a line is told by its place and label', async () => {
  const goods = [{ goods_sku: 'A-101', goods_count: 0 }];
  await assert.rejects(create({ goods }), /Goods 1, Count /);
});

test('a run that may have made its order is repeated if the Zap has the key of it, and not otherwise', async () => {
  const lost = async (inputData: Record<string, unknown>) => {
    await control('next', ['lose_answer', 'drop']);
    return create(inputData).then(
      () => assert.fail('it succeeded'),
      (error: Error) => error.name,
    );
  };
  assert.equal(await lost({}), 'AppError');
  assert.equal(await lost({ request_id: 'of-the-zap' }), 'ThrottledError');
  assert.equal((await create({ request_id: 'of-the-zap' })).repeated, true);
});

test('a run whose answer is lost is looked up, and what is found has succeeded', async () => {
  await control('next', ['lose_answer']);
  const { verified, found } = await create({});
  // What no output field is named for is text, as Zapier has it.
  assert.deepEqual([verified, JSON.parse(found).items.length], ['true', 1]);
});

test('a field has the choices that the service knows', async () => {
  const found = await perform('triggers.create_order_customer');
  assert.ok(found.length > 100);
  assert.deepEqual(Object.keys(found[0]), ['id', 'name']);
});

test('a search finds things, each with what tells it from the others', async () => {
  assert.equal((await perform('searches.find_customers')).length, 100);
  const found = await perform('searches.find_customers', { name: 'Anna B' });
  assert.deepEqual(
    found.map(({ name }: { name: string }) => name),
    ['Anna Baker'],
  );
  assert.deepEqual(await perform('searches.find_customers', { name: 'Nobody' }), []);
  const fields = app.searches!.list_goods!.operation.outputFields as { key: string; primary?: boolean }[];
  assert.deepEqual(
    fields.map(({ key, primary }) => [key, primary === true]),
    [
      ['sku', true],
      ['title', false],
      ['price', false],
    ],
  );
  assert.deepEqual(Object.keys(app.searches!.find_customers!.operation.sample!), ['id', 'name', 'city']);
});

test('a trigger tells what has happened, the newest first, each by the id of its event', async () => {
  const [first, second] = [await create({}), await create({})];
  const told = await perform('triggers.order_created');
  const ids = told.map(({ id }: { id: string }) => id);
  assert.deepEqual(ids.slice(0, 2), [`created:${second.id}`, `created:${first.id}`]);
  assert.equal(new Set(ids).size, ids.length);
  const { time, data_id, customer } = told[0];
  assert.deepEqual([data_id, customer], [second.id, '7'], 'an id of the order itself has another key');
  assert.match(time, /^\d{4}-\d\d-\d\dT/);
  const again = await perform('triggers.order_created');
  assert.deepEqual(again, told, 'without a cursor the same comes again, and Zapier knows it by its id');
});

test('a trigger is narrowed down with choices of the service, and finds nothing where nothing fits', async () => {
  const [field] = (await send(app, {
    command: 'execute',
    method: 'triggers.order_created.operation.inputFields',
  })) as PlainInputField[];
  assert.deepEqual(
    [field?.key, field?.dynamic, field?.search],
    ['customer', 'order_created_customer.id.name', 'find_customers.id'],
  );
  const choices = await perform('triggers.order_created_customer');
  assert.ok(choices.some(({ name }: { name: string }) => name === 'Anna Baker'));
  await create({});
  const of = (customer: string) => perform('triggers.order_created', { customer });
  assert.ok((await of('7')).every((order: { customer: string }) => order.customer === '7'));
  assert.deepEqual(await of('111'), []);
});

test('what a trigger tells is as its fields and its sample say', async () => {
  const { outputFields, sample } = app.triggers!.order_created!.operation as any;
  const keys = outputFields.map(({ key }: { key: string }) => key);
  assert.deepEqual(keys, ['id', 'time', 'data_id', 'customer', 'request_id', 'total', 'paid']);
  assert.ok(Object.keys(sample).every((key) => keys.includes(key)));
  const [order] = await perform('triggers.order_created');
  assert.deepEqual(Object.keys(order), keys);
});

test('a poll of a service that is out of order is repeated, and one that nobody may make is not', async () => {
  const refused = (bundle: object) =>
    send(app, { command: 'execute', method: 'triggers.order_created.operation.perform', bundle }).then(
      () => assert.fail('it succeeded'),
      (error: Error) => [error.name, error.message],
    );
  await control('next', ['busy']);
  assert.equal((await refused({ authData }))[0], 'ThrottledError');
  const [name, message] = await refused({ authData: { ...authData, token: 'another-token' } });
  assert.equal(name, 'ExpiredAuthError');
  assert.ok(!message!.includes('another-token'));
});

test('a search makes something where it finds nothing, if the plugin looks it up by that search', () => {
  const { searchOrCreates } = app as unknown as { searchOrCreates: Record<string, Record<string, unknown>> };
  assert.deepEqual(Object.keys(searchOrCreates), ['find_orders']);
  assert.deepEqual(
    [searchOrCreates.find_orders!.search, searchOrCreates.find_orders!.create],
    ['find_orders', 'create_order'],
  );
});

test('Zapier keeps to what the service allows: the action by its own limit, the others together', () => {
  const own = { window: 1, limit: 20, scope: ['auth', 'action'] };
  const common = { window: 60, limit: 6000, scope: ['auth'] };
  assert.deepEqual(app.creates!.create_order!.operation.throttle, own);
  assert.deepEqual(app.creates!.mark_paid!.operation.throttle, common);
  assert.deepEqual(app.searches!.find_customers!.operation.throttle, common);
  assert.deepEqual((app.triggers!.order_created!.operation as { throttle?: unknown }).throttle, common);
});
