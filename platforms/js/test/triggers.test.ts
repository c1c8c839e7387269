// What triggers tell, read strictly, from a plugin that says whatever it is told to say.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ActionError, loadPlugin, webhookStatus, type Kind, type WebhookRequest } from 'plugin-engine';
import { bytes64 } from '../src/base64';
import { failure, nature } from './support';
import { telling } from './telling';

const SECRET = 'a-secret-of-some-length';
const EVENT = { id: 'paid:1', time: '2026-11-29T10:00:00.5+03:00', subject: '1', data: { id: '1' } };
const PAGE = { events: [EVENT], nextCursor: 'c', hasMore: false };
const REQUEST: WebhookRequest = { method: 'POST', headers: {}, query: '', body: new Uint8Array() };

async function loaded(t: TestContext) {
  const logged: Record<string, any>[] = [];
  const log = (_: string, text: string) => logged.push(JSON.parse(text));
  const plugin = await loadPlugin({ ...(await telling()), log });
  t.after(() => plugin.close());
  const saying = (said: unknown) => ({ said: typeof said === 'string' ? said : JSON.stringify(said), key: SECRET });
  return { plugin, logged, saying };
}

test('a poll is given its input, cursor, start, time and limit', async (t) => {
  const { plugin, logged, saying } = await loaded(t);
  assert.deepEqual(await plugin.poll('poll', { now: 7 }, saying({ ...PAGE, more: 1 })), PAGE);
  const asked = { input: { text: 'x' }, cursor: 'ü/\u0000', start: 'beginning', now: 8, limit: 2 } as const;
  await plugin.poll('poll', asked, saying(PAGE));
  assert.deepEqual(logged, [{ input: {}, cursor: null, start: 'now', now: 7, limit: 100 }, asked]);
  await plugin.poll('poll', {}, saying(PAGE));
  assert.ok(Number.isInteger(logged[2]?.now) && Number(logged[2]?.now) > 1_700_000_000);
});

test('a page that is not as the contract has it is an error that says what is wrong with it', async (t) => {
  const { plugin, saying } = await loaded(t);
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ events: {} }, /no list of events/],
    [{ events: ['x'] }, /no object/],
    [{ events: [{ ...EVENT, id: ' ' }] }, /without an id/],
    [{ events: [{ ...EVENT, id: 7 }] }, /without an id/],
    [{ events: [{ ...EVENT, data: [] }] }, /without data \(paid:1\)/],
    [{ events: [{ ...EVENT, time: '2026-11-29 10:00' }] }, /a time that is none/],
    [{ events: [{ ...EVENT, time: '2026-13-29T10:00:00Z' }] }, /a time that is none/],
    [{ events: [{ ...EVENT, subject: 1 }] }, /whose subject is no text/],
    [{ nextCursor: 7 }, /nextCursor/],
    [{ hasMore: undefined }, /hasMore/],
    [{ hasMore: 'yes' }, /hasMore/],
    [{ hasMore: true, nextCursor: 'before' }, /the same page again and again/],
  ];
  for (const [change, message] of wrong) {
    const error = await failure(plugin.poll('poll', { cursor: 'before' }, saying({ ...PAGE, ...change })));
    assert.deepEqual(nature(error), ['internal', 'never', 'none']);
    assert.match(error.message, message);
  }
  for (const said of ['', 'x', '[]', '7']) await failure(plugin.poll('poll', {}, saying(said)));
});

test('a webhook is given its request as it came', async (t) => {
  const { plugin, logged, saying } = await loaded(t);
  const response = { status: 201, headers: { 'X-Ok': 'yes' }, body: 'ok' };
  const body = Uint8Array.from({ length: 1000 }, (_, at) => at % 256);
  const request = { ...REQUEST, query: 'a=%20&b', body, now: 7 };
  const headers = { 'X-Signature': 'é', 'x-many': ['a', 'b'], 'X-MANY': 'c', absent: undefined };
  assert.deepEqual(await plugin.webhook('webhook', { ...request, headers }, saying({ events: [EVENT], response })), {
    events: [EVENT],
    response,
  });
  const { body: bytes, ...rest } = logged[0] ?? {};
  assert.deepEqual(Buffer.from(bytes, 'base64'), Buffer.from(body));
  const plain = { input: {}, method: 'POST', query: 'a=%20&b', now: 7 };
  assert.deepEqual(rest, { ...plain, headers: { 'x-signature': 'é', 'x-many': 'a, b, c' } });
  const asFetchHasThem = new Headers([
    ['X-Many', 'a'],
    ['X-Many', 'b'],
  ]);
  await plugin.webhook('webhook', { ...request, headers: asFetchHasThem }, saying({ events: [], response }));
  assert.deepEqual(logged[1]?.headers, { 'x-many': 'a, b' });
});

