// Sockets that do what a good server does not, through the real module. After each, the next call works.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Settings } from 'plugin-engine';
import {
  ACTION,
  KEY,
  answering,
  connection,
  failure,
  load,
  nature,
  nobody,
  SANDBOX,
  serve,
  stayAlive,
} from './support';

const ORDER = { bill_id: '100001', status: 'cancel' };
const LOST = ['unavailable', 'later', 'unknown'];
const NOT_SENT = ['unavailable', 'later', 'none'];
const NO_REPLY = ['unexpected_reply', 'never', 'unknown'];

/** The error of a call there; then the same plugin calls the sandbox. */
async function told(t: TestContext, baseUrl: string, settings: Partial<Settings> = {}) {
  const plugin = await load(t, { timeoutMs: 10_000, ...settings });
  const error = await failure(plugin.call(ACTION, ORDER, connection(baseUrl)));
  const again = await failure(plugin.call(ACTION, ORDER, connection(baseUrl)));
  assert.deepEqual(nature(again), nature(error), 'the second call on the same instance');
  assert.deepEqual(await plugin.checkConnection(connection()), { login: connection().login, base_url: SANDBOX });
  return error;
}

test('a refused connection', async (t) => {
  const error = await told(t, await nobody());
  assert.deepEqual(nature(error), [...NOT_SENT, 'connect']);
});

test('https to a server that speaks plain http', async (t) => {
  const url = await answering(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  assert.deepEqual(nature(await told(t, url.replace('http:', 'https:'))), [...NOT_SENT, 'tls']);
});

test('a connection that breaks in the middle of the TLS handshake', async (t) => {
  const url = await answering(t, (socket) => socket.destroy());
  assert.deepEqual(nature(await told(t, url.replace('http:', 'https:'))), [...NOT_SENT, 'tls']);
});

test('a connection that is closed at once', async (t) => {
  // The request may have been on its way already, so that nobody can know.
  const url = await serve(t, (socket) => socket.resetAndDestroy());
  assert.deepEqual(nature(await told(t, url)), [...LOST, 'reset']);
});

test('a connection that is reset after the request', async (t) => {
  const url = await answering(t, (socket) => socket.resetAndDestroy());
  assert.deepEqual(nature(await told(t, url)), [...LOST, 'reset']);
});

test('a connection that is closed after the request', async (t) => {
  const url = await answering(t, (socket) => socket.end());
  assert.deepEqual(nature(await told(t, url)), [...LOST, 'reset']);
});

test('an answer that breaks off in the middle', async (t) => {
  const url = await answering(t, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"error'));
  assert.deepEqual(nature(await told(t, url)), [...LOST, 'reset']);
});

test('an answer that is no HTTP', async (t) => {
  const url = await answering(t, (socket) => socket.end('220 mail.example.com ESMTP\r\n'));
  assert.deepEqual(nature(await told(t, url)), [...LOST, 'reset']);
});

test('no answer', async (t) => {
  const url = await answering(t, () => {});
  const begun = Date.now();
  assert.deepEqual(nature(await told(t, url, { timeoutMs: 1000 })), [...LOST, 'timeout']);
  assert.ok(Date.now() - begun < 20_000);
});

test('an answer that comes a byte at a time and never ends', async (t) => {
  const url = await answering(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const timer = setInterval(() => socket.write(' '), 20);
    socket.on('close', () => clearInterval(timer));
  });
  assert.deepEqual(nature(await told(t, url, { timeoutMs: 1000 })), [...LOST, 'timeout']);
});

test('headers that never end', async (t) => {
  const url = await answering(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    forEver(socket, `x: ${'x'.repeat(1000)}\r\n`);
  });
  assert.deepEqual(nature(await told(t, url)), [...NO_REPLY, 'too_large']);
});

test('a body that never ends is read up to the cap alone', async (t) => {
  let read = 0;
  const url = await answering(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.on('close', () => (read = Math.max(read, socket.bytesWritten)));
    forEver(socket, ' '.repeat(16 * 1024));
  });
  assert.deepEqual(nature(await told(t, url)), [...NO_REPLY, 'too_large']);
  // The rest is what the machine's sockets hold.
  assert.ok(read < 32 * 1024 * 1024, `${read} bytes`);
});

test('a small packed body that is a large one', async (t) => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
  const url = await answering(t, (socket) => socket.end(Buffer.concat([Buffer.from(head), bomb])));
  assert.deepEqual(nature(await told(t, url)), [...NO_REPLY, 'too_large']);
});

