// The node that tells what happens, and lists of lines, in the editor.

import assert from 'node:assert/strict';
import { atRest, deployed, inEditor, nodeOf, pick, pictured } from './editor.mjs';
import { connectionNode, shopOverHttp } from './flows.mjs';
import { collected, telling } from './triggers.mjs';

/** The example as it is imported: nobody has given its first node an address. */
export async function address(platform, on, { account, work, picture }) {
  const library = await platform.admin('/library/examples/flows/node-red-contrib-justclick/paid-order-is-sent');
  // With ids of its own, as the editor gives them.
  const example = JSON.parse(JSON.stringify(library).replaceAll('justclick-paid-order-is-sent', 'imported'));
  const { id } = example.find(({ type }) => type === 'justclick-connection');
  const flows = example.map((part) => (part.id === id ? { ...connectionNode(id, account), name: 'My shop' } : part));
  await platform.deploy(flows);
  const seen = {};
  await inEditor(work, platform.url, async (page) => {
    await nodeOf(page, 'Order paid').dblclick();
    await atRest(page.locator('#node-input-connection'));
    const shown = page.locator('#justclick-address');
    seen.address = await shown.inputValue();
    seen.docs = await page.locator('#justclick-docs').textContent();
    await pictured(page, picture('trigger.png'));
    await page.locator('#node-input-trigger').selectOption('order_refunded');
    seen.other = await shown.inputValue();
    assert.match(await page.locator('#justclick-docs').textContent(), /Moneyback/);
    await page.locator('#node-input-trigger').selectOption('paid_order');
    assert.deepEqual([await shown.isVisible(), await page.locator('#node-input-every').isVisible()], [false, true]);
    await page.locator('#node-input-trigger').selectOption('order_paid');
    await page.locator('#node-input-name').fill('Paid');
    await deployed(page, platform);
    await nodeOf(page, 'Paid').dblclick();
    await atRest(page.locator('#node-input-connection'));
    assert.equal(await shown.inputValue(), seen.address, 'a deploy leaves the address as it is');
    await page.locator('#node-dialog-cancel').click();
  });
  assert.match(seen.address, new RegExp(`^${platform.url}/justclick/order_paid/[0-9a-f]{32}$`));
  assert.match(seen.docs, /put the address into/);
  assert.notEqual(seen.other, seen.address);
  const post = async (url) => (await fetch(url, { method: 'POST', body: 'id=1' })).status;
  assert.deepEqual([await post(seen.address), await post(seen.other)], [401, 404]);
  await platform.stop();
  await platform.launch();
  assert.equal(await post(seen.address), 401);
  on('an imported node has an address, which its dialog shows with what to do with it, and keeps it');
}

/** Where somebody has put Node-RED's own routes elsewhere. */
export async function rooted(platform, on, { account, work }) {
  await platform.deploy([connectionNode('shop', account), ...collected([telling('paid', 'order_paid')])]);
  let shown;
  await inEditor(work, platform.url, async (page) => {
    await nodeOf(page, 'Order paid').dblclick();
    await atRest(page.locator('#node-input-connection'));
    shown = await page.locator('#justclick-address').inputValue();
  });
  const post = async (url) => (await fetch(url, { method: 'POST', body: new URLSearchParams({ id: '1' }) })).status;
  assert.ok(shown.startsWith(`${platform.url}/hooks/justclick/order_paid/`), shown);
  assert.deepEqual([await post(shown), await post(shown.replace('/hooks', ''))], [401, 404]);
  on('the address of a webhook is below httpNodeRoot');
}

/** A cell of a line: its typed input. */
const cell = (line, at) => line.locator('.red-ui-typedInput-container').nth(at);

async function fill(page, container, text) {
  const input = container.locator('.red-ui-typedInput-input-wrap input:visible');
  await input.fill('');
  await input.pressSequentially(text);
}

