// `cargo xtask e2e node-red`: the packed package in the real Node-RED, against the sandbox of SANDBOX_URL.
// UPDATE_SCREENSHOT=1 puts the editor's picture into docs/.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from '../../../tests/e2e/browser.mjs';
import { installLocked, packaged } from '../../../tests/e2e/packages.mjs';
import { directoryChecks } from './directory.mjs';
import { editNode, inEditor, labels, testConnection } from './editor.mjs';
import { askedOverHttp, connectionNode } from './flows.mjs';
import { install, npm, READER, start } from './platform.mjs';
import { automation } from './automation.mjs';
import { secondPlugin, secondTriggers } from './second-plugin.mjs';
import { address, languages, lines, pictureOfLines, rooted } from './trigger-editor.mjs';
import { polls, webhooks } from './triggers.mjs';

const { SANDBOX_URL, SANDBOX_LOGIN, SANDBOX_KEY } = process.env;
const WORK = resolve(process.env.E2E_WORK);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const ACCOUNT = { login: SANDBOX_LOGIN, base_url: SANDBOX_URL, api_key: SANDBOX_KEY };
/** Where nobody listens, and which fetch does not refuse by itself. */
const DEAD = { ...ACCOUNT, base_url: 'http://127.0.0.1:4' };

const DESCRIPTION = JSON.parse(readFileSync(join(process.env.JUSTCLICK_BUNDLE, 'describe.json'), 'utf8'));
/** What the description calls the action, in a language that it may have. */
const actionTitle = (language) => DESCRIPTION.i18n?.[language]?.['/actions/0/title'] ?? DESCRIPTION.actions[0].title;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let passed = 0;
function proved(what) {
  passed += 1;
  console.log(`✔ ${what}`);
}

async function order(id, change) {
  const put = { method: 'PUT', body: JSON.stringify(change) };
  const answer = await fetch(`${SANDBOX_URL}/orders/${id}`, change ? put : {});
  assert.ok(answer.ok, `the sandbox answers ${answer.status}`);
  return answer.json();
}

