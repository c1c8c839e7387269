import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { description } from 'plugin:bundle';
import { accountOf, originOf } from '../src/connection';
import { Exchange, type Terms } from '../src/http/exchange';
import { NodeClient } from '../src/http/node';
import { PrivateAccess } from '../src/http/access';
import { reasonOf } from '../src/http/reasons';
import { retryAfter } from '../src/http/retry-after';
import type { Client } from '../src/http/transport';
import { redact, redacted } from '../src/redact';
import { stayAlive } from './support';

const ORIGIN = 'https://shop.example';
const OK = { status: 200, headers: {}, body: new Uint8Array() };

function exchange(t: TestContext, send: Client['send'], terms: Partial<Terms> = {}): Exchange {
  const stop = new AbortController().signal;
  const own = { client: { send }, origins: new Set([ORIGIN]), maxBytes: 100, timeoutMs: 5000, stop };
  const exchange = new Exchange({ ...own, ...terms });
  t.after(() => exchange.release());
  return exchange;
}

/** The status and the body of the answer. */
async function said(exchange: Exchange, request: unknown, body = ''): Promise<[number, string]> {
  const answer = await exchange.answer({ request: JSON.stringify(request), body: Buffer.from(body) });
  return [answer.status, new TextDecoder().decode(answer.body)];
}

test('scheme, host and port have to be those of the connection', async (t) => {
  const asked: string[] = [];
  const own = exchange(t, async ({ url }) => (asked.push(url), OK));
  const others = [
    'http://shop.example',
    'https://shop.example:8443',
    'https://a.shop.example',
    'https://shop.example.org',
  ];
  const odd = ['https://shop.example@evil.example/', 'https://u:p@shop.example/', 'file:///etc/passwd', 'data:,x', ''];
  for (const url of [...others, ...odd]) assert.deepEqual(await said(own, { url }), [0, 'not_allowed'], url);
  assert.deepEqual(await said(own, { url: 'https://SHOP.example:443/api/X' }), [200, '']);
  assert.deepEqual(asked, ['https://SHOP.example:443/api/X']);
});

test('a request that is not described as the contract says is none', async (t) => {
  const own = exchange(t, () => assert.fail());
  for (const request of [
    null,
    [],
    'x',
    {},
    { url: 1 },
    { url: ORIGIN, method: 1 },
    { url: ORIGIN, headers: { a: null } },
  ]) {
    assert.deepEqual(await said(own, request), [0, 'not_allowed'], JSON.stringify(request));
  }
  assert.equal(own.mayHaveArrived, false);
});

test('a request that was refused or did not get out can have no effect', async (t) => {
  for (const [reason, arrived] of [
    ['connect', false],
    ['not_sent', false],
    ['timeout', true],
    ['too_large', true],
  ] as const) {
    const own = exchange(t, async () => ({ reason }));
    assert.deepEqual(await said(own, { url: ORIGIN }), [0, reason]);
    assert.equal(own.mayHaveArrived, arrived);
    await said(own, { url: 'https://other.example/' });
    assert.equal(own.mayHaveArrived, arrived, 'after one that was not allowed');
  }
  const thrown = exchange(t, () => Promise.reject(new Error()));
  assert.deepEqual(await said(thrown, { url: ORIGIN }), [0, 'reset']);
  assert.equal(thrown.mayHaveArrived, true);
});

test('a name without an address', async (t) => {
  // Too long to be asked for, so nobody is.
  const origin = `https://${'a'.repeat(64)}.invalid`;
  const client = new NodeClient({ access: new PrivateAccess(''), environment: {}, keepAlive: true });
  const own = exchange(t, (request) => client.send(request), { origins: new Set([origin]) });
  assert.deepEqual(await said(own, { url: origin }), [0, 'dns']);
});

