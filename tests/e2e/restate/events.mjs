// Events become invocations: webhooks of the service, doubled and out of order, go through `plugin-host
// serve` to a service of Restate, while everything on the way is killed and the shop fails. In the end each
// event's automation ran once, and none is lost.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, note, proved, same } from '../checks.mjs';
import { freePorts } from '../ports.mjs';
import { read, sleep, start, until } from '../processes.mjs';
import { Node, identity, installSdk } from './cluster.mjs';

const MERCHANT = fileURLToPath(new URL('merchant.mjs', import.meta.url));
/** Those that the service tells of, and those whose webhooks get lost. */
const TOLD = Array.from({ length: 60 }, (_, index) => String(300_000 + index));
const LOST = Array.from({ length: 15 }, (_, index) => String(400_000 + index));
const ORDERS = [...TOLD, ...LOST];
const CREATED = 1_700_000_000;
/** The secret that must not be seen anywhere. */
const KEY = 'e2e-events-key-4711-4711-4711-4711';

const email = (order) => `buyer-${order}@shop.example`;

class Shop {
  /** Starts the service with its orders, Restate, the merchant, and both faces of plugin-host. */
  static async start({ folder, work, restate, pluginHost, sandbox, bundle, login }) {
    const shop = new Shop();
    mkdirSync(folder, { recursive: true });
    Object.assign(shop, { folder, pluginHost, kills: 0, sdk: installSdk(work) });
    const item = { good_name: 'invoice', title: 'Invoice', sum: '1500.00', price: '1500.00' };
    const orders = ORDERS.map((bill_id) => ({ bill_id, data: { email: email(bill_id), created: CREATED, items: [item] } }));
    writeFileSync(join(folder, 'orders.json'), JSON.stringify({ orders }));
    const args = ['--orders', join(folder, 'orders.json'), '--slow-ms', '150', '--login', login];
    const service = start(sandbox, args, { SANDBOX_API_KEY: KEY }, join(folder, 'sandbox.log'));
    [shop.service] = await service.printed(/http:\/\/127\.0\.0\.1:\d+/);

    shop.node = await Node.start(restate, folder, identity(folder).file);
    const [serve, actions, merchant] = await freePorts(3);
    shop.ports = { serve, actions, merchant };
    const connection = { login, api_key: 'env:BERLIN_KEY', base_url: shop.service };
    const lines = Object.entries(connection).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
    writeFileSync(join(folder, 'connections.toml'), `[berlin]\n${lines.join('')}`);
    const to = JSON.stringify(`${shop.node.ingress}/Merchant/orderPaid/send`);
    const triggers = `[berlin.order_paid]\ndeliver = ${to}\n[berlin.paid_order]\nevery = "2s"\ndeliver = ${to}\n`;
    writeFileSync(join(folder, 'triggers.toml'), triggers);
    shop.env = { BERLIN_KEY: KEY, PLUGIN_BUNDLE: join(bundle, 'extism.json'), HOME: folder };
    shop.running = {};
    for (const name of ['serve', 'actions', 'merchant']) await shop.begin(name);
    for (const name of ['actions', 'merchant']) {
      await shop.node.register(`http://127.0.0.1:${shop.ports[name]}`);
    }
    return shop;
  }

  /** Starts one of what is killed. */
  async begin(name) {
    const port = this.ports[name];
    const log = join(this.folder, `${name}.log`);
    const host = (args) => {
      const connections = ['--connections', join(this.folder, 'connections.toml')];
      return start(this.pluginHost, [...connections, ...args, '--listen', `127.0.0.1:${port}`], this.env, log);
    };
    const starting = {
      serve: () => host(['serve', '--triggers', join(this.folder, 'triggers.toml'), '--state', join(this.folder, 'serve.sqlite')]),
      actions: () => host(['restate']),
      merchant: () => start(process.execPath, [MERCHANT, String(port)], { RESTATE_SDK: this.sdk, HOME: this.folder }, log),
    }[name];
    this.running[name] = starting();
    await this.running[name].printed(/on http:\/\/127\.0\.0\.1/);
  }

  /** Kills one of them without a warning, and starts it again. */
  async kill(name) {
    if (name === 'restate') await this.node.kill();
    else {
      await this.running[name].stop('SIGKILL');
      await sleep(200 * Math.random());
      await this.begin(name);
    }
    this.kills += 1;
  }

