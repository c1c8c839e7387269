// JustClick's own triggers and the shop's, against their services: what polls and webhooks tell.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { description } from 'plugin:bundle';
import { choicesOf, loadPlugin, pollAll, receive, Seen, type Description, type WebhookRequest } from 'plugin-engine';
import { eventFieldsOf, fieldsOf, triggerNamed } from 'plugin-engine/forms';
import { ask, connection, failure, KEY, load, serve } from './support';

const BUNDLE = process.env.SHOP_BUNDLE ?? '';
const SHOP = { address: process.env.SHOP_URL ?? '', token: process.env.SHOP_TOKEN ?? '' };

/** An address that keeps each request that comes. */
async function listening(t: TestContext) {
  const requests: WebhookRequest[] = [];
  const server = createServer(async (message, answer) => {
    const { method = '', headers, url = '' } = message;
    requests.push({ method, headers, query: url.split('?')[1] ?? '', body: await buffer(message) });
    answer.end('kept');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1` };
}

/** A paid order of this file alone, and the notification of it. */
async function paidOrder(t: TestContext, id: number) {
  const { requests, url } = await listening(t);
  const created = Math.floor(Date.now() / 1000) - 60;
  const items = [{ good_name: 'invoice', sum: '1500.00' }];
  await ask(`/orders/${id}`, { status: 'new', data: { email: `${id}@email.com`, created, items } });
  await ask('/control/deliveries', { hold: true });
  await ask('/control/shop', { webhooks: { order_paid: [url] } });
  const paid = { event: 'order_paid', bill_id: String(id) };
  const [delivery] = (await ask('/control/events', paid, 'POST')).deliveries;
  const send = async (altered: object = {}) => {
    requests.length = 0;
    await ask(`/control/deliveries/${delivery}`, altered, 'POST');
    assert.ok(requests[0]);
    return requests[0];
  };
  return { send, id: String(id) };
}

test('what a webhook tells is made sure of at the service, and told once', async (t) => {
  const plugin = await load(t);
  const order = await paidOrder(t, 7101);
  const seen = new Seen();
  const told = await receive(plugin, 'order_paid', await order.send(), seen, connection());
  assert.deepEqual(told.response, { status: 200 });
  assert.equal(told.events[0]?.subject, order.id);
  assert.match(told.events[0]?.id ?? '', /^paid:7101:\d+$/);
  const again = await receive(plugin, 'order_paid', await order.send(), seen, connection());
  assert.deepEqual([again.events, again.response.status], [[], 200]);
  // Another event that its signature fits as well, and sums that it does not cover.
  const other = await receive(
    plugin,
    'order_cancelled',
    await order.send({ as: 'order_cancelled' }),
    seen,
    connection(),
  );
  assert.deepEqual([other.events, other.response.status], [[], 401]);
  // What its signature does not cover.
  const altered = await order.send({ fields: { 'items[0][sum]': '1.00' } });
  const refuted = await receive(plugin, 'order_paid', altered, new Seen(), connection());
  assert.deepEqual([refuted.events, refuted.refuted[0]?.subject, refuted.response.status], [[], order.id, 200]);
});

test('a poll names what happened as the webhook does', async (t) => {
  const plugin = await load(t);
  const order = await paidOrder(t, 7102);
  const { events } = await plugin.webhook('order_paid', await order.send(), connection());
  const start = Math.floor(Date.now() / 1000) - 3600;
  const tick = await pollAll(plugin, 'paid_order', { start, limit: 1 }, connection());
  const polled = tick.events.find(({ subject }) => subject === order.id);
  assert.equal(polled?.id, events[0]?.id);
  const next = await pollAll(plugin, 'paid_order', { state: tick.state }, connection());
  assert.ok(!next.events.some(({ subject }) => subject === order.id));
});

test('without its signature, or without sense, nothing is told', async (t) => {
  const plugin = await load(t);
  const order = await paidOrder(t, 7103);
  for (const forge of ['key', 'missing']) {
    const error = await failure(plugin.webhook('order_paid', await order.send({ forge }), connection()));
    assert.deepEqual([error.kind, error.effect], ['forged_event', 'none']);
  }
});

test('arbitrary bytes are an error of the contract, as a webhook and as a cursor', async (t) => {
  const plugin = await load(t);
  let state = 7;
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
  const bytes = () => Uint8Array.from({ length: random(60) }, () => random(256));
  // In a request each character is a byte.
  const text = (characters = 256) =>
    String.fromCharCode(...Array.from({ length: random(20) }, () => random(characters)));
  const webhooks = (description.triggers ?? []).filter(({ delivery }) => delivery === 'webhook');
  for (let round = 0; round < 40; round += 1) {
    for (const { name } of webhooks) {
      const request = { method: text(), headers: { [text()]: text() }, query: text(), body: bytes() };
      const outcome = await receive(plugin, name, request, new Seen(), connection());
      assert.deepEqual(outcome.events, []);
      assert.ok([200, 400, 401].includes(outcome.response.status), `${outcome.response.status}: ${outcome.error}`);
      assert.ok(!String(outcome.error).includes(KEY));
    }
    const error = await failure(plugin.poll('new_order', { cursor: text(0x10000) }, connection()));
    assert.equal(error.kind, 'invalid_input');
  }
});

test('a poll that gets no answer has changed nothing and shows no key', async (t) => {
  const plugin = await load(t);
  const origin = await serve(t, (socket) => socket.on('data', () => socket.destroy()));
  const error = await failure(pollAll(plugin, 'new_order', {}, connection(origin)));
  assert.deepEqual([error.kind, error.retry, error.effect], ['unavailable', 'later', 'none']);
});

test('a form knows what narrows a trigger down, and what its events have', () => {
  const trigger = triggerNamed(description, 'new_order');
  assert.ok(trigger);
  assert.ok(fieldsOf(trigger).every(({ title }) => title !== ''));
  const goods = eventFieldsOf(trigger).find(({ key }) => key === 'goods');
  assert.deepEqual([goods?.kind, goods?.fields?.[0]?.key], ['lines', 'product_id']);
});

test("the shop's orders are polled, as far as somebody has narrowed them down", async (t) => {
  const wasm = readFileSync(join(BUNDLE, 'shop.wasm'));
  const plugin = await loadPlugin({ wasm, sha256: createHash('sha256').update(wasm).digest('hex') });
  t.after(() => plugin.close());
  const shop: Description = await plugin.describe();
  const trigger = triggerNamed(shop, 'order_created');
  assert.ok(trigger);
  const [anna] = await choicesOf(plugin, shop, trigger, 'customer', SHOP, { search: 'anna b' });
  const before = await pollAll(plugin, 'order_created', { start: 'beginning' }, SHOP);
  const order = (customer: number) =>
    plugin.call('create_order', { customer, goods: [{ sku: 'A-101', count: 1 }] }, SHOP);
  await order(Number(anna?.value));
  await order(7);
  const input = { customer: anna?.value };
  const { events } = await pollAll(plugin, 'order_created', { input, state: before.state, limit: 1 }, SHOP);
  const [mine] = events.filter(({ data }) => data.customer === anna?.value);
  assert.equal(events.length, events.filter(({ data }) => data.customer === anna?.value).length);
  assert.equal(mine?.id, `created:${mine?.subject}`);
});
