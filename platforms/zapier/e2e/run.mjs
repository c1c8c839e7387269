// Runs the integration in Zapier's own command line, and as Zapier's runtime loads what that builds, against a sandbox.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installLocked, packaged } from '../../../tests/e2e/packages.mjs';
import { automation } from './automation.mjs';
import { assertShown, shownCommands } from './document.mjs';
import { authData, newOrder, orderState, paidOrder, sandbox } from './sandbox.mjs';
import { check, checksPassed, converse, installZapier, run, stopAll, variable } from './tools.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
/** The integration as it is built, which Zapier's command line takes. */
const built = join(here, 'dist');
const work = variable('E2E_WORK');
const ACTION = 'creates.update_order_status.operation';

const good = { status: 'sent', date: '2013-03-03T00:00:00+04:00', rpo: '10000000000000' };
const sent = { status: 'sent', date: '2013-03-02T20:00:00Z', rpo: '10000000000000', message: 'order status changed' };
const unknownOrder = 'JustClick has no such order (code 200: Nonexistent order). Check the order number.';

/** All that Zapier's programs printed, in which no secret may be. */
const printed = [];

try {
  installLocked(join(here, '../js'));
  installLocked(here);
  const zapier = installZapier(work);
  await testSuites();
  await commandLine(zapier);
  await runtime(zapier);
  await anotherPlugin(zapier);
  await check('no program printed the API key', () => assert.ok(!printed.join('\n').includes(authData.api_key)));
  console.log(`e2e zapier: ${checksPassed()} checks passed`);
} catch (error) {
  console.error(`e2e zapier failed: ${error.stack ?? error}`);
  process.exitCode = 1;
} finally {
  stopAll();
}

async function testSuites() {
  const npm = (script) => run('npm', ['run', script], { cwd: here });
  await check('types and formatting are clean', () => npm('check'));
  await check('unit tests pass', () => npm('test'));
  await check("app tests with Zapier's tester pass against the sandbox", () => npm('test:app'));
}