/** Lines are put together in the dialog; an article is chosen from what the service has. */
export async function lines(platform, on, { work, post }) {
  const flow = shopOverHttp('order', 'create_order', { customer: 'payload.customer', goods: 'payload.goods' });
  const shop = { address: process.env.SHOP_URL, credentials: { token: process.env.SHOP_TOKEN } };
  await platform.deploy([{ id: 'the-shop', type: 'shop-connection', ...shop }, ...flow]);
  await inEditor(work, platform.url, async (page) => {
    await nodeOf(page, 'Create an order').dblclick();
    await atRest(page.locator('#node-input-connection'));
    const row = page.locator('.form-row', { has: page.locator('#shop-create_order-goods') });
    await row.locator('.red-ui-typedInput-type-select').click();
    await pick(page, 'Goods');
    const list = page.locator('.form-row', { has: page.locator('#shop-create_order-goods-list') });
    const line = (at) => list.locator('.red-ui-editableList-item-content').nth(at);
    await atRest(line(0));
    await fill(page, cell(line(0), 0), 'Teapot');
    const found = page.locator('.red-ui-autoComplete-container a:visible', { hasText: 'Teapot, white' });
    await atRest(found);
    await found.click();
    await fill(page, cell(line(0), 1), '2');
    await list.locator('.red-ui-editableList-addButton').click();
    await atRest(line(1));
    await cell(line(1), 0).locator('.red-ui-typedInput-type-select').click();
    await pick(page, 'msg.');
    await fill(page, cell(line(1), 0), 'payload.article');
    await fill(page, cell(line(1), 1), '1');
    await deployed(page, platform);
  });
  const [status, { id }] = await post(platform, 'order', { customer: 7, article: 'A-102' });
  assert.equal(status, 200);
  const { orders } = await (await fetch(`${process.env.SHOP_URL}/control/orders`)).json();
  const { goods } = orders.find((order) => order.id === id);
  assert.deepEqual(
    goods.map(({ sku, count }) => [sku, Number(count)]),
    [
      ['A-101', 2],
      ['A-102', 1],
    ],
  );
  on('lines are put together in the dialog, each field from where it comes, and what was there before stays possible');

  const json = '[{"sku":"A-103","count":4}]';
  const old = flow.map((part) =>
    part.type === 'shop' ? { ...part, fields: { ...part.fields, goods: { type: 'json', value: json } } } : part,
  );
  await platform.deploy([{ id: 'the-shop', type: 'shop-connection', ...shop }, ...old]);
  await inEditor(work, platform.url, async (page) => {
    await nodeOf(page, 'Create an order').dblclick();
    await atRest(page.locator('#node-input-connection'));
    assert.equal(await page.locator('#shop-create_order-goods').inputValue(), json);
    assert.equal(await page.locator('#shop-create_order-goods-list').isVisible(), false);
    await page.locator('#node-input-name').fill('As before');
    await deployed(page, platform);
  });
  const [, made] = await post(platform, 'order', { customer: 7 });
  const all = await (await fetch(`${process.env.SHOP_URL}/control/orders`)).json();
  assert.deepEqual(all.orders.find((order) => order.id === made.id).goods[0].sku, 'A-103');
  on('a flow of an older version has its lines as JSON, also once its dialog was open');
}

/** The picture of the README: an order with its lines. */
export async function pictureOfLines(platform, on, { account, work, picture }) {
  const text = (value) => ({ type: 'str', value });
  const line = (product_id, price) => ({ product_id: text(product_id), price: text(price) });
  const fields = { goods: { type: 'lines', value: '', lines: [line('invoice', '1500.00'), line('sales', '')] } };
  const email = { type: 'msg', value: 'payload.email' };
  const flow = [
    { id: 'tab', type: 'tab', label: 'Orders' },
    { ...connectionNode('shop', account), name: 'My shop' },
    { id: 'in', z: 'tab', type: 'http in', url: '/order', method: 'post', x: 120, y: 80, wires: [['node']] },
    {
      ...{ id: 'node', z: 'tab', type: 'justclick', name: '', connection: 'shop', action: 'create_order' },
      ...{ fields: { ...fields, email }, x: 340, y: 80, wires: [['out']] },
    },
    { id: 'out', z: 'tab', type: 'http response', statusCode: '200', x: 560, y: 80, wires: [] },
  ];
  await platform.deploy(flow);
  await inEditor(work, platform.url, async (page) => {
    await nodeOf(page, 'Create').dblclick();
    await atRest(page.locator('#node-input-connection'));
    assert.equal(await page.locator('#justclick-create_order-goods-list li').count(), 2);
    await pictured(page, picture('editor.png'));
  });
  on('lines that were put together are shown again');
}

/** Another plugin's own texts, in the language of the editor. */
export async function languages(platform, on, { work }) {
  const flow = shopOverHttp('order', 'create_order', { customer: 'payload.customer', goods: 'payload.goods' });
  await platform.deploy([
    { id: 'the-shop', type: 'shop-connection', address: process.env.SHOP_URL, credentials: {} },
    ...flow,
  ]);
  const look = async (page) => {
    await nodeOf(page, 'Создать заказ').dblclick();
    await atRest(page.locator('#node-input-connection'));
    assert.equal((await page.locator('label[for="shop-create_order-goods"]').textContent()).trim(), 'Товары');
    const options = await page.locator('#node-input-action option').allTextContents();
    assert.deepEqual(options.slice(0, 2), ['Создать заказ', 'Найти заказы']);
    const row = page.locator('.form-row', { has: page.locator('#shop-create_order-goods') });
    await row.locator('.red-ui-typedInput-type-select').click();
    await pick(page, 'Товары');
    const list = page.locator('.form-row', { has: page.locator('#shop-create_order-goods-list') });
    assert.equal(await list.locator('label').first().textContent(), 'Артикул');
    await page.locator('#node-dialog-cancel').click();
  };
  await inEditor(work, platform.url, look, 'ru-RU');
  const html = await platform.admin('/nodes', undefined, { accept: 'text/html', 'accept-language': 'ru' });
  assert.match(html, /data-help-name="shop in"[^]*Укажите адрес в настройках магазина/);
  on('the texts of a description are in the language of the editor: labels, lists, help');
}