  /** The sandbox's own face. */
  async ask(path, body, method = 'POST') {
    const request = body === undefined ? {} : { method, body: JSON.stringify(body) };
    const answer = await fetch(this.service + path, { ...request, signal: AbortSignal.timeout(60_000) });
    check(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
    return answer.json();
  }

  misbehave(misbehaviour) {
    return this.ask('/misbehaviour', { misbehaviour }, 'PUT');
  }

  /** What serve says at a path. */
  async served(path) {
    return (await fetch(`http://127.0.0.1:${this.ports.serve}${path}`, { signal: AbortSignal.timeout(30_000) })).json();
  }

  /** The address that people put into the service's settings. */
  async address() {
    const { triggers } = await this.served('/v1/connections/berlin/triggers');
    return triggers.find(({ name }) => name === 'order_paid').address;
  }

  /** A webhook is sent until it is taken, as services do. */
  async tell(delivery) {
    await until(`webhook ${delivery} being taken`, 120, async () => {
      const { attempts } = await this.ask(`/control/deliveries/${delivery}`, {});
      return attempts.at(-1).status === 200;
    }, 300);
  }
}

/** In no order that anybody meant. */
function shuffled(list) {
  return list.map((value) => [Math.random(), value]).sort(([one], [other]) => one - other).map(([, value]) => value);
}

/** Kills what is on the way, one after the other, until told to end. */
async function killing(shop, state) {
  const names = ['serve', 'merchant', 'serve', 'actions', 'restate', 'serve'];
  for (let turn = 0; !state.over; turn += 1) {
    await sleep(400 + 900 * Math.random());
    await shop.kill(names[turn % names.length]);
  }
}

/** Lets the service fail in turns. */
async function failing(shop, state) {
  for (let turn = 0; !state.over; turn += 1) {
    await shop.misbehave([null, 'http-503', 'slow', 'drop-after', null, 'http-429', 'drop-before'][turn % 7]);
    await sleep(700);
  }
}

export async function becomeInvocations(options) {
  const shop = await Shop.start(options);
  const address = await shop.address();
  await shop.ask('/control/shop', { webhooks: { order_paid: [address] } });
  await shop.ask('/control/deliveries', { hold: true });
  // The poll has to begin before anything is paid.
  await until('the first poll', 60, async () => (await shop.ask('/requests')).count > 0);
  const deliveries = [];
  for (const order of ORDERS) {
    const paid = await shop.ask('/control/events', { event: 'order_paid', bill_id: order });
    if (TOLD.includes(order)) deliveries.push(...paid.deliveries);
  }
  same(deliveries.length, TOLD.length, 'the webhooks that are held');

  const [state, begun] = [{ over: false }, Date.now()];
  const fire = [killing(shop, state), failing(shop, state)];
  // Each of them twice, by four senders at once.
  const turns = shuffled([...deliveries, ...deliveries]);
  await Promise.all([0, 1, 2, 3].map(async (sender) => {
    for (const delivery of turns.filter((_, index) => index % 4 === sender)) {
      await shop.tell(delivery);
      await sleep(1200 * Math.random());
    }
  }));
  state.over = true;
  await Promise.all(fire);
  await shop.misbehave(null);
  note(`killed: ${shop.kills} programs on the way, in ${((Date.now() - begun) / 1000).toFixed(0)} s`);

  const invocations = "from sys_invocation where target_service_name = 'Merchant'";
  const ended = `select count(*) as n ${invocations} and status = 'completed' and completion_result = 'success'`;
  await until('every event having its invocation, ended', 240, async () => {
    const [{ n }] = await shop.node.query(ended);
    return n >= ORDERS.length;
  }, 1000);
  // Two more polls, which tell of all of it again.
  const asked = (await shop.ask('/requests')).count;
  await until('two more polls', 60, async () => (await shop.ask('/requests')).count >= asked + 2);
  await onceEach(shop, invocations);
  await isDone(shop);
  await nothingIsLeft(shop);
}

async function onceEach(shop, invocations) {
  const all = await shop.node.query(`select idempotency_key, status, completion_result ${invocations}`);
  same(all.length, ORDERS.length, 'the invocations of the merchant');
  same(new Set(all.map((row) => row.idempotency_key)).size, ORDERS.length, 'their idempotency keys');
  check(all.every((row) => row.status === 'completed' && row.completion_result === 'success'), 'one did not succeed');
  const counts = await shop.node.query("select service_key, value_utf8 from state where service_name = 'Ledger'");
  const events = counts.map((row) => row.service_key.split(':')[1]).sort();
  same(events, [...ORDERS].sort(), 'the orders whose events came to their end');
  check(counts.every((row) => row.value_utf8 === '1'), `an automation ran twice: ${JSON.stringify(counts)}`);
  proved(`${ORDERS.length} events, ${TOLD.length} of them told twice and out of order and ${LOST.length} by the poll alone, are one invocation each, which ran once`);
}

async function isDone(shop) {
  const { contacts } = await shop.ask('/control/shop');
  for (const order of ORDERS) {
    const { status, rpo, date, data } = await shop.ask(`/orders/${order}`);
    same({ status, rpo, date }, { status: 'sent', rpo: `RA${order}`, date: data.paid + 86_400 }, `order ${order}`);
    const contact = contacts.find((contact) => contact.email === email(order));
    check(contact?.groups.customers, `the customer of order ${order} is not in the buyers' group`);
  }
  proved('every order that was paid is marked as sent with its tracking number, and its customer is in the buyers’ group');
}

async function nothingIsLeft(shop) {
  same((await shop.served('/v1/dead-letters')).items ?? [], [], 'dead letters');
  for (const log of ['serve.log', 'actions.log', 'merchant.log', 'n1.log']) {
    const text = await read(join(shop.folder, log));
    check(!text.includes(KEY), `the API key is in ${log}`);
    check(!text.includes((await shop.address()).split('/').at(-1)), `a webhook's address is in ${log}`);
  }
  proved('there are no dead letters, and neither the API key nor a webhook’s address is in a log');
}
