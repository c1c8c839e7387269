// The real module against the sandbox.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description, sha256, wasm } from 'plugin:bundle';
import { type Description, loadPlugin } from 'plugin-engine';
import { ACTION, ask, connection, failure, KEY, load, nature, SANDBOX } from './support';

const cancel = (bill_id: unknown) => ({ bill_id, status: 'cancel' });
/** An order of this file alone. */
const order = (id: number, misbehaviour: string | null = null) => ask(`/orders/${id}`, { status: 'new', misbehaviour });

test("the description is the plugin's own", async (t) => {
  const plugin = await load(t);
  // Other languages are of the bundle, not of the module.
  const { i18n: _, ...own } = description as Description & { i18n?: unknown };
  assert.deepEqual(await plugin.describe(), own);
  (await plugin.describe()).actions.length = 0;
  assert.equal((await plugin.describe()).actions.length, description.actions.length, 'a copy each time');
});

test("an order's status is changed", async (t) => {
  const plugin = await load(t);
  await order(500);
  const input = { bill_id: 500, status: 'sent', date: '2013-03-03T00:00:00+04:00', rpo: ' РФ-1 📦 ' };
  const sent = { bill_id: '500', status: 'sent', date: 1362254400, rpo: 'РФ-1 📦' };
  assert.deepEqual(await plugin.call(ACTION, input, connection()), { ...sent, message: 'order status changed' });
  const { status, date, rpo } = await ask('/orders/500');
  assert.deepEqual({ status, date, rpo }, { status: 'sent', date: 1362254400, rpo: 'РФ-1 📦' });
});

test('what a status does not need is neither checked nor sent', async (t) => {
  const plugin = await load(t);
  await order(501);
  const input = { ...cancel(501), date: 'nonsense', rpo: '[object Object]' };
  const output = { bill_id: '501', status: 'cancel', message: 'order status changed' };
  assert.deepEqual(await plugin.call(ACTION, input, connection()), output);
  const { requests } = await ask('/requests');
  assert.ok(requests.some(({ body }: { body: string }) => body.startsWith('bill_id=501&status=cancel&hash=')));
});

test('a connection is checked', async (t) => {
  const plugin = await load(t);
  assert.deepEqual(await plugin.checkConnection(connection()), { login: connection().login, base_url: SANDBOX });
  const wrong = await failure(plugin.checkConnection({ ...connection(), api_key: 'another' }));
  assert.deepEqual(nature(wrong), ['auth', 'never', 'none']);
  const empty = await failure(plugin.checkConnection({ login: '', api_key: KEY, base_url: null }));
  assert.deepEqual(
    [empty.kind, empty.problems.map(({ field }) => field)],
    ['invalid_connection', ['login', 'base_url']],
  );
});

test("each error is the contract's document", async (t) => {
  const plugin = await load(t);
  const unknown = await failure(plugin.call(ACTION, cancel('999999'), connection()));
  assert.deepEqual([nature(unknown), unknown.upstream?.error_code], [['not_found', 'never', 'none'], 200]);
  const invalid = await failure(plugin.call(ACTION, { bill_id: 'x', status: 'sent' }, connection()));
  assert.deepEqual([nature(invalid), invalid.field], [['invalid_input', 'never', 'none'], 'bill_id']);
  assert.deepEqual(
    invalid.problems.map(({ field }) => field),
    ['bill_id', 'date', 'rpo'],
  );
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(invalid))), [
    'kind',
    'message',
    'retry',
    'effect',
    'field',
    'problems',
  ]);
  assert.match(String(invalid), /^ActionError: bill_id must be/);
});

test('what never reaches the plugin is an invalid input', async (t) => {
  const plugin = await load(t);
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  const inputs = [circle, { bill_id: 1n }, undefined as never, cancel(Object.create(null)), cancel(Symbol('1'))];
  for (const input of inputs)
    assert.equal((await failure(plugin.call(ACTION, input, connection()))).kind, 'invalid_input');
  const error = await failure(plugin.call('describe', {}, connection()));
  assert.deepEqual([error.kind, error.message], ['invalid_input', 'There is no action "describe".']);
});

test('a number that JavaScript has rounded is no order', async (t) => {
  const plugin = await load(t);
  for (const bill_id of [2 ** 53, 9007199254740993, 1.2345678901234567e19, -(2 ** 60)]) {
    const error = await failure(plugin.call(ACTION, { ...cancel(''), bill_id }, connection()));
    assert.deepEqual([error.kind, error.effect, error.field], ['invalid_input', 'none', 'bill_id']);
    assert.match(error.message, /^bill_id is a number so large that programs round it: give it as a text/);
  }
  const exact = await failure(plugin.call(ACTION, { ...cancel(''), bill_id: 2 ** 53 - 1 }, connection()));
  assert.equal(exact.kind, 'not_found');
  const moment = await failure(plugin.call(ACTION, { bill_id: 1, status: 'paid', date: 1.7e18 }, connection()));
  assert.match(moment.message, /nanoseconds/);
});

test('an input that holds the key is refused and not shown', async (t) => {
  const plugin = await load(t);
  const error = await failure(plugin.call(ACTION, cancel(KEY), connection()));
  assert.equal(error.kind, 'invalid_input');
});

const LOST = ['unavailable', 'later', 'unknown'];
const NO_REPLY = ['unexpected_reply', 'never', 'unknown'];
const FORGED = ['forged_reply', 'never', 'unknown'];
const THROTTLED = ['throttled', 'later', 'none'];
const MISBEHAVIOURS: Record<string, unknown[] | null> = {
  'forged-hash': FORGED,
  'missing-hash': FORGED,
  'code-as-string': null,
  'code-4': ['auth', 'never', 'none'],
  'code-8': THROTTLED,
  'code-302': ['not_found', 'never', 'none'],
  'code-201': ['rejected', 'never', 'none'],
  html: NO_REPLY,
  'truncated-json': NO_REPLY,
  empty: NO_REPLY,
  'not-utf8': NO_REPLY,
  'http-429': THROTTLED,
  'http-503': LOST,
  redirect: NO_REPLY,
  huge: [...NO_REPLY, 'too_large'],
  slow: [...LOST, 'timeout'],
  'drop-before': [...LOST, 'reset'],
  'drop-after': [...LOST, 'reset'],
};

test('every misbehaviour of the service is told, and the next call works', async (t) => {
  const plugin = await load(t, { timeoutMs: 2000 });
  for (const [misbehaviour, expected] of Object.entries(MISBEHAVIOURS)) {
    await order(501, misbehaviour);
    const call = plugin.call(ACTION, cancel(501), connection());
    if (expected) assert.deepEqual(nature(await failure(call)), expected, misbehaviour);
    else assert.equal((await call).status, 'cancel', misbehaviour);
    await order(501);
    assert.equal((await plugin.call(ACTION, cancel(501), connection())).status, 'cancel', `after ${misbehaviour}`);
  }
});

test('a throttled call says when to try again', async (t) => {
  const plugin = await load(t);
  await order(502, 'http-429');
  assert.equal((await failure(plugin.call(ACTION, cancel(502), connection()))).retryAfterS, 7);
});

test('a module with another SHA-256 is not loaded', async () => {
  const load = loadPlugin({ wasm, sha256: 'f'.repeat(64) });
  await assert.rejects(load, new RegExp(`SHA-256 ${sha256}\\): install the package again`));
});

test('a SHA-256 may be in capital letters', async (t) => {
  await load(t, { sha256: sha256.toUpperCase() });
});
