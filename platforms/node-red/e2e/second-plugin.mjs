// The made-up second plugin in its own package.

import assert from 'node:assert/strict';
import { chooseCustomer, inEditor } from './editor.mjs';
import { shopOverHttp } from './flows.mjs';
import { collected, forget, pause, told, until } from './triggers.mjs';

/** Its account. */
const SHOP = { address: process.env.SHOP_URL, token: process.env.SHOP_TOKEN };

/** Beside the first in the same Node-RED; `post` asks a flow over HTTP. */
export async function secondPlugin(platform, on, { work, post }) {
  await platform.deploy([
    { id: 'the-shop', type: 'shop-connection', address: SHOP.address, credentials: { token: SHOP.token } },
    ...shopOverHttp('create', 'create_order', { customer: 'payload.customer', goods: 'payload.goods' }),
    ...shopOverHttp('customers', 'find_customers', { name: 'payload.name', limit: 'payload.limit' }),
  ]);
  const goods = [
    { sku: 'A-101', count: 2 },
    { sku: 'A-102', count: 1 },
  ];
  const [status, made] = await post(platform, 'create', { customer: 7, goods });
  assert.deepEqual([status, made.repeated], [200, false]);
  const { orders } = await (await fetch(`${SHOP.address}/control/orders`)).json();
  assert.equal(orders.find(({ id }) => id === made.id).goods.length, 2);
  const [, { error }] = await post(platform, 'create', { customer: 7, goods: [{ sku: 'A-101', count: 0 }] });
  assert.match(error.message, /^Goods 1, Count /);
  on('another plugin, in its own package beside the first, makes an order of the lines of a message');

  const [, found] = await post(platform, 'customers', { name: 'Anna B' });
  assert.deepEqual(
    found.map(({ name }) => name),
    ['Anna Baker'],
  );
  assert.equal((await post(platform, 'customers', { limit: 120 }))[1].length, 120);
  on('its search gives one list, over as many pages as it takes');

  const wanted = { connection: 'the-shop', of: 'create_order', field: 'customer', search: 'Anna B' };
  const choices = await platform.admin('/shop-connection/choices', wanted);
  assert.deepEqual(choices, { choices: [{ value: '2', label: 'Anna Baker' }] });
  on('the editor is told the choices that its service knows');

  await inEditor(work, platform.url, (page) => chooseCustomer(page, 'Create an order', 'Anna B', 'Anna Baker'));
  on('a person who types a part of a name in the dialog picks the customer from the list');
  assert.ok(!platform.log.includes(SHOP.token), 'the token is in the log');
}

/** What happens in it: its webhook is signed, and its poll knows of the same order by another event. */
export async function secondTriggers(platform, on, { post }) {
  const own = { fields: {}, base: '', every: 1, start: { type: 'now', value: '' }, shared: false, inputs: 0 };
  const secret = 'c3'.repeat(16);
  const tells = (id, trigger) => ({
    ...{ id, z: 'tells', type: 'shop in', name: '', connection: 'the-shop', trigger, ...own, credentials: { secret } },
    x: 120,
  });
  await platform.deploy([
    { id: 'the-shop', type: 'shop-connection', address: SHOP.address, credentials: { token: SHOP.token } },
    ...shopOverHttp('create', 'create_order', { customer: 'payload.customer', goods: 'payload.goods' }),
    ...collected([tells('made', 'order_created'), tells('paid', 'order_paid')]),
  ]);
  await forget(platform);
  await pause(1500);
  const goods = [{ sku: 'A-101', count: 1 }];
  const [, { id }] = await post(platform, 'create', { customer: 7, goods });
  const url = `${platform.url}/shop/order_paid/${secret}`;
  const webhook = async (more) => {
    const asked = { method: 'POST', body: JSON.stringify({ url, order: id, ...more }) };
    const { sent } = await (await fetch(`${SHOP.address}/control/webhook`, asked)).json();
    return sent.map(({ status }) => status);
  };
  assert.deepEqual(await webhook({ forged: true }), [401]);
  assert.deepEqual(await webhook({ twice: true }), [200, 200]);
  const types = async () => {
    const all = await told(platform);
    return all.filter(({ payload }) => payload.id === id).map(({ event }) => event.type);
  };
  await until('both events', async () => (await types()).length >= 2);
  await pause(1500);
  assert.deepEqual((await types()).sort(), ['shop.order_created', 'shop.order_paid']);
  on('what happens in its shop becomes messages, by its poll and its webhook, each once');
}