test("what is the connection's is not the plugin's to set", async (t) => {
  const own = exchange(t, async () => OK);
  const names = [
    'Host',
    'CONNECTION',
    'transfer-encoding',
    'Content-Length',
    'Proxy-Authorization',
    'Upgrade',
    'Expect',
  ];
  for (const name of [...names, 'two words', '']) {
    assert.deepEqual(await said(own, { url: ORIGIN, headers: { [name]: 'x' } }), [0, 'not_allowed'], name);
  }
  assert.deepEqual(await said(own, { url: ORIGIN, headers: { x: 'a\r\nhost: b' } }), [0, 'not_allowed']);
  for (const method of ['CONNECT', 'trace', 'GET / HTTP/1.1']) {
    assert.deepEqual(await said(own, { url: ORIGIN, method }), [0, 'not_allowed'], method);
  }
  assert.deepEqual(await said(own, { url: ORIGIN, headers: { 'x-host': 'x', authorization: 'x' } }), [200, '']);
});

test('a request has what the plugin wrote, and no packed answer is asked for', async (t) => {
  const own = exchange(t, async ({ method, headers, body, maxBytes }) => {
    assert.deepEqual(headers, { 'x-own': 'a', 'accept-encoding': 'identity' });
    assert.deepEqual([method, Buffer.from(body!).toString(), maxBytes], ['PUT', 'a=1', 100]);
    return { status: 201, headers: {}, body: Buffer.from('done') };
  });
  const headers = { 'X-Own': 'a', 'Accept-Encoding': 'gzip' };
  assert.deepEqual(await said(own, { url: ORIGIN, method: 'PUT', headers }, 'a=1'), [201, 'done']);
});

test('a client that reads more than the cap is not believed', async (t) => {
  const own = exchange(t, async () => ({ ...OK, body: new Uint8Array(101) }));
  assert.deepEqual(await said(own, { url: ORIGIN }), [0, 'too_large']);
  assert.equal(own.mayHaveArrived, true);
});

test('a request for which there is no time left is not sent', async (t) => {
  const own = exchange(t, () => assert.fail(), { stop: AbortSignal.abort() });
  assert.deepEqual(await said(own, { url: ORIGIN }), [0, 'not_sent']);
  assert.deepEqual([own.mayHaveArrived, own.isInterrupted], [false, true]);
});

test('a client that is told to end says how far the request had come', async (t) => {
  stayAlive(t);
  const send: Client['send'] = ({ signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 10, { reason: 'connect' })));
  const own = exchange(t, send, { timeoutMs: 20 });
  assert.deepEqual(await said(own, { url: ORIGIN }), [0, 'connect']);
  assert.deepEqual([own.mayHaveArrived, own.isInterrupted], [false, true]);
});

