// The package as it is built, with one action and with two.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import type { Description } from '@justclick/plugin';
import { description } from 'justclick:bundle';
import { allFromPayload, formOf, type Sources } from '../src/form';
import { TWO_ACTIONS } from './made-up';

const WORK = mkdtempSync(join(tmpdir(), 'node-red-justclick-'));
after(() => rmSync(WORK, { recursive: true }));

function built(name: string, of: Description): { html: string; file: string } {
  const folder = join(WORK, name);
  const input = join(WORK, `${name}.json`);
  writeFileSync(input, JSON.stringify(of));
  const script = `
    const { build } = await import(${JSON.stringify(join(process.cwd(), 'build.mjs'))});
    const { readFileSync } = await import('node:fs');
    await build(${JSON.stringify(folder)}, JSON.parse(readFileSync(${JSON.stringify(input)}, 'utf8')));`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
  return { html: readFileSync(join(folder, 'justclick.html'), 'utf8'), file: join(folder, 'justclick.js') };
}

const ONE = built('one', description);
const TWO = built('two', TWO_ACTIONS);

/** What the editor's script registers. */
function registered(html: string): Record<string, any> {
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const types: Record<string, any> = {};
  const RED = { nodes: { registerType: (name: string, definition: unknown) => (types[name] = definition) } };
  runInContext(script, createContext({ RED }));
  return types;
}

/** Of another realm's value, this realm's. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test('an action of the description has its fields and its help, with no source that knows it', () => {
  for (const { name, title } of formOf(TWO_ACTIONS).actions) {
    assert.ok(TWO.html.includes(`<option value="${name}">${title}</option>`), name);
  }
  for (const key of ['text', 'tone', 'until', 'stars', 'urgent']) {
    assert.ok(TWO.html.includes(`id="justclick-add_note-${key}"`), key);
    assert.ok(TWO.html.includes(`<dt class="optional">payload.${key}`) || key === 'text', `the help on ${key}`);
  }
  assert.ok(TWO.html.includes('id="justclick-update_order_status-bill_id"'));
  assert.ok(TWO.html.includes('<dt class="optional">payload.note_id <span class="property-type">integer</span>'));
  assert.ok(!ONE.html.includes('add_note'));
});

test('one action alone is not to be chosen', () => {
  const hidden = /<div class="form-row" style="display: none">.*node-input-action/;
  assert.match(ONE.html, hidden);
  assert.doesNotMatch(TWO.html, hidden);
});

test('texts of the description are texts in the page', () => {
  assert.ok(TWO.html.includes('<p>Adds a note &amp; &lt;nothing&gt; else.</p>'));
  assert.ok(TWO.html.includes('placeholder="&lt;b&gt;"'));
  assert.ok(TWO.html.includes('The &quot;note&quot;.'));
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
  const { defaults } = registered(TWO.html).justclick;
  const check = (action: string, sources: Sources) => defaults.fields.validate.call({ action }, sources);
  const fixed = (value: string) => ({ type: 'str', value });
  const sent = { bill_id: fixed('1'), status: { type: 'choice', value: 'sent' }, date: fixed('x'), rpo: fixed(' ') };
  assert.equal(check('update_order_status', sent), 'Tracking number is missing');
  assert.equal(check('update_order_status', { ...sent, rpo: fixed('1') }), true);
  assert.equal(check('update_order_status', { ...sent, date: { type: 'date', value: '' }, rpo: fixed('1') }), true);
  assert.equal(check('update_order_status', { ...sent, status: { type: 'choice', value: 'paid' } }), true);
  assert.equal(check('update_order_status', { ...sent, status: { type: 'msg', value: 'payload.status' } }), true);
  assert.equal(check('update_order_status', { bill_id: fixed('') }), 'Order number is missing');
  assert.equal(check('add_note', { text: fixed('') }), 'Text is missing');
  assert.equal(
    check('add_note', { text: fixed('a'), tone: { type: 'choice', value: 'blunt' }, until: fixed('') }),
    'Until is missing',
  );
});

/** As much of Node-RED as the nodes need. */
function runtime(file: string) {
  const types: Record<string, Function> = {};
  const config: Record<string, any> = {};
  const RED = {
    nodes: {
      createNode: (node: any, def: any) => {
        node.on = (event: string, listener: Function) => (node[event] = listener);
        node.status = (status: unknown) => (node.shown = status);
        node.error = node.log = () => {};
        node.credentials = def.credentials;
      },
      registerType: (name: string, type: Function) => (types[name] = type),
      getNode: (id: string) => config[id] ?? null,
    },
    util: {
      evaluateNodeProperty: (value: string, type: string, _: unknown, msg: any, done: Function) => {
        if (type === 'jsonata') throw new Error('Expected ")"');
        done(null, type === 'msg' ? value.split('.').reduce((at: any, key) => at?.[key], msg) : value);
      },
    },
  };
  require(file)(RED);
  const make = (type: string, def: object) => Reflect.construct(types[type]!, [def], types[type]) as any;
  config.shop = make('justclick-connection', {
    login: 'l',
    base_url: 'http://127.0.0.1:4',
    credentials: { api_key: 'kkkkkkkk' },
  });
  return { make, config };
}

async function sent(node: any, payload: unknown): Promise<any> {
  return new Promise((resolve) => node.input({ payload }, () => {}, resolve));
}

test('an action of the description reaches the plugin', async () => {
  const { make } = runtime(TWO.file);
  const action = formOf(TWO_ACTIONS).actions[1];
  const node = make('justclick', { connection: 'shop', action: 'add_note', fields: allFromPayload(action) });
  // Which knows its own alone.
  assert.equal((await sent(node, { text: 'x' })).message, 'There is no action "add_note".');
});

test('an error is told in one line, with its kind and its document', async () => {
  const { make } = runtime(ONE.file);
  const fields = allFromPayload(formOf(description).actions[0]);
  const node = make('justclick', { connection: 'shop', action: 'update_order_status', fields });
  const error = await sent(node, { bill_id: 'x', status: 'cancel', more: 'is of no interest' });
  assert.equal(String(error), 'Order number must be made of the digits 0 to 9 alone (got "x")');
  assert.deepEqual([error.code, error.cause.field, Object.hasOwn(error, 'stack')], ['invalid_input', 'bill_id', false]);
  assert.deepEqual(node.shown, { fill: 'red', shape: 'ring', text: 'invalid input' });
  await new Promise<void>((closed) => node.close(closed));
  assert.deepEqual(node.shown, {});
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
    assert.match(error.message, /was cancelled before anything was sent/);
  }
  await pause(100);
  assert.deepEqual([isClosed, waiting.length], [false, 1], 'the call under way is waited for');
  waiting[0]!();
  assert.equal((await calls[0]).code, 'unexpected_reply', 'the answer that came');
  await closing;
  assert.deepEqual(node.shown, {});
  assert.equal(logged.length, 3);
  assert.match(logged.join('\n'), /bill_id 007: The call was cancelled before anything was sent/);
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
  assert.deepEqual(logged, ['The call was cancelled before anything was sent.']);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
