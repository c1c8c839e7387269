// Events: what changes in Redmine, and an order paid in one plugin's service that opens an issue in the other's.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { read, start, until } from '../../../tests/e2e/processes.mjs';

/** A change: an issue, and the second of it. */
const nameOf = ({ id, updated_on }) => `updated:${id}:${Date.parse(updated_on) / 1000}`;

async function allIssues(redmine) {
  const issues = [];
  for (;;) {
    const path = `/issues.json?status_id=*&sort=id&limit=100&offset=${issues.length}`;
    const part = await redmine.api(path);
    issues.push(...part.issues);
    if (issues.length >= part.total_count) return issues;
  }
}

export async function changesAreTold(host, redmine, work) {
  const folder = join(work, 'events');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // The administrator's account sees all of them.
  const account = redmine.account('admin');
  const args = ['listen', 'issue_updated', '--state', join(folder, 'events.sqlite'), '--start', 'beginning'];
  const once = async () => {
    const { code, stdout, stderr } = await host.run(account, ...args, '--once');
    same(code, 0, `plugin-host listen (${stderr})`);
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  const ids = (events) => events.map(({ id }) => id);
  // No second is told before it is over.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const there = await allIssues(redmine);
  const told = await once();
  same(ids(told).toSorted(), there.map(nameOf).toSorted(), 'what is told from the beginning');
  const [first] = told;
  same(
    [first.type, first.source, first.subject],
    ['redmine.issue_updated', '/redmine/default', first.data.id],
    'an event',
  );
  same(await once(), [], 'what is told where nothing has changed');
  proved(`every issue is told, over pages, once (${told.length})`);

  // Many in the same seconds, while it is asked all the time.
  const env = {
    PATH: process.env.PATH,
    PLUGIN_ENV_PREFIX: 'R',
    R_BASE_URL: account.base_url,
    R_API_KEY: account.api_key,
  };
  const log = join(folder, 'listen.ndjson');
  const all = ['--bundle', join(host.bundle, 'extism.json'), ...args, '--every', '1s'];
  const listener = start(host.program, all, env, log);
  for (let round = 0; round < 3; round += 1) {
    const change = ({ id }) => redmine.api(`/issues/${id}.json`, 'PUT', { issue: { notes: `Round ${round}` } });
    await Promise.all(there.slice(0, 40).map(change));
  }
  const changed = (await allIssues(redmine)).slice(0, 40).map(nameOf);
  const lines = async () =>
    (await read(log))
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  await until('all last changes being told', 30, async () => {
    const names = new Set(ids(await lines()));
    return changed.every((name) => names.has(name));
  });
  await listener.stop('SIGINT');
  const names = ids(await lines());
  same(names.length, new Set(names).size, 'the changes, and the different ones among them');
  proved(`while 40 issues change three times, each last change is told, and none twice (${names.length} events)`);
  check(!(await read(log)).includes(account.api_key), 'the key is among the events');
}

/** Both plugins in one server: an order is paid, and an issue is opened. */
export async function besideJustClick({ pluginHost, bundles, redmine, sandbox, work }) {
  const folder = join(work, 'beside');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  let address;
  const told = [];
  const receiver = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', async () => {
      const event = JSON.parse(body);
      told.push(event);
      const { status } = event.type === 'justclick.order_paid' ? await open(address, event) : { status: 204 };
      answer.writeHead(status === 200 ? 204 : status).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const table = (name, members) =>
    `[${name}]\n${Object.entries(members)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join('')}`;
  const deliver = `http://127.0.0.1:${receiver.address().port}/`;
  const plugins = Object.entries(bundles).map(([name, bundle]) => table(name, { bundle: join(bundle, 'extism.json') }));
  const connections = [
    table('shop', { plugin: 'justclick', ...sandbox }),
    table('tracker', { plugin: 'redmine', ...redmine.account('dev') }),
  ];
  const triggers = [
    table('shop.order_paid', { deliver }),
    table('tracker.issue_updated', { every: '1s', start: 'now', deliver }),
  ];
  const args = [
    '--plugins',
    file('plugins.toml', plugins.join('')),
    '--connections',
    file('connections.toml', connections.join('')),
  ];
  const more = ['--triggers', file('triggers.toml', triggers.join('')), '--state', join(folder, 'serve.sqlite')];
  const log = join(folder, 'serve.log');
  const host = start(pluginHost, ['serve', ...args, ...more, '--listen', '127.0.0.1:0'], {}, log);
  [, address] = await host.printed(/ on (http:\/\/\S+)/);

  const put = async (path, body, method = 'PUT') => {
    const answer = await fetch(sandbox.base_url + path, { method, body: JSON.stringify(body) });
    check(answer.ok, `the sandbox answers ${answer.status} to ${path}: ${await answer.clone().text()}`);
    return answer.json();
  };
  const listed = await (await fetch(`${address}/v1/connections/shop/triggers`)).json();
  const trigger = listed.triggers.find(({ name }) => name === 'order_paid');
  await put('/control/shop', { webhooks: { order_paid: [trigger.address] } });
  const made = await fetch(`${address}/v1/connections/shop/actions/create_order`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ORDER),
  });
  const { bill_id } = await made.json();
  check(made.ok && bill_id, `an order is made: ${made.status}`);
  const { deliveries } = await put('/control/events', { event: 'order_paid', bill_id }, 'POST');
  const subject = `Pack order ${bill_id}`;
  const [issue] = await until('the issue', 30, async () => {
    const found = await redmine.ofSubject(subject);
    return found.length > 0 && found;
  });
  same(issue.description.trim().split('\n').at(-1), `Reference: ${told[0].id}`, 'the reference of the issue');
  proved('with both plugins in one server, an order that is paid in the one opens an issue in the other');
  await put(`/control/deliveries/${deliveries[0]}`, { times: 2 }, 'POST');
  await until('the change of the issue', 30, () =>
    told.some(({ type, subject: of }) => type === 'redmine.issue_updated' && of === String(issue.id)),
  );
  same((await redmine.ofSubject(subject)).length, 1, 'the issues of the order');
  proved('told three times, it opens one; and that is told as a change in turn');
  const everything = await read(log);
  check(
    ![sandbox.api_key, redmine.account('dev').api_key].some((key) => everything.includes(key)),
    'a key is in the log',
  );
  await host.stop('SIGTERM');
  receiver.closeAllConnections();
  receiver.close();
}

const ORDER = { email: 'ann@example.com', goods: [{ product_id: 'invoice' }] };

/** What somebody's own program does with an event. */
async function open(address, { id, data }) {
  const answer = await fetch(`${address}/v1/connections/tracker/actions/create_issue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify({ project_id: 'shop', subject: `Pack order ${data.bill_id}`, reference: id }),
  });
  return { status: answer.status, body: await answer.text() };
}
