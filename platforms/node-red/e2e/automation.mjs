// The merchant's automation, as the package's example has it: order paid → contact into the buyers' group → order marked
// as sent with its tracking number.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { happens, newOrder, pause, sandbox, until } from './triggers.mjs';

const MODULE = 'node-red-contrib-justclick';
const SECRET = 'b2'.repeat(16);

/** As somebody completes it: the account, the group, where the tracking number comes from. */
function completed(flows, { login, base_url, api_key }) {
  return flows.map((part) => {
    if (part.type === 'justclick-connection') return { ...part, login, base_url, credentials: { api_key } };
    // The editor gives it one when it is imported.
    if (part.type === 'justclick in') return { ...part, credentials: { secret: SECRET } };
    const rpo = { type: 'jsonata', value: '"RA" & event.data.bill_id & "RU"' };
    if (part.action === 'update_order_status') return { ...part, fields: { ...part.fields, rpo } };
    return part;
  });
}

const order = (id) => sandbox(`orders/${id}`);

async function groupsOf(email) {
  const { contacts } = await sandbox('control/shop');
  return Object.keys(contacts.find((contact) => contact.email === email)?.groups ?? {});
}

/** That the automation is through with an order. */
async function isDone(id) {
  const { status, rpo } = await order(id);
  return status === 'sent' && rpo === `RA${id}RU` && (await groupsOf(`buyer-${id}@email.com`)).includes('customers');
}

async function timesSent(id) {
  return (await order(id)).changes.filter(({ status }) => status === 'sent').length;
}

async function paid(id) {
  await newOrder(id);
  return happens('events', { event: 'order_paid', bill_id: id });
}

/** `series` begins the numbers of its orders. */
export async function automation(platform, on, { account, series }) {
  const [first, second, third] = ['1', '2', '3'].map((n) => `${series}2000${n}`);
  const library = `/library/examples/flows/${MODULE}`;
  const example = await platform.admin(`${library}/paid-order-is-sent`);
  const flows = completed(example, account);
  await platform.deploy(flows);
  await sandbox('control/shop', { webhooks: { order_paid: [`${platform.url}/justclick/order_paid/${SECRET}`] } });

  await paid(first);
  await until('the automation', () => isDone(first));
  assert.equal(await timesSent(first), 1);
  on('the example of the import menu: an order is paid, its contact is in the group, and it is sent with its number');

  await sandbox('control/misbehaviour', {
    getOrderDetails: { misbehaviour: 'http-503', times: 1 },
    AddLeadToGroup: { misbehaviour: 'http-503', times: 2 },
    UpdateOrderStatus: { misbehaviour: 'drop-after', times: 1 },
  });
  await paid(second);
  await until('the automation with a failing service', () => isDone(second));
  on('the service fails in each step, and the order is sent all the same');

  // From here on it is down until Node-RED has been restarted, and then deployed anew.
  await sandbox('misbehaviour', { misbehaviour: 'http-503' });
  await paid(third);
  const kept = join(platform.userDir, 'plugin-state/justclick/justclick-paid-order-is-sent-in.json');
  const waiting = () => JSON.parse(readFileSync(kept, 'utf8')).entries.map(({ event }) => event.subject);
  await until('that the event is kept', () => waiting().includes(third));
  await platform.kill();
  await platform.launch();
  await pause(1000);
  await platform.deploy(
    flows.map((part) => ({ ...part, ...(part.type === 'justclick in' && { name: 'renamed' }) })),
    'nodes',
  );
  await sandbox('misbehaviour', { misbehaviour: null });
  await until('the automation after a restart and a deploy', () => isDone(third));
  on('the service is down, Node-RED is killed and deployed anew, and the order is sent when the service is back');

  // Also that the answer was lost of which the service knew.
  await until('that the flow says of all that they are done', () => waiting().length === 0);
  const before = await timesSent(third);
  const { deliveries } = await sandbox('control/deliveries');
  for (const { id } of deliveries.filter(({ body }) => body.includes(third)))
    await happens(`deliveries/${id}`, { times: 2 });
  await pause(1500);
  assert.equal(await timesSent(third), before, 'what is done is done again');
  on('once the flow has said that it is done, the same webhook does nothing');
}
