import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import zapier, { type Bundle, type ZObject } from 'zapier-platform-core';
import { authData, lastForm, misbehaving, newOrder, order } from '../sandbox';
import { loadIntegration } from '../zapier';

const app = loadIntegration('integration.cjs');
const appTester = zapier.createAppTester(app);
const perform = app.creates!.update_order_status!.operation.perform as Perform;
const check = app.authentication!.test as Perform;

type Perform = (z: ZObject, bundle: Bundle) => Promise<Record<string, unknown>>;

const update = (inputData: Record<string, unknown>, bundle: Record<string, unknown> = {}) =>
  appTester(perform, { authData, inputData, meta: { timezone: 'Europe/Moscow' }, ...bundle });

const cancel = (bill_id: string, bundle = {}) => update({ bill_id, status: 'cancel' }, bundle);

/** How a step fails: the error's name, and its message or details. */
async function failure(step: Promise<unknown>): Promise<[string, string | Record<string, unknown>]> {
  const error = await step.then(
    () => assert.fail('The step succeeded.'),
    (error: Error) => error,
  );
  return [error.name, error.message.startsWith('{') ? JSON.parse(error.message) : error.message];
}

test('a connection that works is told by login and address', async () => {
  const { login, base_url } = authData;
  assert.deepEqual(await appTester(check, { authData }), { login, base_url });
});

test('a wrong API key is told when the connection is made', async () => {
  const [name, details] = await failure(appTester(check, { authData: { ...authData, api_key: 'wrong-key-entered' } }));
  assert.equal(name, 'AppError');
  const { code, status, message } = details as Record<string, string>;
  assert.deepEqual([code, status], ['AuthenticationError', 401]);
  assert.match(message!, /API key/i);
});

test('what is missing in a connection is told by its label', async () => {
  const [, details] = await failure(
    appTester(check, { authData: { login: 'username', base_url: authData.base_url! } }),
  );
  assert.match((details as { message: string }).message, /^API Key is missing/);
});

test('an order that was posted has its status, date and tracking number', async () => {
  const bill_id = await newOrder('200001');
  const output = await update({ bill_id, status: 'sent', date: '2013-03-03T00:00:00+04:00', rpo: '10000000000000' });
  assert.deepEqual(output, {
    bill_id,
    status: 'sent',
    date: '2013-03-02T20:00:00Z',
    rpo: '10000000000000',
    message: 'order status changed',
  });
  const { status, date, rpo } = await order(bill_id);
  assert.deepEqual([status, date, rpo], ['sent', 1362254400, '10000000000000']);
});

test('a date without offset reaches the service as that moment in the time zone of the Zap', async () => {
  const bill_id = await newOrder('200002');
  await update({ bill_id, status: 'paid', date: '2013-03-03 00:00:00' });
  assert.equal((await order(bill_id)).date, 1362254400);
});

test('nothing of what was entered for another status is sent', async () => {
  const bill_id = await newOrder('200003');
  await update({ bill_id, status: 'cancel', date: '2013-03-03T00:00:00+04:00', rpo: '10000000000000' });
  const { hash, ...form } = await lastForm();
  assert.match(hash!, /^[0-9a-f]{32}$/);
  assert.deepEqual(form, { bill_id, status: 'cancel' });
});

test('an order number that is mapped as a number is the same order', async () => {
  await newOrder('200004');
  assert.equal((await update({ bill_id: 200004, status: 'return' })).bill_id, '200004');
  assert.equal((await order('200004')).status, 'return');
});

test('an unknown order halts the run with one clear line', async () => {
  assert.deepEqual(await failure(cancel('999999')), [
    'HaltedError',
    'JustClick has no such order (code 200: Nonexistent order). Check the order number.',
  ]);
});

test('a wrong input is told field by field, by their labels, and nothing is sent', async () => {
  const before = await lastForm();
  const [name, details] = await failure(update({ bill_id: 'no-7', status: 'sent', date: '', rpo: '' }));
  assert.equal(name, 'AppError');
  const { message, code, status } = details as Record<string, string>;
  assert.deepEqual([code, status], ['invalid_input', 400]);
  assert.match(message!, /^Order Number must be .*; Date is required .*; Tracking Number is required /);
  assert.deepEqual(await lastForm(), before);
});

