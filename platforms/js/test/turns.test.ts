// Many calls at once.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Turns } from '../src/turns';
import { ACTION, answering, ask, connection, failure, load, nature, SANDBOX, serve } from './support';

const cancel = (bill_id: unknown) => ({ bill_id, status: 'cancel' });
const order = (id: number, misbehaviour: string | null = null) => ask(`/orders/${id}`, { status: 'new', misbehaviour });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('fifty calls at once, good and bad, each get their own answer', async (t) => {
  const plugin = await load(t);
  for (let id = 600; id < 610; id += 1) await order(id, id % 5 === 4 ? 'drop-after' : null);
  const asked = Array.from({ length: 50 }, (_, index) => 600 + (index % 12));
  const answers = await Promise.allSettled(asked.map((id) => plugin.call(ACTION, cancel(id), connection())));
  answers.forEach((answer, index) => {
    const id = asked[index]!;
    const kind = answer.status === 'rejected' ? answer.reason.kind : `done ${answer.value.bill_id}`;
    assert.equal(kind, id >= 610 ? 'not_found' : id % 5 === 4 ? 'unavailable' : `done ${id}`);
  });
});

test('calls on one order never overlap and keep their order, however the number is written', async (t) => {
  const plugin = await load(t);
  await order(620);
  const statuses = ['paid', 'return', 'cancel', 'return', 'paid', 'cancel', 'return', 'paid', 'cancel', 'return'];
  const spelt = [620, '620', '0620', '00620'];
  await Promise.all(
    statuses.map((status, index) =>
      plugin.call(ACTION, { bill_id: spelt[index % 4], status, date: 1362254400 }, connection()).catch(() => {}),
    ),
  );
  const { requests }: { requests: { body: string }[] } = await ask('/requests');
  const bodies = requests.map(({ body }) => body);
  const seen = bodies.filter((body) => /bill_id=0*620&/.test(body)).map((body) => /status=(\w+)/.exec(body)?.[1]);
  assert.deepEqual(seen, statuses);
  assert.equal((await ask('/orders/620')).most_at_once, 1);
});

test('calls on different orders run at once, as many as are the share of an account', async (t) => {
  let open = 0;
  let most = 0;
  const url = await serve(t, (socket) => {
    socket.on('data', () => {
      most = Math.max(most, (open += 1));
      setTimeout(() => {
        open -= 1;
        socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
      }, 200);
    });
  });
  const plugin = await load(t, { maxAtOnce: 3 });
  await Promise.allSettled(Array.from({ length: 9 }, (_, id) => plugin.call(ACTION, cancel(id + 1), connection(url))));
  assert.equal(most, 3);
  most = 0;
  const options = { atOnce: 6 };
  await Promise.allSettled(
    Array.from({ length: 12 }, (_, id) => plugin.call(ACTION, cancel(id + 1), connection(url), options)),
  );
  assert.equal(most, 6, 'a call may say how many');
});

test('connections that take turns each call as themselves', async (t) => {
  const logins: string[] = [];
  const hosts = await Promise.all(
    ['anna', 'boris', 'clara'].map((login) =>
      serve(t, (socket) => {
        socket.on('data', (data) => {
          // What looks a call up is sent as the same account.
          if (String(data).includes('/UpdateOrderStatus')) logins.push(login);
          socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
        });
      }),
    ),
  );
  const plugin = await load(t);
  const calls = Array.from({ length: 12 }, (_, index) =>
    failure(plugin.call(ACTION, cancel(index + 1), { ...connection(hosts[index % 3]), login: `user${index % 3}` })),
  );
  for (const error of await Promise.all(calls)) assert.equal(error.upstream?.http_status, 404);
  for (const login of ['anna', 'boris', 'clara']) assert.equal(logins.filter((other) => other === login).length, 4);
});

test("a connection with another key has no use of the first one's instance", async (t) => {
  const plugin = await load(t);
  await order(630);
  assert.equal((await plugin.call(ACTION, cancel(630), connection())).bill_id, '630');
  const other = await failure(plugin.call(ACTION, cancel(630), { ...connection(), api_key: 'another-key-of-someone' }));
  assert.deepEqual(nature(other), ['auth', 'never', 'none']);
  assert.equal((await plugin.call(ACTION, cancel(630), connection())).bill_id, '630');
});

test("one account's dead service holds up no other account", async (t) => {
  const dead = await answering(t, () => {});
  const plugin = await load(t, { timeoutMs: 20_000 });
  const taken = new AbortController();
  const options = { signal: taken.signal };
  const hung = Array.from({ length: 40 }, (_, id) => {
    // Eight accounts, each with more calls than it may have at once.
    const other = { ...connection(dead), login: `user${id % 8}` };
    return failure(plugin.call(ACTION, cancel(id + 1), other, options));
  });
  await pause(500);
  const begun = Date.now();
  await plugin.checkConnection(connection());
  assert.ok(Date.now() - begun < 15_000, `${Date.now() - begun} ms`);
  taken.abort();
  await Promise.all(hung);
});

