import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, originOf, redact } from '../src/connection';
import { Http, retryAfter } from '../src/http';
import { reasonOf } from '../src/reasons';
import { description } from 'justclick:bundle';

function http(origin: string, asked: string[] = []) {
  const answer = async (url: unknown) => {
    asked.push(String(url));
    return new Response('{}');
  };
  return new Http({ fetch: answer as typeof fetch, maxBytes: 100 }, new Set([origin]));
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
    const http = new Http({ fetch: fails, maxBytes: 1 }, new Set(['https://shop.example']));
    const exchange = http.begin(new AbortController().signal);
    await http.fetch('https://shop.example/', {});
    assert.equal(exchange.mayHaveArrived, arrived);
    await http.fetch('https://other.example/', {});
    assert.equal(exchange.mayHaveArrived, arrived, 'after one that was not allowed');
  }
});

test('a name without an address, a port that fetch refuses', async () => {
  const reasons: [string, string][] = [
    // Too long to be asked for, so nobody is.
    [`https://${'a'.repeat(64)}.invalid`, 'dns'],
    ['http://127.0.0.1:25', 'not_allowed'],
  ];
  for (const [origin, reason] of reasons) {
    const http = new Http({ fetch, maxBytes: 1 }, new Set([origin]));
    assert.equal(new TextDecoder().decode(await (await http.fetch(origin, {})).arrayBuffer()), reason);
  }
});

test('a request for which there is no time left is not sent', async () => {
  const asked: string[] = [];
  const client = http('https://shop.example', asked);
  const exchange = client.begin(AbortSignal.abort());
  const answer = await client.fetch('https://shop.example/', {});
  assert.equal(new TextDecoder().decode(await answer.arrayBuffer()), 'not_sent');
  assert.deepEqual([exchange.mayHaveArrived, exchange.interrupted, asked], [false, true, []]);
});

test('what fetch throws is told in the words of the contract', () => {
  const thrown = (code: string, more = {}) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code, ...more }) });
  const cases: [unknown, string][] = [
    [thrown('ENOTFOUND'), 'dns'],
    [thrown('EAI_AGAIN'), 'dns'],
    [thrown('ECONNREFUSED'), 'connect'],
    [thrown('EHOSTUNREACH'), 'connect'],
    [thrown('UND_ERR_CONNECT_TIMEOUT'), 'connect'],
    [thrown('ETIMEDOUT', { syscall: 'connect' }), 'connect'],
    [thrown('ETIMEDOUT', { errors: [] }), 'connect'],
    [thrown('ETIMEDOUT', { syscall: 'read' }), 'reset'],
    [thrown('CERT_HAS_EXPIRED'), 'tls'],
    [thrown('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls'],
    [thrown('SELF_SIGNED_CERT_IN_CHAIN'), 'tls'],
    [thrown('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls'],
    [thrown('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls'],
    [thrown('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls'],
    [thrown('UND_ERR_HEADERS_TIMEOUT'), 'timeout'],
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
  const cases: [string | null, number | undefined][] = [
    [' 7 ', 7],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['9'.repeat(20), undefined],
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
  assert.deepEqual(account.secrets, ['k']);
  assert.deepEqual(accountOf(description, { login: '', api_key: null, base_url: undefined }).config, {});
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
