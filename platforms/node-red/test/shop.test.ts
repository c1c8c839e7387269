// The made-up second plugin in its own package, against its service: lines, lists, choices of the service, searches.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Sources } from '../src/form';
import { built, registered, runtime, SHOP } from './package';

const { html, file, folder } = built('shop', SHOP);
const description = JSON.parse(readFileSync(join(SHOP, 'describe.json'), 'utf8'));
const ACCOUNT = { address: process.env.SHOP_URL ?? '', credentials: { token: process.env.SHOP_TOKEN ?? '' } };

function shop() {
  const red = runtime(file, {}, { type: 'shop-connection', ...ACCOUNT });
  return {
    ...red,
    /** What comes of a message: its payload, or the error. */
    send: (action: string, payload: unknown, fields?: Sources) => {
      const keys = Object.keys(description.actions.find(({ name }: any) => name === action).inputSchema.properties);
      const fromPayload = Object.fromEntries(keys.map((key) => [key, { type: 'msg', value: `payload.${key}` }]));
      const node = red.make('shop', { connection: 'shop', action, fields: fields ?? fromPayload });
      return new Promise<any>((resolve) => {
        const msg = { payload };
        node.input(
          msg,
          ({ payload }: typeof msg) => resolve(payload),
          (error?: Error) => error && resolve(error),
        );
      });
    },
  };
}

