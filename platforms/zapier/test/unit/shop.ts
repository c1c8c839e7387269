// The made-up second plugin as an integration of its own, against its service: lines, lists, choices of the service,
// searches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadIntegration, send, shownFields } from '../zapier';

const app = loadIntegration('shop.cjs');
const authData = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
const GOODS = [
  { goods_sku: 'A-101', goods_count: 2, goods_price: '' },
  { goods_sku: '', goods_count: '', goods_price: '' },
];

function perform(method: string, inputData: Record<string, unknown> = {}): Promise<any> {
  const bundle = { authData, inputData, meta: { timezone: 'Europe/Moscow' } };
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
  assert.ok(Object.values(app.triggers!).every(({ display }) => display.hidden));
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
