import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeClient, type Client } from '../src/client';
import { accountOf, originOf } from '../src/connection';
import { Http, retryAfter } from '../src/http';
import { reasonOf } from '../src/reasons';
import { redact, redacted } from '../src/redact';
import { PrivateAccess } from '../src/access';
import { description } from 'justclick:bundle';

const limits = (send: Client['send']) => ({ client: { send, close() {} }, maxBytes: 100, maxRequests: 3 });

async function* nothing() {}

function http(origin: string, asked: string[] = []) {
  const send: Client['send'] = async ({ url }) => {
    asked.push(url);
    return { status: 200, header: () => null, body: nothing() };
  };
  return new Http(limits(send), new Set([origin]));
}

async function word(answer: Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>): Promise<string> {
  return new TextDecoder().decode(await (await answer).arrayBuffer());
}

test('scheme, host and port have to be those of the connection', async () => {
  const own = 'https://shop.example';
  const asked: string[] = [];
  const { fetch } = http(own, asked);
  const others = [
    'http://shop.example',
    'https://shop.example:8443',
    'https://a.shop.example',
    'https://shop.example.org',
  ];
  const odd = ['https://shop.example@evil.example/', 'file:///etc/passwd', 'data:text/plain,x', 'no address', ''];
  for (const url of [...others, ...odd]) {
    const answer = await fetch(url, {});
    assert.deepEqual([answer.status, new TextDecoder().decode(await answer.arrayBuffer())], [0, 'not_allowed'], url);
  }
  assert.equal((await fetch('https://SHOP.example:443/api/X', {})).status, 200);
  assert.deepEqual(asked, ['https://SHOP.example:443/api/X']);
});

test('a request that was refused or did not get out can have no effect', async () => {
  const ways: [unknown, boolean][] = [
    [Object.assign(new Error(), { code: 'ECONNREFUSED' }), false],
    [Object.assign(new Error(), { code: 'ECONNRESET' }), true],
  ];
  for (const [thrown, arrived] of ways) {
    const fails = () => Promise.reject(thrown);
    const http = new Http(limits(fails), new Set(['https://shop.example']));
    const exchange = http.begin(new AbortController().signal);
    await http.fetch('https://shop.example/', {});
    assert.equal(exchange.mayHaveArrived, arrived);
    await http.fetch('https://other.example/', {});
    assert.equal(exchange.mayHaveArrived, arrived, 'after one that was not allowed');
  }
});

test('a name without an address', async () => {
  // Too long to be asked for, so nobody is.
  const origin = `https://${'a'.repeat(64)}.invalid`;
  const client = new NodeClient({ access: new PrivateAccess(''), environment: {}, keepAlive: true });
  const http = new Http({ client, maxBytes: 1, maxRequests: 1 }, new Set([origin]));
  assert.equal(await word(http.fetch(origin, {})), 'dns');
});

test("what is the connection's is not the plugin's to set", async () => {
  const origin = 'https://shop.example';
  const own = ['Host', 'CONNECTION', 'transfer-encoding', 'Content-Length', 'Proxy-Authorization', 'Upgrade', 'Expect'];
  for (const name of own) {
    assert.equal(await word(http(origin).fetch(origin, { headers: { [name]: 'x' } })), 'not_allowed', name);
  }
  for (const method of ['CONNECT', 'trace']) {
    assert.equal(await word(http(origin).fetch(origin, { method })), 'not_allowed', method);
  }
  assert.equal((await http(origin).fetch(origin, { headers: { 'x-host': 'x', authorization: 'x' } })).status, 200);
});

test('a call has so many requests and no more', async () => {
  const origin = 'https://shop.example';
  const asked: string[] = [];
  const client = http(origin, asked);
  client.begin(new AbortController().signal);
  for (let request = 0; request < 5; request += 1) await client.fetch(origin, {});
  assert.equal(asked.length, 3);
  client.begin(new AbortController().signal);
  assert.equal((await client.fetch(origin, {})).status, 200, 'the next call has its own');
});

test('a request for which there is no time left is not sent', async () => {
  const asked: string[] = [];
  const client = http('https://shop.example', asked);
  const exchange = client.begin(AbortSignal.abort());
  const answer = await client.fetch('https://shop.example/', {});
  assert.equal(new TextDecoder().decode(await answer.arrayBuffer()), 'not_sent');
  assert.deepEqual([exchange.mayHaveArrived, exchange.interrupted, asked], [false, true, []]);
});

test('what the client throws is told in the words of the contract', () => {
  const thrown = (code: string, more = {}) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code, ...more }) });
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
  const cases: [string | null, number | undefined][] = [
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
    [null, undefined],
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