test('what the client throws is told in the words of the contract', () => {
  const thrown = (code: string, more = {}) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code, ...more }) });
  const denied = (why: string) =>
    new TypeError('fetch failed', { cause: new Error(`error sending request: client error ${why}`) });
  const cases: [unknown, string][] = [
    [thrown('ENOTFOUND'), 'dns'],
    [thrown('EAI_AGAIN'), 'dns'],
    [thrown('ECONNREFUSED'), 'connect'],
    [thrown('EHOSTUNREACH'), 'connect'],
    [thrown('ERR_PROXY'), 'connect'],
    [thrown('ETIMEDOUT', { syscall: 'connect' }), 'connect'],
    [thrown('ETIMEDOUT', { errors: [] }), 'connect'],
    [thrown('ETIMEDOUT', { syscall: 'read' }), 'reset'],
    [thrown('CERT_HAS_EXPIRED'), 'tls'],
    [thrown('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls'],
    [thrown('SELF_SIGNED_CERT_IN_CHAIN'), 'tls'],
    [thrown('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls'],
    [thrown('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls'],
    [thrown('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls'],
    [thrown('HPE_HEADER_OVERFLOW'), 'too_large'],
    [thrown('ERR_NOT_ALLOWED'), 'not_allowed'],
    [thrown('Z_DATA_ERROR'), 'reset'],
    [denied('(Connect): dns error: failed to lookup address information'), 'dns'],
    [denied('(Connect): tcp connect error: Connection refused (os error 111)'), 'connect'],
    [denied('(Connect): invalid peer certificate: UnknownIssuer'), 'tls'],
    [denied('(SendRequest): connection closed before message completed'), 'reset'],
    [new TypeError('fetch failed', { cause: new Error('bad port') }), 'not_allowed'],
    [thrown('UND_ERR_CONNECT_TIMEOUT'), 'connect'],
    [thrown('UND_ERR_SOCKET'), 'reset'],
    [thrown('ECONNRESET'), 'reset'],
    [thrown('EPIPE'), 'reset'],
    [thrown('HPE_INVALID_CONSTANT'), 'reset'],
    [new Error('something else'), 'reset'],
    ['no error at all', 'reset'],
  ];
  for (const [error, reason] of cases) assert.equal(reasonOf(error), reason, String((error as Error).cause ?? error));
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('Sun, 06 Nov 1994 08:49:30 GMT');
  const cases: [string | undefined, number | undefined][] = [
    [' 7 ', 7],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    // A day, whatever is asked for.
    ['86401', 86400],
    ['9'.repeat(20), 86400],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86400],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [header, seconds] of cases) assert.equal(retryAfter(header, now), seconds, String(header));
});

test('a connection has what the schema names, as texts, and nothing empty', () => {
  const given = { login: 'l', api_key: 'k', base_url: ' https://Shop.example:443/a ', allow_http: true, other: 'x' };
  const account = accountOf(description, given);
  assert.deepEqual(account.config, { login: 'l', api_key: 'k', base_url: given.base_url, allow_http: 'true' });
  assert.deepEqual([...account.origins], ['https://shop.example']);
  assert.deepEqual(account.secrets, ['k', 'k']);
  assert.deepEqual(accountOf(description, { login: '', api_key: null, base_url: undefined }).config, {});
});

test('an account is the same however its connection is written, and whatever its key is', () => {
  const own = { login: 'l', api_key: 'k', base_url: 'https://shop.example' };
  const { identity, key, origins } = accountOf(description, own);
  const spelt = [
    { ...own, login: ' l\u00a0' },
    { ...own, base_url: '\ufeffHTTPS://Shop.EXAMPLE:443//\u200b' },
    { ...own, allow_http: false },
    { ...own, allow_http: 'true' },
    { ...own, api_key: 'another' },
  ];
  for (const other of spelt) {
    const account = accountOf(description, other);
    assert.equal(account.identity, identity, JSON.stringify(other));
    assert.notEqual(account.key, key, 'each connection has its own instances');
    assert.deepEqual(account.origins, origins);
  }
  for (const other of [
    { ...own, login: 'L' },
    { ...own, base_url: 'https://shop.example:8443' },
  ]) {
    assert.notEqual(accountOf(description, other).identity, identity);
  }
});

test('only http and https have an origin', () => {
  assert.equal(originOf('http://[::1]:80/x'), 'http://[::1]');
  for (const address of ['file:///x', 'ftp://shop.example', 'blob:https://shop.example/1', '//shop.example', '']) {
    assert.equal(originOf(address), null, address);
  }
});

test('secrets are taken out of a text, as they are and as JSON writes them', () => {
  assert.equal(redact('a "secret\\"word" b', ['secret"word']), 'a "***" b');
  assert.equal(redact('a secret"word b', ['secret"word']), 'a *** b');
  assert.equal(redact('no change', ['no']), 'no change');
});

test('secrets are taken out of all that JSON holds, and it stays what it is', () => {
  const value = { list: ['the-secret', 1, null, { 'the-secret': 'a the-secret b' }], yes: true };
  assert.deepEqual(redacted(value, ['the-secret']), { list: ['***', 1, null, { '***': 'a *** b' }], yes: true });
});
