// Which addresses are reached, and which way.

import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { PrivateAccess } from '../src/http/access';
import { NodeClient } from '../src/http/node';
import { proxyFor, type Environment } from '../src/http/proxy';
import type { HttpFailure, HttpRequest } from '../src/http/transport';
import { canonical, subjectOf } from '../src/subject';

test('an operator allows origins, or the sub-domains of a domain, or everything', () => {
  const access = new PrivateAccess('http://127.0.0.1:8080, https://*.shop.internal  nonsense https://*.127.0.0.1');
  assert.ok(access.allows('http://127.0.0.1:8080', '127.0.0.1'));
  assert.ok(access.allows('https://a.shop.internal', '10.0.0.1'));
  assert.ok(access.allows('https://shop.example', '8.8.8.8'));
  const others = ['http://127.0.0.1:8081', 'https://127.0.0.1:8080', 'https://shop.internal', 'http://a.shop.internal'];
  for (const origin of [...others, 'https://xshop.internal', 'https://a.shop.internal:8443']) {
    assert.ok(!access.allows(origin, '127.0.0.1'), origin);
  }
  assert.ok(new PrivateAccess('*').allows('http://127.0.0.1:1', '127.0.0.1'));
  assert.ok(!new PrivateAccess('').allows('http://127.0.0.1:1', '127.0.0.1'));
});

test('each scheme has its own proxy, and this machine has none', () => {
  const way = (environment: Environment, url: string) => proxyFor(new URL(url), environment)?.toString() ?? null;
  const cases: [Environment, string, string | null][] = [
    [{ HTTPS_PROXY: 'http://p:1' }, 'https://shop.example', 'p:1 (HTTPS_PROXY)'],
    [{ HTTPS_PROXY: 'http://p:1' }, 'http://shop.example', null],
    [{ HTTPS_PROXY: 'p:1', ALL_PROXY: 'q:2' }, 'http://shop.example', 'q:2 (ALL_PROXY)'],
    [{ https_proxy: 'http://u:hunter2@p:1', HTTPS_PROXY: 'q' }, 'https://shop.example', 'p:1 (https_proxy)'],
    [{ https_proxy: ' ', HTTP_PROXY: 'p:1' }, 'https://shop.example', null],
    [{ ALL_PROXY: 'p:1' }, 'https://localhost', null],
    [{ ALL_PROXY: 'p:1' }, 'http://127.0.0.2:8080', null],
    [{ ALL_PROXY: 'p:1' }, 'http://[::1]:1', null],
    [{ ALL_PROXY: 'p:1', NO_PROXY: 'x, shop.example' }, 'https://a.SHOP.example', null],
    [{ ALL_PROXY: 'p:1', NO_PROXY: 'shop.example' }, 'https://myshop.example', 'p:1 (ALL_PROXY)'],
    [{ ALL_PROXY: 'p:1', no_proxy: '*.shop.example:8443' }, 'https://shop.example', 'p:1 (ALL_PROXY)'],
    [{ ALL_PROXY: 'p:1', no_proxy: '*.shop.example:8443' }, 'https://a.shop.example:8443', null],
    [{ ALL_PROXY: 'p:1', NO_PROXY: '10.0.0.0/8' }, 'https://10.1.2.3', null],
    [{ ALL_PROXY: 'p:1', NO_PROXY: '[2001:db8::1]:8443' }, 'https://[2001:db8::1]:8443', null],
    [{ ALL_PROXY: 'p:1', NO_PROXY: '*' }, 'https://shop.example', null],
  ];
  for (const [environment, url, expected] of cases) {
    assert.equal(way(environment, url), expected, `${JSON.stringify(environment)} ${url}`);
  }
  for (const HTTPS_PROXY of ['socks5://u:hunter2@p:1', 'ftp://hunter2', 'http://']) {
    assert.throws(() => way({ HTTPS_PROXY }, 'https://shop.example'), /^Error: HTTPS_PROXY is not the address of/);
  }
});