test('a body as large as the cap is read, and one byte more is not', async (t) => {
  for (const [more, word] of [
    [0, []],
    [1, ['too_large']],
  ] as const) {
    const url = await answering(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${5001 + more}\r\n\r\n${' '.repeat(5001 + more)}`);
    });
    assert.deepEqual(nature(await told(t, url, { maxResponseBytes: 5001 })), [...NO_REPLY, ...word]);
  }
});

test('a redirect is not followed', async (t) => {
  let followed = false;
  const trap = await serve(t, () => (followed = true));
  const url = await answering(t, (socket) => {
    socket.end(`HTTP/1.1 307 Temporary Redirect\r\nlocation: ${trap}/api\r\ncontent-length: 0\r\n\r\n`);
  });
  const error = await told(t, url);
  assert.deepEqual([nature(error), error.upstream?.http_status, followed], [NO_REPLY, 307, false]);
});

test('an empty answer', async (t) => {
  const url = await answering(t, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  assert.deepEqual(nature(await told(t, url)), NO_REPLY);
});

test('an answer without a body', async (t) => {
  const url = await answering(t, (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
  assert.equal((await told(t, url)).kind, 'unexpected_reply');
});

test('Retry-After is told where the call may be repeated, in seconds or as a date', async (t) => {
  const soon = new Date(Date.now() + 100_000).toUTCString();
  const answer = (status: string, header: string) =>
    answering(t, (socket) => socket.write(`HTTP/1.1 ${status}\r\nretry-after: ${header}\r\ncontent-length: 0\r\n\r\n`));
  const throttled = await told(t, await answer('429 Too Many Requests', '7'));
  assert.deepEqual([throttled.kind, throttled.retryAfterS, throttled.toJSON().retry_after_s], ['throttled', 7, 7]);
  const dated = (await told(t, await answer('503 Service Unavailable', soon))).retryAfterS ?? 0;
  assert.ok(dated > 60 && dated <= 100, `${dated} s`);
  assert.equal((await told(t, await answer('503 Service Unavailable', 'soon'))).retryAfterS, undefined);
  assert.equal((await told(t, await answer('404 Not Found', '7'))).retryAfterS, undefined);
});

test('a key that the service sends back is not shown', async (t) => {
  const body = `no such page: ${KEY}`;
  const url = await answering(t, (socket) =>
    socket.write(`HTTP/1.1 404 Not Found\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
  );
  assert.equal((await told(t, url)).kind, 'unexpected_reply');
});

test('a client that heeds no signal ends all the same', async (t) => {
  const plugin = await load(t, { timeoutMs: 500, client: { send: () => new Promise(() => {}) } });
  stayAlive(t);
  const error = await failure(plugin.call(ACTION, ORDER, connection('https://shop.example')));
  assert.deepEqual(nature(error), [...LOST, 'timeout']);
});

test('a redirect says where the request was sent', async (t) => {
  const answer = (location: string) =>
    answering(t, (socket) => socket.end(`HTTP/1.1 301 Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`));
  const error = await told(t, await answer('https://www.shop.example/api?key=1'));
  assert.match(error.message, / It was sent to https:\/\/www\.shop\.example\.$/);
  assert.doesNotMatch((await told(t, await answer('javascript:1'))).message, /It was sent/);
});

test('an answer that is packed though nobody asked is read, and only so far', async (t) => {
  const bytes = gzipSync('<html>no such page</html>');
  const head = `HTTP/1.1 404 Not Found\r\ncontent-encoding: GZip\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  const url = await answering(t, (socket) => socket.write(Buffer.concat([Buffer.from(head), bytes])));
  assert.match(JSON.stringify(await told(t, url)), /no such page/);
  const broken = head.replace(String(bytes.length), '4');
  const other = await answering(t, (socket) => socket.write(`${broken}nope`));
  assert.deepEqual(nature(await told(t, other)), [...LOST, 'reset']);
});

test('https to plain http is told as what it is', async (t) => {
  const url = await answering(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const error = await told(t, url.replace('http:', 'https:'));
  assert.match(error.message, /speaks no TLS: is it an address of plain http\?$/);
});

test('an address that is not public is not connected to unless the operator names it', async (t) => {
  let connected = 0;
  const url = await serve(t, (socket) => {
    connected += 1;
    socket.destroy();
  });
  for (const base of [url, url.replace('127.0.0.1', 'localhost')]) {
    const plugin = await load(t, { allowPrivate: `${url}0` });
    const error = await failure(plugin.call(ACTION, ORDER, connection(base)));
    assert.deepEqual([error.effect, error.upstream?.error_text], ['none', 'not_allowed'], base);
    assert.match(error.message, /PLUGIN_ALLOW_PRIVATE=http:/);
  }
  assert.equal(connected, 0);
  const plugin = await load(t, { allowPrivate: url });
  await failure(plugin.checkConnection(connection(url)));
  assert.equal(connected, 1);
});

function forEver(socket: ReturnType<typeof connect>, text: string) {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}
