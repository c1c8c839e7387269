// What happens in the shop begins workflows: by webhooks at n8n's production address, and by polls.

import assert from 'node:assert/strict';
import { ask, boughtBy, happens, order, send } from '../sandbox.mjs';
import { check, eventually } from '../support.mjs';

/** Where nobody is: the notification is there, to be sent as the check wants it. */
const NOWHERE = 'http://127.0.0.1:9/';

export async function triggers(n8n) {
  for (const id of ['automation', 'cancelled']) await n8n.activate(id);
  await webhooks(n8n);
  for (const id of ['automation', 'cancelled']) await n8n.deactivate(id);
  await bothWays(n8n);
}

async function webhooks(n8n) {
  const url = n8n.hook('automation');
  const begun = async (id) => (await n8n.executions(id, 0)).length;
  await ask('/control/deliveries', { hold: true });
  await ask('/control/shop', { webhooks: { order_paid: [NOWHERE], order_created: [NOWHERE] } });

  await check(
    'a paid order puts its buyer into two groups and is posted, though the service fails in between',
    async () => {
      await boughtBy('7001', 'buyer7001@email.com');
      const misbehaviour = {
        AddLeadToGroup: { misbehaviour: 'http-503', times: 2 },
        UpdateOrderStatus: { misbehaviour: 'drop-after', times: 1 },
      };
      await ask('/control/misbehaviour', misbehaviour);
      const [paid] = await happens('order_paid', '7001');
      assert.deepEqual(await send(paid, { url }), [{ status: 200, reply: '' }]);
      const [{ status }] = await n8n.executions('automation', 1);
      assert.equal(status, 'success');
      const { status: now, rpo } = await order('7001');
      assert.deepEqual([now, rpo], ['sent', 'RA7001RU']);
      const { contacts } = await ask('/control/shop');
      const { groups } = contacts.find(({ email }) => email === 'buyer7001@email.com');
      assert.deepEqual(Object.keys(groups).toSorted(), ['customers', 'news']);
    },
  );

  await check('a webhook that comes again, also many times at once, begins nothing more', async () => {
    await boughtBy('7002', 'buyer7002@email.com');
    const [paid] = await happens('order_paid', '7002');
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(paid, { url, times: 2 })));
    assert.ok(answers.flat().every(({ status }) => status === 200));
    await n8n.executions('automation', 2);
    assert.deepEqual(await send(paid, { url }), [{ status: 200, reply: '' }]);
    assert.equal(await begun('automation'), 2);
    assert.equal((await order('7002')).changes.filter(({ status }) => status === 'sent').length, 1);
  });

  await check('a forged one is answered 401, and what is none 400, without a word', async () => {
    await boughtBy('7003', 'buyer7003@email.com');
    const [paid] = await happens('order_paid', '7003');
    for (const forge of ['key', 'missing'])
      assert.deepEqual(await send(paid, { url, forge }), [{ status: 401, reply: '' }]);
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(100) });
    assert.deepEqual([await answer.text(), await begun('automation')], ['', 2]);
    assert.ok([400, 401].includes(answer.status));
    return `what is none: ${answer.status}`;
  });

  await check('one that is replayed as another event does not begin what that would', async () => {
    await boughtBy('7004', 'buyer7004@email.com');
    const [created] = await happens('order_created', '7004');
    // Its signature fits both.
    const replayed = { url: n8n.hook('cancelled'), as: 'order_cancelled' };
    assert.deepEqual(await send(created, replayed), [{ status: 200, reply: '' }]);
    await happens('order_cancelled', '7004');
    assert.deepEqual(await send(created, replayed), [{ status: 200, reply: '' }], 'once it is true');
    const [execution, ...more] = await n8n.executions('cancelled', 1);
    assert.equal(more.length, 0);
    const [{ subject, data }] = await n8n.output(execution, 'Told');
    assert.deepEqual([subject, data.bill_id], ['7004', '7004']);
  });

  await check('where the service can not be asked whether it is so, it is told to send it again', async () => {
    await boughtBy('7005', 'buyer7005@email.com');
    const [paid] = await happens('order_paid', '7005');
    await ask('/control/misbehaviour', { getOrderDetails: { misbehaviour: 'http-503', times: 1000 } });
    assert.deepEqual(await send(paid, { url }), [{ status: 503, reply: '' }]);
    await ask('/control/misbehaviour', { getOrderDetails: null });
    assert.deepEqual(await send(paid, { url }), [{ status: 200, reply: '' }]);
    assert.equal((await n8n.executions('automation', 3)).length, 3);
  });
}

/** Stays active: n8n is to know it all again after its next start. */
async function bothWays(n8n) {
  await n8n.activate('both');
  await check('of a webhook and a poll in one workflow, each event comes once', async () => {
    for (const id of ['7101', '7102']) await boughtBy(id, `buyer${id}@email.com`);
    const [told] = await happens('order_paid', '7101');
    assert.equal((await send(told, { url: n8n.hook('both') }))[0].status, 200);
    assert.deepEqual(await subjects(n8n, 1), ['7101']);
    // The notification of this one is late.
    const [late] = await happens('order_paid', '7102');
    assert.deepEqual(await subjects(n8n, 2), ['7101', '7102']);
    assert.equal((await send(late, { url: n8n.hook('both') }))[0].status, 200);
    await boughtBy('7103', 'buyer7103@email.com');
    await happens('order_paid', '7103');
    assert.deepEqual(await subjects(n8n, 3), ['7101', '7102', '7103']);
  });
}

/** Once n8n runs again. */
export async function triggersAgain(n8n) {
  await check(
    'after a new start an event that was told before the last does not come again, and what was paid meanwhile does',
    async () => {
      const { deliveries } = await ask('/control/deliveries');
      const again = deliveries.filter(({ body }) => /^id=710[123]&/.test(body));
      for (const { id } of again) assert.equal((await send(id, { url: n8n.hook('both') }))[0].status, 200);
      assert.deepEqual(await subjects(n8n, 4), ['7101', '7102', '7103', '7104']);
      return `${again.length} webhooks sent again`;
    },
  );
  await n8n.deactivate('both');
}

/** While it does not run. */
export async function paidMeanwhile() {
  await boughtBy('7104', 'buyer7104@email.com');
  await happens('order_paid', '7104');
}

/** What the workflow was handed of these orders, once it is so much. */
function subjects(n8n, count) {
  return eventually(async () => {
    const executions = await n8n.executions('both', 1);
    const items = await Promise.all(executions.map((execution) => n8n.output(execution, 'Got')));
    const of = items.flat().filter(({ subject }) => subject.startsWith('71'));
    return of.length >= count && of.map(({ subject }) => subject).toSorted();
  });
}