test('two spellings of one account have one order of calls', async (t) => {
  const plugin = await load(t);
  await order(621);
  const spelt = [SANDBOX, `${SANDBOX}/`, ` ${SANDBOX.replace('http', 'HTTP')}\u00a0`];
  const calls = Array.from({ length: 9 }, (_, at) =>
    plugin.call(ACTION, cancel(621), { ...connection(spelt[at % 3]), allow_http: at % 2 === 0 }),
  );
  await Promise.all(calls);
  assert.equal((await ask('/orders/621')).most_at_once, 1);
});

test('a call that waits can be taken back, and has no effect', async (t) => {
  const plugin = await load(t);
  await order(640, 'slow');
  const first = plugin.call(ACTION, cancel(640), connection());
  const taken = new AbortController();
  const second = failure(
    plugin.call(ACTION, { bill_id: 640, status: 'return' }, connection(), { signal: taken.signal }),
  );
  await pause(200);
  taken.abort();
  assert.deepEqual(nature(await second), ['unavailable', 'later', 'none']);
  assert.equal((await first).status, 'cancel');
  assert.equal((await ask('/orders/640')).status, 'cancel');
  const early = AbortSignal.abort();
  const third = await failure(plugin.call(ACTION, cancel(640), connection(), { signal: early }));
  assert.deepEqual(nature(third), ['unavailable', 'later', 'none']);
});

test('a call that is under way can be taken back, and nobody knows its effect', async (t) => {
  const taken = new AbortController();
  const url = await answering(t, () => taken.abort());
  const plugin = await load(t);
  const error = await failure(plugin.call(ACTION, cancel(641), connection(url), { signal: taken.signal }));
  assert.deepEqual(nature(error), ['unavailable', 'later', 'unknown']);
  assert.ok(await plugin.checkConnection(connection()));
});

test('one signal may be that of many calls, and of none when they have ended', async (t) => {
  const warnings: Error[] = [];
  const heard = (warning: Error) => warnings.push(warning);
  process.on('warning', heard);
  t.after(() => process.off('warning', heard));
  const plugin = await load(t);
  const { signal } = new AbortController();
  await order(642);
  const calls = Array.from({ length: 30 }, () => plugin.call(ACTION, cancel(642), connection(), { signal }));
  assert.equal((await Promise.all(calls)).length, 30);
  assert.deepEqual(warnings, []);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('closing ends what is under way and what waits', async (t) => {
  let arrived = () => {};
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  const url = await answering(t, () => arrived());
  const plugin = await load(t, { maxAtOnce: 1 });
  const calls = [1, 2].map((id) => failure(plugin.call(ACTION, cancel(id), connection(url))));
  await underWay;
  await plugin.close();
  const [running, waiting] = await Promise.all(calls);
  assert.deepEqual([running?.kind, running?.effect], ['internal', 'unknown']);
  assert.deepEqual([waiting?.kind, waiting?.effect], ['internal', 'none']);
  assert.equal((await failure(plugin.call(ACTION, cancel(1), connection()))).message, 'The plugin has been closed.');
  await plugin.close();
});

test('whoever waits for a turn can leave, and the next one has it', async () => {
  const turns = new Turns(2);
  const ended = () => new Error('left');
  const take = (signal = new AbortController().signal) => turns.take('key', signal, ended);
  const ends = [await take(), await take()];
  const leaves = new AbortController();
  const third = take(leaves.signal);
  const fourth = take();
  leaves.abort();
  await assert.rejects(third, /left/);
  ends[0]!();
  const end = await fourth;
  ends[1]!();
  end();
  await Promise.all([take(), take()]);
  await assert.rejects(take(AbortSignal.abort()), /left/);
  assert.equal(typeof (await turns.take(null, leaves.signal, ended).catch(() => 'left')), 'string');
});

test('those who may be few wait for anyone to end, and nobody for all of those who may be many', async () => {
  const turns = new Turns(1);
  const { signal } = new AbortController();
  const take = (atOnce?: number) => turns.take('key', signal, () => new Error('left'), atOnce);
  const many = [await take(3), await take(3), await take(3)];
  const order: string[] = [];
  const waiting = [take().then((end) => (order.push('few'), end)), take(3).then((end) => (order.push('many'), end))];
  many[0]!();
  const few = await waiting[0]!;
  assert.deepEqual(order, ['few']);
  few();
  (await waiting[1]!)();
  assert.deepEqual(order, ['few', 'many']);
  many[1]!();
  many[2]!();
  (await take())();
});