async function control(path: string, body?: unknown): Promise<any> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${ACCOUNT.address}/control/${path}`, body === undefined ? {} : post)).json();
}

/** Asks as the editor does. */
function choices({ routes }: ReturnType<typeof shop>, body: object): Promise<any> {
  const [permission, handler] = routes['/shop-connection/choices']!;
  assert.equal(permission, 'flows.write');
  return new Promise((resolve) => handler!({ body }, { on: () => {}, json: resolve }));
}

const GOODS = [
  { sku: 'A-101', count: 2 },
  { sku: 'A-102', count: 1 },
];

test('names, types and texts are those of the plugin, and no other', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assert.deepEqual([manifest.name, manifest['node-red'].nodes], ['node-red-contrib-shop', { shop: 'dist/shop.js' }]);
  assert.deepEqual(Object.keys(registered(html)), ['shop-connection', 'shop', 'shop in']);
  assert.ok(html.includes('data-i18n="shop.label.connection"'));
  assert.doesNotMatch(html, /justclick/i);
});

test('the help and the texts are those of the description in its languages, and of the shell', () => {
  const texts = (language: string) =>
    JSON.parse(readFileSync(join(folder, `dist/locales/${language}/shop.json`), 'utf8')).shop;
  const titleOf = ({ form }: any) => [
    form.actions.create_order.title,
    form.actions.create_order.fields.goods.fields.sku.title,
  ];
  assert.deepEqual(titleOf(texts('en-US')), ['Create an order', 'Article']);
  assert.deepEqual(titleOf(texts('ru')), ['Создать заказ', 'Артикул']);
  // What nobody has translated.
  assert.equal(texts('ru').form.actions.create_order.fields.tags.title, 'Tags');
  const help = readFileSync(join(folder, 'dist/locales/ru/shop.html'), 'utf8');
  for (const type of ['shop', 'shop in', 'shop-connection']) assert.ok(help.includes(`data-help-name="${type}"`), type);
  assert.match(help, /<h3>Создать заказ<\/h3>/);
  assert.match(help, /Укажите адрес в настройках магазина/);
});

test('every action can be chosen, and has its fields and its help', () => {
  for (const { name, title, inputSchema } of description.actions) {
    assert.ok(
      html.includes(`<option value="${name}" data-i18n="[text]shop.form.actions.${name}.title">${title}</option>`),
      name,
    );
    for (const key of Object.keys(inputSchema.properties)) {
      // Pages are not for people, but how many things there are at most.
      const isShown = key !== 'cursor';
      assert.equal(html.includes(`id="shop-${name}-${key}"`), isShown, `${name} ${key}`);
    }
  }
  assert.ok(html.includes('<dt class="optional">payload.request_id'), 'nobody has to name a request');
  assert.ok(html.includes('payload[].name'), 'what a search finds');
  assert.doesNotMatch(html, /<div class="form-row" style="display: none">.*node-input-action/);
});

test('the dialog says which field is missing, and never the name of the request', () => {
  const { defaults } = registered(html).shop;
  const check = (sources: object) =>
    defaults.fields.validate.call(
      { action: 'create_order', _: (key: string, { title }: any = {}) => title ?? key },
      sources,
    );
  const fixed = (value: string, type = 'str') => ({ type, value });
  const filled = { request_id: fixed(''), customer: fixed('7'), goods: fixed('[]', 'json') };
  assert.equal(check(filled), true);
  assert.equal(check({ ...filled, customer: fixed('') }), 'Customer');
  assert.equal(check({ ...filled, delivery: fixed('post', 'choice'), until: fixed('') }), 'Until');
  const lines = (...lines: object[]) => ({ ...filled, goods: { type: 'lines', value: '', lines } });
  const line = { sku: fixed('A-101'), count: fixed('2', 'num'), price: fixed('') };
  assert.equal(check(lines(line)), true);
  assert.equal(check(lines()), 'Goods');
  assert.equal(check(lines(line, { ...line, count: fixed('', 'num') })), 'Goods 2, Count');
});

test('an order with lines of the message is made, with a name of its own', async () => {
  const { id, repeated } = await shop().send('create_order', { customer: 7, goods: GOODS, tags: ['new'] });
  const order = (await control('orders')).orders.find((order: any) => order.id === id);
  assert.deepEqual([order.goods.length, order.tags, repeated], [2, ['new'], false]);
  assert.match(order.request_id, /^[0-9a-f-]{36}$/);
});

test('lines that are written in the dialog are JSON', async () => {
  const fields = {
    customer: { type: 'str', value: '7' },
    goods: { type: 'json', value: JSON.stringify(GOODS) },
  };
  const { id } = await shop().send('create_order', {}, fields);
  assert.match(id, /^\d+$/);
});

test('lines are put together in the dialog, each field from where it comes', async () => {
  const fields: Sources = {
    customer: { type: 'str', value: '7' },
    goods: {
      type: 'lines',
      value: '',
      lines: [
        { sku: { type: 'str', value: 'A-101' }, count: { type: 'num', value: '2' }, price: { type: 'str', value: '' } },
        { sku: { type: 'msg', value: 'payload.article' }, count: { type: 'msg', value: 'payload.count' } },
      ],
    },
    tags: {
      type: 'list',
      value: '',
      values: [
        { type: 'str', value: 'new' },
        { type: 'msg', value: 'payload.tag' },
      ],
    },
    gift: { type: 'none', value: '' },
  };
  const { id } = await shop().send('create_order', { article: 'A-102', count: 3, tag: 'spring' }, fields);
  const order = (await control('orders')).orders.find((order: any) => order.id === id);
  const goods = order.goods.map(({ sku, count }: any) => [sku, Number(count)]);
  assert.deepEqual(
    [goods, order.tags],
    [
      [
        ['A-101', 2],
        ['A-102', 3],
      ],
      ['new', 'spring'],
    ],
  );
  const wrong = await shop().send('create_order', { article: 'A-102', count: 0 }, fields);
  assert.match(wrong.message, /^Goods 2, Count /);
  const none = await shop().send('create_order', {}, { ...fields, goods: { type: 'lines', value: '', lines: [] } });
  assert.match(none.message, /^Goods /);
});

test('what is wrong in a line is told by its place and title', async () => {
  const error = await shop().send('create_order', { customer: 7, goods: [GOODS[0], { sku: 'A-102', count: 0 }] });
  assert.match(error.message, /^Goods 2, Count /);
});

test('a search gives all that it finds as one list, or as many as its limit says', async () => {
  const all = await shop().send('find_customers', {});
  assert.ok(all.length > 200);
  assert.equal(new Set(all.map(({ id }: any) => id)).size, all.length);
  assert.equal((await shop().send('find_customers', { limit: 3 })).length, 3);
  const found = await shop().send('find_customers', { name: 'Anna B' });
  assert.deepEqual(
    found.map(({ name }: any) => name),
    ['Anna Baker'],
  );
});

test('the editor is told the choices that the service knows, by a connection that is deployed', async () => {
  const red = shop();
  const wanted = { connection: 'shop', of: 'create_order', field: 'customer', search: 'Anna B' };
  assert.deepEqual(await choices(red, wanted), { choices: [{ value: '2', label: 'Anna Baker' }] });
  assert.match((await choices(red, { ...wanted, connection: 'new' })).message, /deploy it first/);
  assert.match((await choices(red, { ...wanted, field: 'gift' })).message, /no list of choices/);
  assert.match((await choices(red, { ...wanted, of: 'toString' })).message, /no action/);
  const ofTrigger = { ...wanted, of: 'order_created' };
  assert.deepEqual(await choices(red, ofTrigger), { choices: [{ value: '2', label: 'Anna Baker' }] });
  red.config.mail = { type: 'e-mail', connection: red.config.shop.connection };
  assert.match((await choices(red, { ...wanted, connection: 'mail' })).message, /deploy it first/);
  red.config.shop.connection.token = 'a-wrong-one';
  assert.match((await choices(red, wanted)).message, /^Shop did not accept who calls/);
});