test('an API key that is no longer right stops the Zap until the account is connected anew', async () => {
  const [name, message] = await failure(cancel('100000', { authData: { ...authData, api_key: 'a-key-of-yesterday' } }));
  assert.equal(name, 'ExpiredAuthError');
  assert.match(message as string, /^[^\n]*API key[^\n]*$/);
});

test('a throttled call is repeated after the seconds that the service asks for', async () => {
  const [name, details] = await misbehaving('http-429', () => failure(cancel('100000')));
  const { delay } = details as { delay: number };
  assert.equal(name, 'ThrottledError');
  assert.ok(delay >= 7 && delay <= 9, `${delay} s`);
});

test('a service that is out of order is tried again in a minute or two', async () => {
  const [name, details] = await misbehaving('http-503', () => failure(cancel('100000')));
  const { delay, message } = details as { delay: number; message: string };
  assert.equal(name, 'ThrottledError');
  assert.ok(delay >= 60 && delay < 120);
  assert.match(message, /503/);
});

test('a reply that the service did not sign is no success and is not repeated', async () => {
  const [name, details] = await misbehaving('forged-hash', () => failure(cancel('100000')));
  assert.deepEqual([name, (details as { code: string }).code], ['AppError', 'forged_reply']);
});

test('a redirect is not followed', async () => {
  const [name, details] = await misbehaving('redirect', () => failure(cancel('100000')));
  assert.deepEqual([name, (details as { code: string }).code], ['AppError', 'unexpected_reply']);
});

test('a service that is gone is told at once, and the next step works', async () => {
  const bill_id = await newOrder('200005');
  const gone = { authData: { ...authData, base_url: await closedServer() } };
  const [name, details] = await failure(cancel(bill_id, gone));
  assert.equal(name, 'ThrottledError');
  assert.match((details as { message: string }).message, /^[A-Z][^\n]+\.$/);
  const [, atTest] = await failure(appTester(check, gone));
  assert.equal((atTest as { code: string }).code, 'unavailable');
  assert.equal((await cancel(bill_id)).status, 'cancel');
});

test('an address inside the network is not connected to unless the operator allows it', async () => {
  const allowed = process.env.PLUGIN_ALLOW_PRIVATE;
  process.env.PLUGIN_ALLOW_PRIVATE = '';
  try {
    const [name, details] = await failure(cancel('100000'));
    assert.equal(name, 'AppError');
    assert.match((details as { message: string }).message, /PLUGIN_ALLOW_PRIVATE=http:/);
  } finally {
    process.env.PLUGIN_ALLOW_PRIVATE = allowed;
  }
});

test('a connection that breaks before or after the request leaves the next step alone', async () => {
  const bill_id = await newOrder('200006');
  for (const misbehaviour of ['drop-before', 'drop-after', 'truncated-json', 'huge']) {
    const [name] = await misbehaving(misbehaviour, () => failure(cancel(bill_id)));
    assert.match(name, /^(ThrottledError|AppError)$/, misbehaviour);
  }
  assert.equal((await cancel(bill_id)).status, 'cancel');
});

test('an endless reply is cut off long before the step would time out', async () => {
  const chunk = 'x'.repeat(64 * 1024);
  const endless = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
    const more = () => socket.write(chunk) && setImmediate(more);
    socket.on('drain', more);
    more();
  };
  const { seconds, result } = await withServer(endless, (base_url) =>
    timed(() => failure(cancel('1', { authData: { ...authData, base_url } }))),
  );
  assert.deepEqual([result[0], (result[1] as { code: string }).code], ['AppError', 'unexpected_reply']);
  assert.ok(seconds < 15, `${seconds} s`);
});

test('no step keeps a connection to the service open', async () => {
  const busy = (socket: Socket) => void socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n');
  const open = await withServer(busy, async (base_url, sockets) => {
    await failure(cancel('1', { authData: { ...authData, base_url } }));
    await setTimeout(200);
    return sockets.size;
  });
  assert.equal(open, 0);
});

/** Answers each connection's first bytes with `answer`. */
async function withServer<T>(
  answer: (socket: Socket) => void,
  use: (url: string, sockets: Set<Socket>) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
}

async function timed<T>(run: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await run();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The address of a server that is gone. */
function closedServer(): Promise<string> {
  return withServer(
    () => {},
    async (url) => url,
  );
}