async function commandLine({ env }) {
  const connection = Object.entries(authData).map(([key, value]) => [`authData_${key}`, value]);
  const variables = { ...env, ...Object.fromEntries(connection), PLUGIN_ALLOW_PRIVATE: '*' };
  run('node', ['build.mjs'], { cwd: here });
  run('npm', ['install', '--no-audit', '--no-fund'], { cwd: built });
  const zapier = (args, expect = 0) => {
    const said = run('zapier-platform', args, { cwd: built, env: variables, expect });
    printed.push(said.out, said.err);
    return said;
  };
  const invoke = (input, expect) =>
    zapier(['invoke', 'create', 'update_order_status', '-i', JSON.stringify(input), '--non-interactive'], expect);
  /** An error as the command line breaks it into lines. */
  const told = ({ err }) => err.replaceAll(/\s*›\s*/g, ' ').replaceAll(/\s+/g, ' ');

  // Style and publishing checks are made by Zapier's servers, for whoever is logged in there.
  await check('zapier-platform validate finds no error', () => {
    assert.match(zapier(['validate', '--without-style']).out, /structurally sound/);
  });
  await check('zapier-platform invoke auth test proves the connection', () => {
    const { login, base_url } = authData;
    assert.deepEqual(JSON.parse(zapier(['invoke', 'auth', 'test', '--non-interactive']).out), { login, base_url });
  });
  await check('zapier-platform invoke auth label tells login and address', () => {
    assert.equal(zapier(['invoke', 'auth', 'label', '--non-interactive']).out, `${authData.login} (${sandbox})`);
  });
  await check('zapier-platform invoke changes an order', async () => {
    const bill_id = await newOrder('300001');
    assert.deepEqual(JSON.parse(invoke({ bill_id, ...good }).out), { bill_id, ...sent });
    assert.deepEqual(await orderState(bill_id), ['sent', 1362254400, '10000000000000']);
  });
  await check('a date as people write it is that moment in the time zone of the Zap', async () => {
    const bill_id = await newOrder('300002');
    invoke({ bill_id, status: 'paid', date: 'March 3, 2013 at 9am' });
    // Where none is given, Zapier's command line takes Chicago's.
    assert.deepEqual(await orderState(bill_id), ['paid', Date.parse('2013-03-03T09:00:00-06:00') / 1000, undefined]);
  });
  await check('zapier-platform invoke tells an unknown order in one clear line', () => {
    assert.ok(told(invoke({ bill_id: '399999', status: 'cancel' }, 2)).includes(`Error: ${unknownOrder}`));
  });
  await check('zapier-platform invoke tells a wrong input by its label, and the order stays as it was', async () => {
    const bill_id = await newOrder('300003');
    assert.match(told(invoke({ bill_id, status: 'posted' }, 2)), /"message":"Status must be .*"code":"invalid_input"/);
    assert.deepEqual(await orderState(bill_id), ['new', undefined, undefined]);
  });
  await check(
    'zapier-platform invoke polls a trigger: a paid order, the newest first, by the id of its event',
    async () => {
      const { id } = await paidOrder('300007', 'paid@email.com');
      const [newest] = JSON.parse(zapier(['invoke', 'trigger', 'paid_order', '-i', '{}', '--non-interactive']).out);
      assert.match(newest.id, new RegExp(`^paid:${id}:\\d+$`));
      assert.deepEqual([newest.bill_id, newest.email, newest.goods.length], [id, 'paid@email.com', 1]);
    },
  );
  await check('what docs/platforms/zapier.md shows is what zapier-platform prints', async () => {
    await newOrder('100000');
    for (const { command, lines } of shownCommands()) {
      const fails = lines.some((line) => line.includes('Error:'));
      const said = run('bash', ['-c', command], { cwd: built, env: variables, expect: fails ? 2 : 0 });
      printed.push(said.out, said.err);
      assertShown(lines, `${said.out}\n${said.err}`);
    }
  });
  await check('zapier-platform build makes a build.zip that starts, as a push does', () => {
    zapier(['build', '--skip-validation']);
  });
}

async function runtime({ env, folder }) {
  const unpacked = join(work, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  // The command line's own unpacker.
  const decompress = createRequire(join(folder, 'package.json'))('zapier-platform-cli/src/utils/decompress.js');
  await decompress(join(built, 'build/build.zip'), unpacked);

  await check('build.zip carries the licences of what is inside', () => {
    for (const name of ['LICENSE-MIT', 'THIRD-PARTY-NOTICES.txt']) {
      assert.ok(readFileSync(join(unpacked, 'licences', name), 'utf8').length > 0, name);
    }
  });
  await check('build.zip holds the plugin', () => {
    const wasm = readFileSync(join(variable('JUSTCLICK_BUNDLE'), 'justclick.wasm'));
    assert.ok(readFileSync(join(unpacked, 'bundle.js'), 'utf8').includes(wasm.toString('base64')));
  });

  // Started in the folder that was unpacked, with an empty environment.
  const lambda = converse('node', [fileURLToPath(new URL('as-zapier.cjs', import.meta.url)), unpacked], {
    cwd: unpacked,
    // The sandbox is on this machine, where no integration looks unasked.
    env: { PATH: env.PATH, PLUGIN_ALLOW_PRIVATE: '*' },
  });
  const ask = async (method, inputData, connection = authData) => {
    const bundle = { authData: connection, inputData, meta: { timezone: 'Europe/Moscow' } };
    const answer = await lambda.ask({ command: 'execute', method, bundle });
    printed.push(JSON.stringify(answer));
    return answer;
  };
  const perform = (inputData, connection) => ask(`${ACTION}.perform`, inputData, connection);

  await check('loaded from build.zip alone, the editor gets the fields that a status needs', async () => {
    const { results } = await ask(`${ACTION}.inputFields`, { status: 'paid' });
    assert.deepEqual(
      results.map(({ key }) => key),
      ['bill_id', 'status', 'date'],
    );
  });
  await check('a Zap with three items: the good one changes its order', async () => {
    const bill_id = await newOrder('300004');
    const { results } = await perform({ bill_id, ...good, date: '2013-03-03 00:00' });
    assert.deepEqual(results, { bill_id, ...sent });
    assert.deepEqual(await orderState(bill_id), ['sent', 1362254400, '10000000000000']);
  });
  await check('a Zap with three items: the unknown order halts', async () => {
    const { error } = await perform({ bill_id: '399999', status: 'cancel' });
    assert.deepEqual(error, { name: 'HaltedError', message: unknownOrder });
  });
  await check('a Zap with three items: the bad input fails, and its order stays as it was', async () => {
    const bill_id = await newOrder('300005');
    const { error } = await perform({ bill_id, status: 'sent', date: '2013-03-03', rpo: '' });
    const { message, code, status } = JSON.parse(error.message);
    assert.deepEqual([error.name, code, status], ['AppError', 'invalid_input', 400]);
    assert.match(message, /^Tracking Number is required for the status sent/);
    assert.deepEqual(await orderState(bill_id), ['new', undefined, undefined]);
  });
  await check('a service that never answers is told before Zapier ends the step, and the next step works', async () => {
    const bill_id = await newOrder('300006');
    const { error, seconds } = await withSilentServer(async (base_url) => {
      const start = performance.now();
      const { error } = await perform({ bill_id, status: 'cancel' }, { ...authData, base_url });
      return { error, seconds: (performance.now() - start) / 1000 };
    });
    assert.equal(error.name, 'ThrottledError');
    assert.match(JSON.parse(error.message).message, /answer/);
    assert.ok(seconds < 30, `${seconds} s`);
    assert.equal((await perform({ bill_id, status: 'cancel' })).results.status, 'cancel');
    assert.deepEqual(await orderState(bill_id), ['cancel', undefined, undefined]);
  });
  await automation((method, inputData) => ask(method, inputData));
  await check('100 steps in one process leave nothing behind that keeps it running', async () => {
    for (let step = 0; step < 100; step += 1) await perform({ bill_id: '300006', status: 'return' });
    assert.equal(await lambda.end(), 0);
    printed.push(lambda.aside());
  });
}

/** The same shell with the made-up shop, whose build takes nothing but its bundle. */
async function anotherPlugin({ env }) {
  const folder = packaged('zapier', variable('SHOP_BUNDLE'), join(work, 'shop'));
  const account = { address: variable('SHOP_URL'), token: variable('SHOP_TOKEN') };
  const connection = Object.entries(account).map(([key, value]) => [`authData_${key}`, value]);
  const zapier = (args) => {
    const variables = { ...env, ...Object.fromEntries(connection), PLUGIN_ALLOW_PRIVATE: '*' };
    const said = run('zapier-platform', args, { cwd: folder, env: variables });
    assert.ok(!`${said.out}${said.err}`.includes(account.token), 'the token is in what Zapier prints');
    return said.out;
  };
  const invoke = (kind, key, input) =>
    JSON.parse(zapier(['invoke', kind, key, '-i', JSON.stringify(input), '--non-interactive']));

  await check('another plugin is an integration of its own, and zapier-platform validate finds no error', () => {
    run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
    assert.match(zapier(['validate', '--without-style']), /structurally sound/);
  });
  await check('its action takes line items, and makes an order of them', () => {
    const goods = [{ goods_sku: 'A-101', goods_count: 2 }];
    const { id, repeated } = invoke('create', 'create_order', { customer: '7', goods });
    assert.match(id, /^\d+$/);
    assert.equal(repeated, false);
  });
  await check('its search finds what the service has, and a drop-down list its choices', () => {
    const [found] = invoke('search', 'find_customers', { name: 'Anna B' });
    assert.deepEqual([found.id, found.name], ['2', 'Anna Baker']);
    const choices = invoke('trigger', 'create_order_customer', {});
    assert.ok(choices.some(({ id, name }) => id === '2' && name === 'Anna Baker'));
  });
  await check('its trigger polls for orders of a customer', () => {
    const goods = [{ goods_sku: 'A-101', goods_count: 1 }];
    const { id } = invoke('create', 'create_order', { customer: '9', goods });
    const told = invoke('trigger', 'order_created', { customer: '9' });
    assert.deepEqual([told[0].id, told[0].data_id, told[0].customer], [`created:${id}`, id, '9']);
  });
}

async function withSilentServer(use) {
  const sockets = new Set();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
}
