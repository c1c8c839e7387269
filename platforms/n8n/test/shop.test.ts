// The made-up second plugin in its own package, against its service: lines, lists, choices of the service, searches.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import {
  NodeHelpers,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INode,
  type INodeParameters,
  type INodeProperties,
} from 'n8n-workflow';
import type { nodeClass } from '../nodes/node';
import { addable, shown } from './form';

const load = createRequire(__filename);
const { Shop } = load('./shop/dist/nodes/Shop/Shop.node.js') as { Shop: ReturnType<typeof nodeClass> };
const node = new Shop();
const { properties } = node.description;
const CREDENTIAL = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
const NODE = { name: 'Shop', type: 'shop', typeVersion: 2 } as INode;

async function run(...parameters: Record<string, unknown>[]) {
  const functions = {
    getInputData: () => parameters.map((json) => ({ json })),
    getCredentials: async () => CREDENTIAL,
    getTimezone: () => 'Europe/Moscow',
    getExecutionCancelSignal: () => undefined,
    getNodeParameter: (name: string, item: number, fallback: unknown) => parameters[item]?.[name] ?? fallback,
    getNode: () => NODE,
    continueOnFail: () => false,
  };
  const [output = []] = await node.execute.call(functions as unknown as IExecuteFunctions);
  return output;
}

async function choices(method: string, filter?: string, parameters: Record<string, unknown> = {}) {
  const functions = {
    getCredentials: async () => CREDENTIAL,
    getTimezone: () => 'Europe/Moscow',
    getCurrentNodeParameter: (name: string) => parameters[name],
    getNode: () => NODE,
  };
  const list = node.methods.listSearch[method];
  assert.ok(list, `there is no list ${method}`);
  return (await list.call(functions as unknown as ILoadOptionsFunctions, filter)).results;
}

const property = (name: string, operation: string) => {
  const found = properties.find(
    (property) =>
      property.name === name && (property.displayOptions?.show?.operation as string[] | undefined)?.includes(operation),
  );
  assert.ok(found, `there is no ${name}`);
  return found;
};

async function orders(): Promise<any[]> {
  const answer = await fetch(`${CREDENTIAL.address}/control/orders`);
  return ((await answer.json()) as { orders: any[] }).orders;
}

const article = { __rl: true, mode: 'id', value: 'A-101' };
const LINES = { line: [{ sku: article, count: 2 }] };
const customer = { __rl: true, mode: 'list', value: '7', cachedResultName: 'Anna' };
const create = (more: Record<string, unknown> = {}) => ({ operation: 'create_order', customer, goods: LINES, ...more });

