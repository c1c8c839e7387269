// The package as it is built.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { allFromPayload, formOf, type Sources } from '../src/form';
import { page } from '../src/html';
import { built, catalogue, registered, runtime, translated } from './package';

const ONE = built('one');
const HELP = JSON.parse(readFileSync('locales/help/en-US.json', 'utf8'));

/** Of another realm's value, this realm's. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test('one action alone is not to be chosen, and among several each is', () => {
  const hidden = /<div class="form-row" style="display: none">.*node-input-action/;
  assert.match(page({ ...description, actions: description.actions.slice(0, 1) }, '', HELP), hidden);
  assert.doesNotMatch(ONE.html, hidden);
  for (const { name } of [...description.actions, ...description.triggers!]) {
    assert.ok(ONE.html.includes(`<option value="${name}" `), name);
  }
});

test('texts of the description are texts in the page', () => {
  const action = { ...description.actions[0]!, description: 'Adds a note & <nothing> else.' };
  assert.ok(
    page({ ...description, actions: [action] }, '', HELP).includes('<p>Adds a note &amp; &lt;nothing&gt; else.</p>'),
  );
});

test('a secret is typed hidden and kept with the credentials', () => {
  const { defaults, credentials } = registered(ONE.html)['justclick-connection'];
  assert.deepEqual(Object.keys(defaults), ['name', 'login', 'base_url', 'allow_http']);
  assert.deepEqual(plain(credentials), { api_key: { type: 'password', required: true } });
  assert.match(ONE.html, /<input type="password" id="node-config-input-api_key"/);
  assert.deepEqual([defaults.allow_http.value, defaults.login.required], [false, true]);
});

test('a new node takes every field from the payload', () => {
  const { defaults } = registered(ONE.html).justclick;
  assert.deepEqual(plain(defaults.fields.value.rpo), { type: 'msg', value: 'payload.rpo' });
  assert.equal(defaults.action.value, 'update_order_status');
});

test('the dialog says which field is missing', () => {
  const { defaults } = registered(ONE.html).justclick;
  const check = (action: string, sources: Sources) => defaults.fields.validate.call({ action, _: translated }, sources);
  const fixed = (value: string) => ({ type: 'str', value });
  const sent = { bill_id: fixed('1'), status: { type: 'choice', value: 'sent' }, date: fixed('x'), rpo: fixed(' ') };
  assert.equal(check('update_order_status', sent), 'Tracking number is missing');
  assert.equal(check('update_order_status', { ...sent, rpo: fixed('1') }), true);
  assert.equal(check('update_order_status', { ...sent, date: { type: 'date', value: '' }, rpo: fixed('1') }), true);
  assert.equal(check('update_order_status', { ...sent, status: { type: 'choice', value: 'paid' } }), true);
  assert.equal(check('update_order_status', { ...sent, status: { type: 'msg', value: 'payload.status' } }), true);
  assert.equal(check('update_order_status', { bill_id: fixed('') }), 'Order number is missing');
});

async function sent(node: any, payload: unknown): Promise<any> {
  return new Promise((resolve) => node.input({ payload }, () => {}, resolve));
}

test("every text that is not the plugin's own is there in English and Russian", () => {
  const keys = (at: object): string[] =>
    Object.entries(at).flatMap(([key, value]) =>
      typeof value === 'string' ? [key] : keys(value).map((rest) => `${key}.${rest}`),
    );
  const [english, russian] = ['en-US', 'ru'].map(catalogue);
  assert.deepEqual(keys(russian), keys(english));
  const [helps, russianHelps] = ['en-US', 'ru'].map((language) => {
    return JSON.parse(readFileSync(`locales/help/${language}.json`, 'utf8'));
  });
  assert.deepEqual(keys(russianHelps), keys(helps));
  const used = [/data-i18n="(?:\[\w+\])?justclick\.([a-z_.]+)"/g, /\btexts\}\.([a-z_.]+)`/g, /\btext\("([a-z_.]+)"/g]
    .flatMap((pattern) => [...ONE.html.matchAll(pattern)])
    .filter(([, key]) => !key!.startsWith('form.'))
    .map(([, key]) => `justclick.${key}`);
  const { kind } = JSON.parse(readFileSync('../../manifest/error.schema.json', 'utf8')).properties;
  const ofTriggers = ['listening', 'asking', 'unconfirmed', 'unanswered', 'no_http', 'address_taken', 'unsafe'];
  const states = ['running', 'done', 'effect_unknown', ...ofTriggers, ...kind.enum].map(
    (state) => `justclick.status.${state}`,
  );
  const wanted = [...used, ...states];
  assert.deepEqual(new Set(wanted), new Set(keys(english)));
  for (const [key, value] of Object.entries(english.justclick.check)) {
    const names = (text: unknown) => String(text).match(/__\w+__/g);
    assert.deepEqual(names(russian.justclick.check[key]), names(value), key);
  }
});

test('an error is told in one line, with its kind and its document', async () => {
  const { make } = runtime(ONE.file);
  const fields = allFromPayload(formOf(description).actions[0]);
  const node = make('justclick', { connection: 'shop', action: 'update_order_status', fields });
  const error = await sent(node, { bill_id: 'x', status: 'cancel', more: 'is of no interest' });
  assert.equal(String(error), 'Order number must be made of the digits 0 to 9 alone (got "x")');
  assert.deepEqual([error.code, error.cause.field, Object.hasOwn(error, 'stack')], ['invalid_input', 'bill_id', false]);
  assert.deepEqual(node.shown, { fill: 'red', shape: 'ring', text: 'justclick.status.invalid_input' });
  await new Promise<void>((closed) => node.close(closed));
  assert.deepEqual(node.shown, {});
});

test('an order that is no text and no number is told as such, whatever it is', async () => {
  const { make } = runtime(ONE.file);
  const fields = allFromPayload(formOf(description).actions[0]);
  const node = make('justclick', { connection: 'shop', action: 'update_order_status', fields });
  for (const bill_id of [Object.create(null), Symbol('1'), new Map(), () => 1, [1]]) {
    const error = await sent(node, { bill_id, status: 'cancel' });
    assert.deepEqual([error.code, error.cause.effect], ['invalid_input', 'none'], String(error.message));
  }
});

test('what the dialog gets wrong is told', async () => {
  const { make } = runtime(ONE.file);
  const node = (def: object) =>
    make('justclick', { connection: 'shop', action: 'update_order_status', fields: {}, ...def });
  assert.match((await sent(node({ connection: '' }), {})).message, /^Choose a connection/);
  assert.match((await sent(node({ action: 'old' }), {})).message, /no action "old"/);
  const broken = await sent(node({ fields: { rpo: { type: 'jsonata', value: '(' } } }), {});
  assert.deepEqual(
    [broken.message, broken.code, broken.cause.field],
    ['Tracking number: Expected ")"', 'invalid_input', 'rpo'],
  );
});

test('a deploy lets what has begun come to its end, and tells what waits that it was not sent', async (t) => {
  const { make, config } = runtime(ONE.file);
  const waiting: (() => void)[] = [];
  const server = createServer((_, response) => waiting.push(() => response.writeHead(404).end('x')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  config.shop.connection.base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fields = allFromPayload(formOf(description).actions[0]);
  const node = make('justclick', { connection: 'shop', action: 'update_order_status', fields });
  const logged: string[] = [];
  node.error = (text: string) => logged.push(text);

  const calls = [7, '007', 7].map((bill_id) => sent(node, { bill_id, status: 'cancel' }));
  while (waiting.length === 0) await pause(20);
  let isClosed = false;
  const closing = new Promise<void>((closed) => node.close(closed)).then(() => (isClosed = true));
  for (const error of await Promise.all(calls.slice(1))) {
    assert.deepEqual([error.code, error.cause.effect], ['unavailable', 'none']);
    assert.match(error.message, /was stopped before this was sent/);
  }
  await pause(100);
  assert.deepEqual([isClosed, waiting.length], [false, 1], 'the call under way is waited for');
  waiting[0]!();
  assert.equal((await calls[0]).code, 'unexpected_reply', 'the answer that came');
  await closing;
  assert.deepEqual(node.shown, {});
  assert.equal(logged.length, 3);
  assert.match(logged.join('\n'), /bill_id 007: The node was stopped before this was sent/);
});

test('no log of it holds a key that somebody took for the order', async () => {
  const { make } = runtime(ONE.file);
  const fields = allFromPayload(formOf(description).actions[0]);
  const node = make('justclick', { connection: 'shop', action: 'update_order_status', fields });
  const logged: string[] = [];
  node.error = (text: string) => logged.push(text);
  const ended = sent(node, { bill_id: 'kkkkkkkk', status: 'cancel' });
  await new Promise<void>((closed) => node.close(closed));
  await ended;
  assert.deepEqual(logged, ['The node was stopped before this was sent: send it again.']);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