test('an answer that could not be given to a service is an error', async (t) => {
  const { plugin, saying } = await loaded(t);
  const responses = [
    ...[undefined, null, [], 7, { status: 199 }, { status: 600 }, { status: '200' }, { status: 200.5 }],
    ...[7, null].map((body) => ({ status: 200, body })),
    ...[[], { a: 7 }, { 'a b': 'c' }, { a: 'b\r\nc' }].map((headers) => ({ status: 200, headers })),
    ...[{ 'Content-Length': '7' }, { 'Transfer-Encoding': 'chunked' }].map((headers) => ({ status: 200, headers })),
  ];
  for (const response of responses) {
    const error = await failure(plugin.webhook('webhook', REQUEST, saying({ events: [], response })));
    assert.deepEqual(nature(error), ['internal', 'never', 'none'], JSON.stringify(response));
  }
});

test('what fails has changed nothing, and secrets are in no error, event or log', async (t) => {
  const { plugin, logged, saying } = await loaded(t);
  const document = { kind: 'unavailable', message: `with ${SECRET}`, retry: 'later', effect: 'unknown' };
  const error = await failure(plugin.poll('fail', {}, saying(document)));
  assert.deepEqual([nature(error), error.message], [['unavailable', 'later', 'none'], 'with ***']);
  const response = { status: 200, body: 'its-own-secret' };
  const events = [{ ...EVENT, data: { a: SECRET, b: ['its-own-secret'] } }];
  const request = { ...REQUEST, secret: ' its-own-secret ' };
  const received = await plugin.webhook('webhook', request, saying({ events, response }));
  assert.deepEqual(received.events[0]?.data, { a: '***', b: ['***'] });
  assert.equal(received.response.body, '***');
  assert.ok(!JSON.stringify(logged).includes('its-own-secret'));
});

test('a number that has been rounded is refused before a trigger is asked', async (t) => {
  const { plugin, saying } = await loaded(t);
  const input = { number: 2 ** 53 };
  assert.equal((await failure(plugin.poll('poll', { input }, saying(PAGE)))).field, 'number');
  assert.equal((await failure(plugin.webhook('webhook', { ...REQUEST, input }, saying('{}')))).field, 'number');
});

test('what is no trigger, or another kind, is refused', async (t) => {
  const { plugin, saying } = await loaded(t);
  const calls = [
    plugin.poll('look', {}, saying(PAGE)),
    plugin.poll('webhook', {}, saying(PAGE)),
    plugin.webhook('poll', REQUEST, saying(PAGE)),
    plugin.confirmed('nothing', EVENT, saying(PAGE)),
    plugin.subscribe('poll', { url: 'https://x.example' }, saying(PAGE)),
  ];
  for (const call of calls) assert.equal((await failure(call)).kind, 'invalid_input');
});

test('a subscription keeps its secret: that of the host, or the one that the service wants', async (t) => {
  const { plugin, logged, saying } = await loaded(t);
  const wish = { input: { text: 'x' }, url: 'https://x.example/hook', now: 7 };
  const own = await plugin.subscribe('webhook', wish, saying({ subscription: `s-${SECRET}` }));
  assert.match(own.secret, /^[0-9a-f]{64}$/);
  assert.deepEqual(own, { subscription: `s-${SECRET}`, secret: own.secret }, 'an id has to work');
  assert.deepEqual(logged[0], { ...wish, secret: '***' });
  const other = { subscription: 's', secret: SECRET, expires: 9 };
  assert.deepEqual(await plugin.subscribe('webhook', { ...wish, secret: 'given' }, saying(other)), other);
  for (const bad of [{}, { subscription: '' }, { ...other, secret: 7 }, { ...other, expires: 'soon' }]) {
    assert.equal((await failure(plugin.subscribe('webhook', wish, saying(bad)))).kind, 'internal');
  }
  await plugin.unsubscribe('webhook', { input: wish.input, subscription: 's' }, saying({}));
  assert.deepEqual(logged.at(-1), { input: wish.input, subscription: 's' });
});

test('an event is made sure of by what its trigger reads', async (t) => {
  const { plugin, logged, saying } = await loaded(t);
  assert.equal(await plugin.confirmed('webhook', EVENT, saying({ id: 1 })), true, 'a number and its text are the same');
  assert.deepEqual(logged, [{ id: '1' }]);
  assert.equal(await plugin.confirmed('webhook', EVENT, saying({ id: '2' })), false);
  assert.equal(await plugin.confirmed('webhook', EVENT, saying({})), false);
  assert.equal(await plugin.confirmed('webhook', { id: 'x', data: {} }, saying({ id: '1' })), false);
  assert.equal(await plugin.confirmed('poll', EVENT, saying('nothing is asked')), true);
  assert.equal((await failure(plugin.confirmed('webhook', EVENT, saying('x')))).kind, 'internal');
});

test('bytes of any number are base64', () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 100_000]) {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));
    assert.equal(bytes64(bytes), bytes.toString('base64'));
  }
});

test("a service is answered as the contract's table has it", () => {
  const of = (kind: Kind) => webhookStatus(new ActionError({ kind, message: 'm', retry: 'never', effect: 'none' }));
  const kinds: Kind[] = ['forged_event', 'unexpected_reply', 'throttled', 'unavailable', 'auth', 'internal'];
  assert.deepEqual(kinds.map(of), [401, 400, 503, 503, 500, 500]);
  assert.equal(webhookStatus('anything'), 500);
});
