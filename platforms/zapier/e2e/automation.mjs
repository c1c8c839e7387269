// A merchant's Zap, from what happens in the shop to what has become of it: an order is paid; the customer comes into the
// buyers' group; the order is marked as sent. Each step fails once, and is repeated as Zapier repeats it.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { authData, failingOnce, groupsOf, look, orderState, paidOrder, seconds } from './sandbox.mjs';
import { check } from './tools.mjs';

const EMAIL = 'anna@email.com';
const TRACKING = 'RA123456789RU';

/** `ask` runs a method of the integration as Zapier's runtime does. */
export async function automation(ask) {
  const seen = new Set();
  /** A tick: what Zapier's deduplication lets through. */
  const tick = async (step = once) => {
    const told = await step(() => ask('triggers.paid_order.operation.perform', {}));
    return told.filter(({ id }) => !seen.has(id) && seen.add(id));
  };
  // What there is when the Zap is turned on does not trigger.
  await tick();
  const { id, webhook } = await paidOrder('300101', EMAIL);
  let order;

  await check('a paid order triggers, though JustClick fails meanwhile', async () => {
    await failingOnce('getOrdersWithGoods', 'http-503');
    const told = await tick(repeated);
    assert.deepEqual(
      told.map(({ bill_id, email, total }) => [bill_id, email, total]),
      [[id, EMAIL, '1500.00']],
    );
    [order] = told;
  });
  await check('the next poll has it again, under the same id, and Zapier lets nothing through', async () => {
    assert.deepEqual(await tick(), []);
  });
  await check("its id is that of JustClick's webhook of the same payment", async () => {
    assert.equal(order.id, await idOf(webhook));
  });
  await check("the customer comes into the buyers' group, though the first answer is lost", async () => {
    const input = { email: order.email, name: order.first_name, group_ids: ['customers'] };
    await failingOnce('AddLeadToGroup', 'drop-after');
    const contact = await repeated(() => ask('creates.add_contact.operation.perform', input));
    assert.equal(contact.email, EMAIL);
    assert.deepEqual(await groupsOf(EMAIL), ['customers']);
  });
  await check('the order is marked as sent with its tracking number, though JustClick fails first', async () => {
    const now = seconds();
    const input = { bill_id: order.bill_id, status: 'sent', date: new Date(now * 1000).toISOString(), rpo: TRACKING };
    await failingOnce('UpdateOrderStatus', 'http-503');
    const sent = await repeated(() => ask('creates.update_order_status.operation.perform', input));
    assert.deepEqual([sent.status, sent.rpo], ['sent', TRACKING]);
    assert.deepEqual(await orderState(id), ['sent', now, TRACKING]);
    const { changes } = await look(`orders/${id}`);
    assert.deepEqual(
      changes.map(({ status }) => status),
      ['paid', 'sent'],
      'each change was made once',
    );
  });
  await check('what the Zap has changed triggers nothing', async () => assert.deepEqual(await tick(), []));
}

/** A step that succeeds. */
async function once(step) {
  const { error, results } = await step();
  assert.equal(error, undefined, error?.message);
  return results;
}

/** A step that fails, and is run again with the same input, as Zapier does where it is told to wait. */
async function repeated(step) {
  const { error } = await step();
  assert.equal(error?.name, 'ThrottledError', error?.message ?? 'it did not fail');
  return once(step);
}

/** What the plugin names the event of a webhook, in another host. */
async function idOf(webhook) {
  // Once what they import is installed.
  const { imported, readBundle } = await import('../../js/build/bundle.mjs');
  const { loadPlugin } = await imported(fileURLToPath(new URL('../../js/src/index.ts', import.meta.url)));
  const { wasm, sha256 } = readBundle();
  const plugin = await loadPlugin({ wasm: Buffer.from(wasm, 'base64'), sha256, allowPrivate: '*' });
  const { events } = await plugin.webhook('order_paid', webhook, authData).finally(() => plugin.close());
  return events[0].id;
}
