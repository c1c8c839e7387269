// The made-up second plugin, against its service: its form, its lists page by page, its choices, and its key for repeats.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  ActionError,
  allItems,
  choicesOf,
  loadPlugin,
  messageOf,
  Patience,
  type Action,
  type Description,
} from 'plugin-engine';
import { actionNamed, fieldsOf, itemFieldsOf, type PropertySchema } from 'plugin-engine/forms';
import type { Expectation } from '../src/description';
import { withKey } from '../src/key';
import { judged, unlooked } from '../src/verify';
import { failure } from './support';

const BUNDLE = process.env.SHOP_BUNDLE ?? '';
const CONNECTION = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };
const DESCRIPTION = JSON.parse(readFileSync(join(BUNDLE, 'describe.json'), 'utf8')) as Description;
/** A key that no earlier run against the same service has used. */
const MINE = `mine-${Date.now().toString(36)}`;
const ORDER = { customer: 7, goods: [{ sku: 'A-101', count: 1 }] };

const action = (name: string): Action => {
  const found = actionNamed(DESCRIPTION, name);
  assert.ok(found, `there is no ${name}`);
  return found;
};

async function shop(t: TestContext, timeoutMs?: number) {
  const wasm = readFileSync(join(BUNDLE, 'shop.wasm'));
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  const plugin = await loadPlugin({ wasm, sha256, ...(timeoutMs !== undefined && { timeoutMs }) });
  t.after(() => plugin.close());
  return plugin;
}