test('names, package and pictures are those of the plugin', () => {
  assert.deepEqual([node.description.name, node.description.credentials?.[0]?.name], ['shop', 'shopApi']);
  const manifest = load('./shop/package.json') as { name: string; description: string };
  assert.equal(manifest.name, 'n8n-nodes-shop');
  assert.doesNotMatch(JSON.stringify(manifest), /justclick["-]|influencer/i);
});

test('nobody has to name a request, and lines are a collection of their fields', () => {
  assert.deepEqual(shown(properties, { resource: 'order', operation: 'create_order' }), [
    'resource',
    'operation',
    'customer*',
    'goods',
    'delivery',
    'additionalFields',
    'options',
  ]);
  const goods = property('goods', 'create_order');
  assert.equal(goods.type, 'fixedCollection');
  const [{ values } = { values: [] }] = goods.options as { values: INodeProperties[] }[];
  assert.deepEqual(
    values.map(({ name, type, required }) => [name, type, required === true]),
    [
      ['sku', 'resourceLocator', true],
      ['count', 'number', true],
      ['price', 'string', false],
    ],
  );
});

test('a field that others look at stands in the form, and may be left as it is', () => {
  const form = (delivery: string) => shown(properties, { operation: 'create_order', delivery });
  assert.deepEqual(property('delivery', 'create_order').options?.[0], { name: 'Not Set', value: '' });
  assert.ok(!form('').includes('until*') && form('').includes('delivery'));
  assert.ok(form('post').includes('until*'));
  const added = (delivery: string) => addable(properties, { operation: 'create_order', delivery });
  assert.ok(added('pickup').includes('day') && !added('pickup').includes('delivery'));
  assert.ok(!added('post').includes('day'));
});

test('a customer is chosen from what the service finds', async () => {
  const { type, modes } = property('customer', 'create_order');
  assert.deepEqual([type, modes?.map(({ name }) => name)], ['resourceLocator', ['list', 'id']]);
  const found = await choices('create_order_customer', 'anna b');
  assert.deepEqual(found, [{ name: 'Anna Baker', value: '2' }]);
  assert.ok((await choices('create_order_customer')).length > 100, 'all pages of them');
  const goods = await choices('create_order_goods_sku', 'TEAPOT, white');
  assert.deepEqual(goods[0], { name: 'Teapot, white', value: 'A-101' });
});

test('an order with lines is made, and its time is of the zone of the workflow', async () => {
  const additionalFields = { tags: ['new', ['gift', 'big']], gift: true };
  const [item] = await run(create({ additionalFields, delivery: 'post', until: '2026-11-25T00:00:00' }));
  const order = (await orders()).find(({ id }) => id === item?.json.id);
  assert.deepEqual([order.customer, order.goods], ['7', [{ sku: 'A-101', count: 2, price: null }]]);
  assert.deepEqual([order.tags, order.gift, order.until], [['new', 'gift', 'big'], true, 1795554000]);
  assert.match(order.request_id, /^[0-9a-f-]{36}$/);
});

test('lines of an earlier step go before those of the form', async () => {
  const lines = [
    { sku: 'A-101', count: 1 },
    { sku: 'A-102', count: 3 },
  ];
  for (const goodsJson of [lines, JSON.stringify(lines)]) {
    const [item] = await run(create({ additionalFields: { goodsJson } }));
    const order = (await orders()).find(({ id }) => id === item?.json.id);
    assert.deepEqual(
      order.goods.map(({ sku, count }: { sku: string; count: number }) => [sku, count]),
      [
        ['A-101', 1],
        ['A-102', 3],
      ],
    );
  }
  await assert.rejects(run(create({ additionalFields: { goodsJson: '[{' } })), /^NodeOperationError: Goods is no JSON/);
});

test('what is wrong in a line is told by its place and title', async () => {
  const goods = {
    line: [
      { sku: 'A-101', count: 1 },
      { sku: article, count: 0 },
    ],
  };
  await assert.rejects(run(create({ goods })), /^NodeOperationError: Goods 2, Count /);
});

test('an answer that is lost makes no second order', async () => {
  await fetch(`${CREDENTIAL.address}/control/next`, { method: 'POST', body: '["lose_answer"]' });
  const before = (await orders()).length;
  const [item] = await run(create());
  assert.equal((await orders()).length, before + 1);
  assert.equal(item?.json.verified, true);
});

test('a search gives an item for each thing that it finds, up to a limit or all', async () => {
  const search = { resource: 'customer', operation: 'find_customers' };
  const form = shown(properties, { ...search, returnAll: false });
  assert.deepEqual(form.slice(0, 4), ['resource', 'operation', 'returnAll', 'limit']);
  assert.ok(!shown(properties, { ...search, returnAll: true }).includes('limit'));
  assert.equal((await run(search)).length, 50);
  assert.equal((await run({ ...search, limit: 3 })).length, 3);
  const all = await run({ ...search, returnAll: true }, { ...search, additionalFields: { name: 'Anna B' }, limit: 9 });
  const ofFirst = all.filter(({ pairedItem }) => (pairedItem as { item: number }).item === 0);
  assert.ok(ofFirst.length > 200);
  assert.equal(new Set(ofFirst.map(({ json }) => json.id)).size, ofFirst.length, 'none twice');
  assert.deepEqual(all.at(-1)?.json.name, 'Anna Baker');
  assert.deepEqual(all.at(-1)?.pairedItem, { item: 1 });
});

test('n8n itself hands on what the form holds, whichever fields have been added', () => {
  const read = (values: Record<string, unknown>) => {
    const parameters = { operation: 'create_order', customer, goods: LINES, ...values } as INodeParameters;
    return NodeHelpers.getNodeParameters(properties, parameters, true, false, NODE, node.description);
  };
  const { customer: chosen, goods } = read({}) ?? {};
  assert.deepEqual([chosen, goods], [customer, { line: [{ ...LINES.line[0], price: '' }] }]);
  const fetched = read({ delivery: 'pickup', additionalFields: { day: '2026-11-25', tags: ['a'] } });
  assert.deepEqual(fetched?.additionalFields, { day: '2026-11-25', tags: ['a'] });
  assert.equal(read({ delivery: 'post', until: '2026-11-25T00:00:00' })?.until, '2026-11-25T00:00:00');
  assert.deepEqual(read({ additionalFields: { goodsJson: '[]' } })?.additionalFields, { goodsJson: '[]' });
});
