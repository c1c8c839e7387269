// JustClick's triggers against the sandbox: what Zapier is told of, and by which ids.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description, sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';
import { authData, misbehaving, paidOrder } from '../sandbox';
import { loadIntegration, send } from '../zapier';

const app = loadIntegration('integration.cjs');

function poll(trigger: string, inputData = {}, connection = authData): Promise<any> {
  const bundle = { authData: connection, inputData };
  return send(app, { command: 'execute', method: `triggers.${trigger}.operation.perform`, bundle });
}

test('what JustClick is polled for is offered, and what a person would have to set up there is not', async () => {
  assert.deepEqual(await send(app, { command: 'validate' }), []);
  const shown = Object.values(app.triggers!).filter(({ display }) => !display.hidden);
  assert.deepEqual(
    shown.map(({ key, noun }) => [key, noun]),
    [
      ['new_order', 'Order'],
      ['paid_order', 'Order'],
    ],
  );
  const polls = description.triggers?.filter(({ delivery }) => delivery === 'poll');
  assert.equal(shown.length, polls?.length);
});

test('a paid order is told with its lines, and its id is that of the webhook', async (t) => {
  const { id, webhook } = await paidOrder('200101');
  const told = await poll('paid_order');
  const order = told.find(({ bill_id }: { bill_id: string }) => bill_id === id);
  assert.deepEqual([order.email, order.total], [`${id}@email.com`, '1500.00']);
  assert.deepEqual(
    order.goods.map(({ product_id }: { product_id: string }) => product_id),
    ['invoice'],
  );
  const plugin = await loadPlugin({ wasm, sha256 });
  t.after(() => plugin.close());
  const { events } = await plugin.webhook('order_paid', webhook, authData);
  assert.equal(order.id, events[0]?.id);
  assert.deepEqual(await poll('paid_order'), told, 'the next poll tells it under the same id');
});

test('the newest come first, and orders are told when they are made as well', async () => {
  await paidOrder('200102', 120);
  await paidOrder('200103', 30);
  const numbers = (await poll('new_order')).map(({ bill_id }: { bill_id: string }) => bill_id);
  assert.ok(numbers.indexOf('200103') < numbers.indexOf('200102') && numbers.includes('200102'));
});

test('a trigger is narrowed down to the products that are named', async () => {
  await paidOrder('200104');
  const numbers = async (product: string) => {
    const told = await poll('new_order', { product_numbers: [product, ''] });
    return told.map(({ bill_id }: { bill_id: string }) => bill_id);
  };
  assert.ok((await numbers('12549')).includes('200104'), 'invoice');
  assert.ok(!(await numbers('13011')).includes('200104'), 'sales');
});

test('a poll that fails decides what becomes of the Zap, and shows no key', async () => {
  const refused = (connection = authData) =>
    poll('new_order', {}, connection).then(
      () => assert.fail('it succeeded'),
      (error: Error) => {
        assert.ok(!error.message.includes(authData.api_key!));
        return error.name;
      },
    );
  assert.equal(await misbehaving('http-503', () => refused()), 'ThrottledError');
  assert.equal(await refused({ ...authData, api_key: 'a-key-of-yesterday' }), 'ExpiredAuthError');
});

test('an order is found or made by the search by which the plugin looks one up', async () => {
  const { searchOrCreates } = app as unknown as { searchOrCreates: Record<string, { search: string; create: string }> };
  assert.deepEqual(
    Object.values(searchOrCreates).map(({ search, create }) => [search, create]),
    [['find_orders', 'create_order']],
  );
  const execute = (method: string, inputData: object): Promise<any> =>
    send(app, { command: 'execute', method, bundle: { authData, inputData } });
  const email = 'found-or-made@email.com';
  const find = () => execute('searches.find_orders.operation.perform', { email });
  assert.deepEqual(await find(), []);
  const goods = [{ goods_product_id: 'invoice', goods_sum: '10.00' }];
  const made = await execute('creates.create_order.operation.perform', { email, goods });
  const [found] = await find();
  assert.equal(found.bill_id, made.bill_id);
});