/** The packed packages of both plugins. */
function pack() {
  [join(PACKAGE, '../js'), PACKAGE].forEach(installLocked);
  npm(PACKAGE, ['run', 'build']);
  const packed = packedFrom(join(PACKAGE, 'dist'));
  const files = packed.files.map(({ path }) => path);
  const locales = ['en-US', 'ru'].map((language) => `dist/locales/${language}/justclick.json`);
  for (const file of [
    'dist/justclick.js',
    'dist/justclick.html',
    'dist/icons/justclick.svg',
    'examples/update-order-status.json',
    'examples/paid-order-is-sent.json',
    'dist/locales/ru/justclick.html',
    'README.md',
    ...locales,
  ]) {
    assert.ok(files.includes(file), `${file} is not in the package`);
  }
  assert.ok(!files.some((file) => /^(src|test|e2e|node_modules)\//.test(file)), files.join());
  return [join(WORK, packed.filename), packaged('node-red', process.env.SHOP_BUNDLE, join(WORK, 'shop'))];
}

function packedFrom(folder) {
  const [packed] = JSON.parse(npm(folder, ['pack', '--json', '--pack-destination', WORK]));
  return packed;
}

async function run(version, node, tarballs) {
  const program = install(join(WORK, `node-red-${version}`), [`node-red@${version}`]);
  const platform = await start({ program, node, work: join(WORK, `run-${version}`), tarballs });
  const on = (what) => proved(`Node-RED ${version}: ${what}`);
  try {
    await loaded(platform, on);
    await items(platform, on);
    await deadService(platform, on);
    await deployed(platform, on);
    await example(platform, on);
    await editor(platform, on);
    await connectionTest(platform, on);
    await language(platform, on);
    const picture = (name) => join(WORK, `${version}-${name}`);
    // All versions have one sandbox: each has orders of its own.
    const means = { account: ACCOUNT, work: WORK, post, picture, series: version.slice(0, 1) };
    await secondPlugin(platform, on, means);
    for (const check of [secondTriggers, webhooks, polls, automation, address, lines, pictureOfLines, languages]) {
      await check(platform, on, means);
    }
    for (const name of ['editor.png', 'trigger.png']) {
      assert.ok(statSync(picture(name)).size > 10_000);
      await kept(WORK, picture(name), `platforms/node-red/docs/${name}`);
    }
    secrecy(platform, on);
  } catch (error) {
    console.error(platform.log.split('\n').slice(-30).join('\n'));
    throw error;
  } finally {
    await platform.stop();
  }
  assert.ok(!`${platform.before}${platform.log}`.includes(SANDBOX_KEY), 'the API key is in the log');
}

/** The same Node-RED with its own routes below another path. */
async function below(version, node, tarballs) {
  const program = join(WORK, `node-red-${version}`);
  const more = { httpNodeRoot: '/hooks/' };
  const platform = await start({ program, node, work: join(WORK, `run-${version}-hooks`), tarballs, more });
  try {
    await rooted(platform, (what) => proved(`Node-RED ${version}: ${what}`), { account: ACCOUNT, work: WORK });
  } finally {
    await platform.stop();
  }
}

async function loaded(platform, on) {
  const sets = await platform.admin('/nodes');
  const ours = sets.filter(({ module }) => module === 'node-red-contrib-justclick');
  assert.deepEqual(
    ours.map(({ types, err, enabled }) => [types.toSorted(), err, enabled]),
    [[['justclick', 'justclick in', 'justclick-connection'], undefined, true]],
  );
  const icons = await platform.admin('/icons');
  assert.deepEqual(icons['node-red-contrib-justclick'], ['justclick.svg']);
  const { dependencies } = JSON.parse(npm(platform.userDir, ['ls', '--json', '--all']));
  assert.equal(dependencies['node-red-contrib-justclick'].dependencies, undefined);
  on('the package is installed, needs no other, and its nodes are loaded');
}

/** What a flow answers to a payload. */
async function post(platform, name, payload) {
  const answer = await fetch(`${platform.url}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  const text = await answer.text();
  assert.ok(!text.includes(SANDBOX_KEY), 'the API key is in a message');
  return [answer.status, JSON.parse(text)];
}

async function items(platform, on) {
  await order(100000, { status: 'new', date: null, rpo: null });
  await order(100001, { status: 'new' });
  const fixed = { bill_id: { type: 'msg', value: 'payload.id' }, status: { type: 'choice', value: 'cancel' } };
  await platform.deploy([
    connectionNode('shop', ACCOUNT),
    ...askedOverHttp('order', 'shop'),
    ...askedOverHttp('cancel', 'shop', fixed),
    ...askedOverHttp('unconnected', ''),
  ]);
  const date = Date.parse('2013-03-03T00:00:00+04:00');
  const good = await post(platform, 'order', {
    bill_id: 100000,
    status: 'sent',
    date,
    rpo: '10000000000000',
    note: 'mine',
  });
  const sent = { bill_id: '100000', status: 'sent', date: 1362254400, rpo: '10000000000000' };
  assert.deepEqual(good, [200, { ...sent, message: 'order status changed' }]);
  assert.equal((await order(100000)).status, 'sent');
  on('a good item comes out changed, and the order is; a timestamp is taken as Node-RED has it');

  const [unknownStatus, unknown] = await post(platform, 'order', { bill_id: '999999', status: 'cancel' });
  assert.equal(unknownStatus, 422);
  assert.equal(
    unknown.error.message,
    'JustClick has no such order (code 200: Nonexistent order). Check the order number.',
  );
  assert.deepEqual(
    [unknown.error.code, unknown.error.cause.retry, unknown.error.stack],
    ['not_found', 'never', undefined],
  );
  assert.deepEqual(unknown.payload, { bill_id: '999999', status: 'cancel' });
  on('an unknown order goes to the Catch node, with its payload');

  const [badStatus, bad] = await post(platform, 'order', { bill_id: 'x', status: 'sent' });
  assert.deepEqual([badStatus, bad.error.code], [422, 'invalid_input']);
  assert.deepEqual(
    bad.error.cause.problems.map(({ field }) => field),
    ['bill_id', 'date', 'rpo'],
  );
  assert.equal(bad.error.source.type, 'justclick');
  on('a bad input goes to the Catch node, with all problems');

  assert.deepEqual((await post(platform, 'cancel', { id: 100001, status: 'paid' }))[0], 200);
  assert.equal((await order(100001)).status, 'cancel');
  on('a fixed value stays what it is, whatever the payload says');

  const [, unconnected] = await post(platform, 'unconnected', { bill_id: 1 });
  assert.equal(unconnected.error.message, 'Choose a connection in the node, and deploy.');
  on('a node without a connection says so');

  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => post(platform, 'cancel', { id: n % 2 ? 100001 : 5 })),
  );
  assert.deepEqual(
    answers.map(([status]) => status),
    Array.from({ length: 100 }, (_, n) => (n % 2 ? 200 : 422)),
  );
  assert.equal((await order(100001)).most_at_once, 1);
  on('a hundred items at once each get their own answer, and those on one order never overlap');
}

async function deadService(platform, on) {
  await platform.deploy([
    connectionNode('shop', ACCOUNT),
    connectionNode('dead', DEAD),
    ...askedOverHttp('order', 'shop'),
    ...askedOverHttp('dead-order', 'dead'),
  ]);
  const begun = Date.now();
  const [, { error }] = await post(platform, 'dead-order', { bill_id: 100001, status: 'return' });
  assert.ok(Date.now() - begun < 15_000);
  assert.deepEqual([error.code, error.cause.retry, error.cause.effect], ['unavailable', 'later', 'none']);
  assert.match(error.message, /127\.0\.0\.1:4/);
  assert.equal((await post(platform, 'order', { bill_id: 100001, status: 'return' }))[0], 200);
  assert.equal((await order(100001)).status, 'return');
  on(`a dead service is told ("${error.message}"), and the next item works`);
}

async function deployed(platform, on) {
  await order(100001, { status: 'new', misbehaviour: 'slow' });
  const flows = [connectionNode('shop', ACCOUNT), ...askedOverHttp('order', 'shop')];
  await platform.deploy(flows);
  const paid = { bill_id: 100001, status: 'paid', date: '2026-11-25' };
  // Where the answers go is another flow's affair: a deploy of all takes it away, too.
  const under = post(platform, 'order', paid);
  while ((await order(100001)).status === 'new') await pause(50);
  const waits = post(platform, 'order', { bill_id: 100001, status: 'cancel' });
  await pause(200);
  const changed = flows.map((part) => (part.type === 'justclick' ? { ...part, name: 'renamed' } : part));
  await platform.deploy(changed, 'nodes');
  const [status, { error }] = await waits;
  assert.equal(status, 422);
  assert.deepEqual([error.code, error.cause.effect], ['unavailable', 'none']);
  on('a message that waits when its node is deployed anew goes to the Catch node, and is not sent');
  assert.equal((await under)[0], 200);
  assert.equal((await order(100001)).status, 'paid');
  on('the call that is under way comes to its end first');

  void post(platform, 'order', { bill_id: 100001, status: 'return' }).catch(() => {});
  while ((await order(100001)).status === 'paid') await pause(50);
  await platform.deploy([]);
  await order(100001, { misbehaviour: null });
  assert.match(platform.log, /bill_id 100001: done, while the flow was being stopped/);
  on('a deploy of everything waits for it as well, and the log says what became of it');
}

async function example(platform, on) {
  const library = '/library/examples/flows/node-red-contrib-justclick';
  const listed = await platform.admin(`${library}/`);
  assert.ok(
    listed.some(({ fn }) => fn === 'update-order-status'),
    JSON.stringify(listed),
  );

  const flows = await platform.admin(`${library}/update-order-status`);
  const withAccount = flows.map((part) =>
    part.type === 'justclick-connection' ? { ...part, ...ACCOUNT, credentials: { api_key: ACCOUNT.api_key } } : part,
  );
  for (const part of withAccount) delete part.api_key;
  await platform.deploy(withAccount);
  for (const [button, status] of [
    ['Posted by mail', 'sent'],
    ['Cancelled', 'cancel'],
  ]) {
    await order(100000, { status: 'new' });
    const inject = flows.find(({ type, name }) => type === 'inject' && name === button);
    await platform.admin(`/inject/${inject.id}`, {});
    for (let tries = 0; tries < 50 && (await order(100000)).status !== status; tries += 1) {
      await pause(100);
    }
    assert.equal((await order(100000)).status, status);
  }
  on('the example flow of the import menu changes an order');
}

async function editor(platform, on) {
  await order(100002, { status: 'new', date: null, rpo: null });
  await platform.deploy([connectionNode('shop', ACCOUNT), ...askedOverHttp('order', 'shop')]);
  await inEditor(WORK, platform.url, (page) => editNode(page, platform, actionTitle('en-US')));
  assert.equal((await post(platform, 'order', {}))[0], 200);
  const { status, date, rpo } = await order(100002);
  assert.deepEqual([status, date, rpo], ['sent', 1362254400, '10000000000000']);
  on('in the editor the fields follow the status, and what was filled in is sent');
}

async function connectionTest(platform, on) {
  await platform.deploy([connectionNode('shop', ACCOUNT), ...askedOverHttp('order', 'shop')]);
  await inEditor(WORK, platform.url, (page) => testConnection(page, actionTitle('en-US'), ACCOUNT));
  on('the button in the dialog of a connection tests it as it is typed, and with the key that is kept');

  const ask = async (headers) => {
    const values = { login: ACCOUNT.login, base_url: ACCOUNT.base_url, api_key: '__PWRD__', allow_http: false };
    const body = JSON.stringify({ id: 'shop', values });
    const answer = await fetch(`${platform.url}/justclick-connection/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return [answer.status, await answer.text()];
  };
  const account = `${ACCOUNT.login}, ${ACCOUNT.base_url}`;
  assert.deepEqual(await ask({}), [200, JSON.stringify({ works: true, account })]);
  assert.deepEqual(await ask({ authorization: `Bearer ${READER}` }), [401, '']);
  const reader = { headers: { authorization: `Bearer ${READER}` } };
  assert.equal((await fetch(`${platform.url}/flows`, reader)).status, 200);
  on('who may only look at flows may not test with their keys');
}

async function language(platform, on) {
  await order(100000, { status: 'new' });
  await post(platform, 'order', { bill_id: 'x', status: 'cancel' });
  const shown = (locale) => {
    const seen = [];
    const look = async (page) => seen.push(...(await labels(page, actionTitle(locale.slice(0, 2)))));
    return inEditor(WORK, platform.url, look, locale).then(() => seen);
  };
  assert.deepEqual(await shown('en-US'), ['Test connection', 'Name', 'Name', 'Connection', 'invalid input']);
  const russian = ['Проверить подключение', 'Имя', 'Имя', 'Подключение', 'неверные данные'];
  assert.deepEqual(await shown('ru-RU'), russian);
  on('labels, the button and the status are in the language of the editor');
}

function secrecy(platform, on) {
  const files = readdirSync(platform.userDir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((file) => file.isFile() && !file.parentPath.includes('node_modules'))) {
    const text = readFileSync(join(file.parentPath, file.name), 'latin1');
    assert.ok(!text.includes(SANDBOX_KEY), `the API key is in ${file.name}`);
  }
  assert.ok(!platform.log.includes(SANDBOX_KEY), 'the API key is in the log');
  on('the API key is in no message, no file and no log');
}

async function all() {
  const tarballs = pack();
  proved('the packages of both plugins are built and packed');
  await run('4.1.15', process.execPath, tarballs);
  await below('4.1.15', process.execPath, tarballs);
  const installed = JSON.parse(readFileSync(join(WORK, 'node-red-4.1.15/node_modules/node-red/package.json'), 'utf8'));
  for (const tarball of tarballs) await directoryChecks(WORK, tarball, installed);
  proved("Node-RED's tool for its directory finds nothing but that the names have no scope");
  const node24 = install(join(WORK, 'node-24.21.0'), ['node@24.21.0']);
  await run('5.0.7', join(node24, 'node_modules', 'node', 'bin', 'node'), tarballs);
  console.log(`e2e node-red: ${passed} checks passed`);
}

all().catch((error) => {
  console.error('e2e node-red failed:', error);
  process.exitCode = 1;
});
