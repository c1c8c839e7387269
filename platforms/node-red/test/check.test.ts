// The test of a connection from the editor.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { built, runtime } from './package';

const { file } = built('check');
const KEY = 'k0k1k2k3k4k5k6k7';
const TYPED = { login: 'username', api_key: '__PWRD__', base_url: 'http://127.0.0.1:4', allow_http: false };

/** Presses the button. */
async function pressed({ routes }: ReturnType<typeof runtime>, body: unknown, leave?: (gone: () => void) => void) {
  const [permission, handler] = routes['/justclick-connection/check']!;
  assert.equal(permission, 'flows.write');
  return new Promise<any>((resolve) => {
    const response = {
      on: (event: string, listener: () => void) => event === 'close' && leave?.(listener),
      json: resolve,
    };
    handler!({ body }, response);
  });
}

/** A service that answers what it was asked, and never what JustClick would. */
async function service(t: TestContext): Promise<{ base_url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end(`no reply: ${body} ${KEY}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test('a connection is tested as it is typed, with the key that is kept where none is', async (t) => {
  const red = runtime(file);
  red.config.shop.credentials = { api_key: KEY };
  const { base_url, bodies } = await service(t);
  const answer = await pressed(red, { id: 'shop', values: { ...TYPED, base_url } });
  assert.equal(answer.works, false);
  assert.match(answer.message, /JustClick/);
  assert.equal(bodies.length, 1);
  assert.doesNotMatch(JSON.stringify(answer), new RegExp(KEY));
  assert.doesNotMatch(answer.message, /\n/);
  const typed = await pressed(red, { id: 'new', values: { ...TYPED, base_url, api_key: 'typed-anew' } });
  assert.equal(bodies.length, 2);
  assert.notEqual(bodies[0], bodies[1]);
  assert.equal(typed.works, false);
});

test('the credentials of another node are not used, nor those that are not there', async () => {
  const red = runtime(file);
  red.config.mail = { type: 'e-mail', credentials: { api_key: KEY } };
  for (const id of ['mail', 'nobody', undefined, { id: 'shop' }]) {
    const { works, message } = await pressed(red, { id, values: TYPED });
    assert.equal(works, false);
    assert.match(message, /^API key is missing/, String(id));
  }
});

test('what is wrong is told in one line, in the words of the dialog', async () => {
  const red = runtime(file);
  const told = async (values: object) => (await pressed(red, { id: 'shop', values: { ...TYPED, ...values } })).message;
  assert.match(await told({ base_url: 'shop' }), /^Base URL must/);
  assert.match(await told({ login: '', base_url: '' }), /^Login is missing.* \(and 1 more\)$/);
  assert.match(await told({ base_url: 'http://127.0.0.2:4' }), /127\.0\.0\.2:4/);
  assert.match(await told({ login: { a: 1 } }), /type it anew/);
  for (const body of [undefined, {}, { id: 'shop', values: null }, 'text']) {
    assert.match((await pressed(red, body)).message, /^Login is missing/);
  }
});

test('a variable of the environment stands for its value, as in a node that is deployed', async (t) => {
  const red = runtime(file);
  const { base_url, bodies } = await service(t);
  process.env.TEST_SHOP = base_url;
  t.after(() => delete process.env.TEST_SHOP);
  await pressed(red, { id: 'shop', values: { ...TYPED, base_url: '${TEST_SHOP}' } });
  assert.equal(bodies.length, 1);
  const { message } = await pressed(red, { id: 'shop', values: { ...TYPED, login: '${TEST_NOBODY}' } });
  assert.match(message, /^Login has a placeholder/);
});

test('nobody waits for the answer any more: the call ends', async (t) => {
  const red = runtime(file);
  let asked = () => {};
  const hasAsked = new Promise<void>((resolve) => (asked = resolve));
  const server = createServer(() => asked());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let leave = () => {};
  const ended = pressed(red, { id: 'shop', values: { ...TYPED, base_url } }, (gone) => (leave = gone));
  await hasAsked;
  const begun = Date.now();
  leave();
  assert.equal((await ended).works, false);
  assert.ok(Date.now() - begun < 5000);
});

test('a Node-RED without an editor has no such address', () => {
  assert.doesNotThrow(() => runtime(file, { httpAdmin: undefined }));
});