/** A proxy that does with each request what a test wants. */
async function proxy(t: TestContext, answer: (head: string, socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => answer(data.toString('latin1'), socket));
    t.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://anna:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const REQUEST = { method: 'POST', headers: {}, body: Buffer.from('a=1'), timeoutMs: 5000, maxBytes: 1000 };

function through(t: TestContext, address: string, url: string) {
  const environment = { HTTPS_PROXY: address, HTTP_PROXY: address };
  const client = new NodeClient({ access: new PrivateAccess(''), environment, keepAlive: true });
  t.after(() => client.close());
  return client.send({ ...REQUEST, url, signal: new AbortController().signal } as HttpRequest);
}

async function failed(reply: ReturnType<typeof through>): Promise<HttpFailure> {
  const failure = await reply;
  assert.ok('reason' in failure);
  return failure;
}

const BASIC = `Basic ${Buffer.from('anna:hunter2').toString('base64')}`;

test('plain http goes to the proxy as a whole address, with its password', async (t) => {
  let seen = '';
  const address = await proxy(t, (head, socket) => {
    seen = head;
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  const reply = await through(t, address, 'http://shop.invalid/api?x');
  assert.equal('status' in reply && reply.status, 200);
  assert.match(seen, /^POST http:\/\/shop\.invalid\/api\?x HTTP\/1\.1\r\n/);
  assert.match(seen, /\r\nhost: shop\.invalid\r\n/i);
  assert.ok(seen.includes(BASIC));
});

test('https goes through a tunnel, in which the service is talked to', async (t) => {
  const seen: string[] = [];
  const address = await proxy(t, (head, socket) => {
    seen.push(head);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.once('data', (data) => {
      seen.push(data.toString('latin1'));
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
  });
  const { reason, hint = '' } = await failed(through(t, address, 'https://shop.invalid/'));
  assert.equal(reason, 'tls');
  assert.match(hint, /speaks no TLS/);
  assert.match(seen[0]!, /^CONNECT shop\.invalid:443 HTTP\/1\.1\r\n/);
  assert.ok(seen[0]!.includes(BASIC));
  assert.equal(seen[1]!.charCodeAt(0), 0x16, 'a handshake of TLS');
  assert.ok(seen[1]!.includes('shop.invalid'), 'with the name of the service');
});

test('a proxy that lets nobody through is told as such, and nothing has been sent', async (t) => {
  const says = (status: string) =>
    proxy(t, (_, socket) => void socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`));
  const gone = await proxy(t, () => {});
  const cases: [string, string, RegExp][] = [
    [await says('407 Who'), 'https://shop.invalid/', /wants to know who asks \(HTTP 407\): .* into HTTPS_PROXY, as/],
    [await says('407 Who'), 'http://shop.invalid/', /wants to know who asks \(HTTP 407\): .* into HTTP_PROXY, as/],
    [await says('403 No'), 'https://shop.invalid/', /refused \(HTTP 403\)/],
    [gone.replace(/:\d+$/, ':1'), 'https://shop.invalid/', /no connection to the proxy 127\.0\.0\.1:1 \(HTTPS_PROXY\)/],
  ];
  for (const [address, url, expected] of cases) {
    const { reason, hint = '' } = await failed(through(t, address, url));
    assert.equal(reason, 'connect', url);
    assert.match(hint, expected);
    assert.ok(!hint.includes('hunter2'));
  }
});

test('a proxy is no way round the guard for private addresses', async (t) => {
  let asked = 0;
  const address = await proxy(t, (_, socket) => {
    asked += 1;
    socket.destroy();
  });
  for (const url of ['http://10.0.0.1/', 'https://169.254.169.254/', 'https://[fd00::1]/']) {
    assert.equal((await failed(through(t, address, url))).reason, 'not_allowed', url);
  }
  assert.equal(asked, 0);
});

test('what is not connected in time has not been sent, with TLS and through a proxy too', async (t) => {
  const silent = await proxy(t, () => {});
  const address = silent.replace('anna:hunter2@', '');
  const cases: [Environment, string][] = [
    [{}, address.replace('http:', 'https:')],
    [{ HTTPS_PROXY: silent }, 'https://shop.invalid/'],
  ];
  for (const [environment, url] of cases) {
    const client = new NodeClient({ access: new PrivateAccess('*'), environment, keepAlive: false, connectMs: 200 });
    const begun = Date.now();
    const reply = client.send({ ...REQUEST, url, signal: new AbortController().signal });
    assert.equal((await failed(reply)).reason, 'connect', url);
    assert.ok(Date.now() - begun < 4000);
  }
});

test('each address of a name has longer than Node gives it', async () => {
  const { connecting } = await captured();
  assert.equal(connecting.autoSelectFamily, true);
  assert.ok(connecting.autoSelectFamilyAttemptTimeout >= 1000);
});

/** What Node's own sockets are made with for a request. */
async function captured(): Promise<{ connecting: Record<string, any> }> {
  const { Socket } = await import('node:net');
  const real = Socket.prototype.connect;
  let connecting: Record<string, any> = {};
  Socket.prototype.connect = function (this: Socket, ...given: any[]) {
    [connecting = {}] = [given].flat(3);
    return Reflect.apply(real, this, given);
  } as never;
  try {
    const client = new NodeClient({ access: new PrivateAccess(''), environment: {}, keepAlive: false });
    await client.send({ ...REQUEST, url: 'http://localhost:1', signal: new AbortController().signal });
  } finally {
    Socket.prototype.connect = real;
  }
  return { connecting };
}

test('however a number is written, it is one subject', () => {
  for (const text of ['7', '007', ' 7 ', '7.0', '7.', '70e-1', '+7', '\ufeff7\u200b'])
    assert.equal(canonical(text), '7');
  for (const text of ['100', '1e2', '1E+2', '0.1e3', '0100']) assert.equal(canonical(text), '100');
  for (const text of ['0x7', 'A-7', '1,5', 'e5', '.', '-', '1e', 'Заказ 7']) assert.equal(canonical(` ${text} `), text);
  assert.equal(canonical('0012345678901234567890.0'), '12345678901234567890');
  assert.equal(canonical('10e999999999999'), '1e1000000000000');
  assert.equal(canonical('-0.0'), '0');
  const action = { subject: 'id' } as never;
  assert.equal(subjectOf(action, { id: 7 }), subjectOf(action, { id: '007' }));
  assert.equal(subjectOf(action, { id: 1e21 }), subjectOf(action, { id: '1000000000000000000000' }));
  for (const input of [{}, { id: null }, { id: ' ' }]) assert.equal(subjectOf(action, input), null);
});