async function control(path: string, body?: unknown): Promise<any> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${CONNECTION.address}/control/${path}`, body === undefined ? {} : post)).json();
}

test('a form knows lines, lists, choices of the service, and what the host fills in', () => {
  const fields = fieldsOf(action('create_order'));
  assert.deepEqual(
    fields.map(({ key, kind, required, options }) => [key, kind, required, options?.action]),
    [
      ['request_id', 'text', false, undefined],
      ['customer', 'text', true, 'find_customers'],
      ['goods', 'lines', true, undefined],
      ['tags', 'list', false, undefined],
      ['gift', 'boolean', false, undefined],
      ['delivery', 'choice', false, undefined],
      ['day', 'text', false, undefined],
      ['until', 'dateTime', { when: { delivery: ['post'] } }, undefined],
    ],
  );
  const [, , goods, tags, , delivery] = fields;
  assert.deepEqual(
    goods?.fields?.map(({ key, title, kind, required, options }) => [key, title, kind, required, options?.field]),
    [
      ['sku', 'Article', 'text', true, 'goods[].sku'],
      ['count', 'Count', 'integer', true, undefined],
      ['price', 'Price', 'text', false, undefined],
    ],
  );
  assert.equal(tags?.element?.kind, 'text');
  assert.deepEqual(
    delivery?.choices.map(({ value }) => value),
    ['post', 'pickup'],
  );
  assert.deepEqual(
    fieldsOf(action('find_customers')).map(({ key }) => key),
    ['name'],
    'pages are not for people',
  );
  assert.deepEqual(
    itemFieldsOf(action('find_customers')).map(({ key }) => key),
    ['id', 'name', 'city'],
  );
});

test('what is wrong in a line is told in the words of the form', async (t) => {
  const plugin = await shop(t);
  const goods = [...ORDER.goods, { sku: 'A-102', count: 0, price: 'much' }];
  const error = await failure(plugin.call('create_order', { ...ORDER, goods }, CONNECTION));
  assert.match(messageOf(error, fieldsOf(action('create_order'))), /^Goods 2, Count must .*\(and 1 more\)$/);
});

test('a search gives all pages, each thing once, or as many as are wanted', async (t) => {
  const plugin = await shop(t);
  const search = (limit?: number) =>
    allItems(plugin, action('find_customers'), {}, CONNECTION, limit === undefined ? {} : { limit });
  const all = (await search()) as { id: string }[];
  assert.ok(all.length > 200);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  for (const limit of [1, 100, 120]) assert.deepEqual(await search(limit), all.slice(0, limit));
});

test('a search that never comes to an end is stopped', async () => {
  const page = (nextCursor: (call: number) => string) => {
    let calls = 0;
    return { call: async () => ({ items: [1], nextCursor: nextCursor((calls += 1)) }) };
  };
  const search = (plugin: ReturnType<typeof page>) => allItems(plugin, action('find_customers'), {}, CONNECTION);
  await assert.rejects(search(page(() => 'same')), /the same page again and again/);
  await assert.rejects(search(page(String)), /more than 1000 pages/);
  await assert.rejects(search({ call: async () => ({ items: 7 }) as never }), /no list of items/);
});

test('a search can be taken back between two pages', async (t) => {
  const plugin = await shop(t);
  const end = new AbortController();
  let begun = 0;
  const onBegin = () => {
    begun += 1;
    if (begun === 2) end.abort();
  };
  const options = { signal: end.signal, onBegin };
  await failure(allItems(plugin, action('find_customers'), {}, CONNECTION, options));
  assert.equal(begun, 2);
});

test('the choices of a field are what the service finds, with a value and a title', async (t) => {
  const plugin = await shop(t);
  const choices = (search: string) =>
    choicesOf(plugin, DESCRIPTION, action('create_order'), 'customer', CONNECTION, { search });
  assert.deepEqual(await choices('anna b'), [{ value: '2', title: 'Anna Baker' }]);
  assert.deepEqual(await choices('nobody'), []);
  assert.ok((await choices('')).length > 100);
  const goods = await choicesOf(plugin, DESCRIPTION, action('create_order'), 'goods[].sku', CONNECTION, {
    search: 'TEAPOT',
  });
  assert.ok(goods.length > 0 && goods.every(({ title }) => title.includes('Teapot')));
  await failure(choicesOf(plugin, DESCRIPTION, action('create_order'), 'gift', CONNECTION));
});

test('where the service can not search, titles are searched here; what a list needs comes from the form', async () => {
  const options = { sku: { action: 'list', value: '/a~1b', title: '/title', arguments: { shelf: 'shelf' } } };
  const of = { ...action('create_order'), form: { order: [], options } };
  const list = { ...action('list_goods'), name: 'list' };
  const asked: unknown[] = [];
  const items = [{ 'a/b': 1, title: 'Teapot' }, { 'a/b': 2, title: 'Cup' }, { title: 'Nothing' }, null];
  const plugin = { call: async (_: string, input: unknown) => (asked.push(input), { items }) };
  const values = { shelf: '3', other: 'x' };
  const found = await choicesOf(plugin, { actions: [list] }, of, 'sku', CONNECTION, { search: 'TEA', values });
  assert.deepEqual([found, asked], [[{ value: '1', title: 'Teapot' }], [{ shelf: '3' }]]);
});

test('all attempts of a call have one key, so that what may have been done is done once', async (t) => {
  const plugin = await shop(t);
  const before = (await control('requests')).requests.length;
  await control('next', ['busy']);
  const patience = new Patience(60_000, async () => {});
  const output = await plugin.call('create_order', ORDER, CONNECTION, { patience });
  assert.equal(output.repeated, false);
  const requests: { method: string; body: string }[] = (await control('requests')).requests.slice(before);
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'GET', 'POST'],
  );
  const [first, , second] = requests.map(({ body }) => body);
  assert.equal(first, second);
  assert.match(first ?? '', /"request_id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/);
});

test('a key that is given stays, and another call has another', async (t) => {
  const plugin = await shop(t);
  await plugin.call('create_order', { ...ORDER, request_id: MINE }, CONNECTION);
  await plugin.call('create_order', { ...ORDER, request_id: ' ' }, CONNECTION);
  await plugin.call('create_order', ORDER, CONNECTION);
  const keys = (await control('orders')).orders.slice(-3).map(({ request_id }: { request_id: string }) => request_id);
  assert.equal(keys[0], MINE);
  assert.equal(new Set(keys).size, 3);
});

test('a key that nobody else knows is told where it is needed, and one that is given is not', async (t) => {
  const plugin = await shop(t);
  await control('next', ['lose_answer', 'lose_answer']);
  const error = await failure(plugin.call('create_order', ORDER, CONNECTION));
  const told = /To make it again, give request_id the value (\S+): then it is not done twice\.$/.exec(error.message);
  assert.deepEqual([error.retry, error.effect], ['never', 'unknown']);
  await control('next', ['lose_answer', 'lose_answer']);
  const mine = await failure(plugin.call('create_order', { ...ORDER, request_id: `${MINE}-2` }, CONNECTION));
  assert.deepEqual([mine.retry, mine.effect], ['later', 'unknown']);
  assert.equal((await plugin.call('create_order', { ...ORDER, request_id: told?.[1] }, CONNECTION)).repeated, true);
});

test('a call whose answer is lost is looked up: what is found has succeeded', async (t) => {
  const plugin = await shop(t);
  const before = (await control('orders')).orders.length;
  await control('next', ['lose_answer']);
  const { verified, found } = await plugin.call('create_order', ORDER, CONNECTION);
  const { orders } = await control('orders');
  assert.deepEqual([verified, orders.length], [true, before + 1]);
  assert.equal((found as any).items[0].request_id, orders.at(-1).request_id);
});

test('what is not found had no effect, and what could not be looked up says so', async (t) => {
  const plugin = await shop(t);
  await control('next', ['drop']);
  const undone = await failure(plugin.call('create_order', ORDER, CONNECTION));
  assert.deepEqual([undone.retry, undone.effect], ['later', 'none']);
  assert.match(undone.message, /It was looked up with find_orders: it was not done\. Try again\.$/);
  assert.equal(undone.message.match(/Try again/g)?.length, 1);
  await control('next', ['lose_answer', 'busy']);
  const unlooked = await failure(plugin.call('create_order', { ...ORDER, request_id: `${MINE}-3` }, CONNECTION));
  assert.deepEqual([unlooked.retry, unlooked.effect], ['later', 'unknown']);
  assert.match(unlooked.message, /It could not be looked up with find_orders: .*HTTP 503/);
  assert.equal(unlooked.message.match(/Try again/g)?.length, 1);
});

test('what a call took is not there for looking', async (t) => {
  const plugin = await shop(t, 1100);
  await control('next', [{ delay_ms: 1500 }]);
  const error = await failure(plugin.call('create_order', { ...ORDER, request_id: `${MINE}-4` }, CONNECTION));
  assert.match(error.message, /It could not be looked up with find_orders: no time is left\. Try again\.$/);
  assert.equal(error.effect, 'unknown');
});

test('what is found proves just what the description says of it', () => {
  const of = {
    ...action('create_order'),
    outputSchema: { type: 'object' as const, properties: { customer: { type: 'string' } } },
  };
  const error = new ActionError({ kind: 'unavailable', message: 'No answer.', retry: 'later', effect: 'unknown' });
  const judge = (done: Expectation[], undone: Expectation[], found: Record<string, unknown>) => {
    return judged(of, { action: 'look', done, undone }, { customer: 7, status: 'paid' }, found, error);
  };
  const yes = [
    { pointer: '/a/0', field: 'customer' },
    { pointer: '/b', value: [{ c: null }] },
  ];
  const found = { a: ['007'], b: [{ c: null }] };
  assert.deepEqual(judge(yes, [], found), { customer: '7', verified: true, found });
  for (const [done, undone, there] of [
    [[], [], found],
    [yes, yes, found],
    [yes, [], { ...found, b: [{}] }],
    [yes, [], { ...found, a: [8] }],
    [[{ pointer: '/none', field: 'none' }], [], found],
  ] as const) {
    assert.throws(() => judge([...done], [...undone], there), /whose answer tells neither/);
  }
});

test('nobody is told to try again and to look first', () => {
  const error = new ActionError({
    kind: 'unavailable',
    message: 'Down. Try again.',
    retry: 'later',
    effect: 'unknown',
  });
  const told = (idempotency: 'none' | 'natural') => {
    const of = { ...action('create_order'), idempotency };
    return unlooked(of, { action: 'find', done: [], undone: [] }, error, 'no time is left.').message;
  };
  const looked = 'Down. It could not be looked up with find: no time is left.';
  assert.equal(told('natural'), `${looked} Try again.`);
  assert.equal(
    told('none'),
    `${looked} It is not repeated by itself, as it might be done twice: look whether it was done.`,
  );
});

test('a key has a form that its field takes', () => {
  const keyFor = (field: PropertySchema) => {
    const inputSchema = { type: 'object' as const, properties: { key: field } };
    return withKey({ ...action('create_order'), inputSchema, idempotency: { key: 'key' } }, {}).key;
  };
  assert.match(keyFor({}) ?? '', /^[0-9a-f-]{36}$/);
  assert.match(keyFor({ maxLength: 32 }) ?? '', /^[0-9a-f]{32}$/);
  assert.match(keyFor({ maxLength: 30 }) ?? '', /^[0-9A-Za-z]{22}$/);
  assert.match(keyFor({ pattern: '^[0-9]+$' }) ?? '', /^[0-9]{39}$/);
  assert.equal(keyFor({ maxLength: 5 }), undefined);
});

test('what has no key is not repeated once it may have been done', async (t) => {
  const plugin = await shop(t);
  const before = (await control('notes')).notes.length;
  await control('next', ['lose_answer']);
  const patience = new Patience(60_000, async () => {});
  const error = await failure(plugin.call('send_note', { text: 'x' }, CONNECTION, { patience }));
  assert.deepEqual([error.effect, error.retry], ['unknown', 'never']);
  assert.match(error.message, /It is not repeated by itself, as it might be done twice: look whether it was done\.$/);
  assert.doesNotMatch(error.message, /Try again/);
  assert.equal((await control('notes')).notes.length, before + 1);
});
