// A plugin whose service is told where to send: one that says what its connection tells it to.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadPlugin } from 'plugin-engine';
import { telling } from '../../js/test/telling';
import { built, runtime, served, userFolder } from './package';

const WORK = mkdtempSync(join(tmpdir(), 'node-red-telling-'));
after(() => rmSync(WORK, { recursive: true }));

/** Its bundle. */
async function bundle(): Promise<string> {
  const { wasm, sha256 } = await telling();
  const described = await (await loadPlugin({ wasm, sha256 })).describe();
  writeFileSync(join(WORK, 'telling.wasm'), wasm);
  writeFileSync(join(WORK, 'extism.json'), JSON.stringify({ wasm: [{ path: 'telling.wasm', hash: sha256 }] }));
  writeFileSync(join(WORK, 'describe.json'), JSON.stringify({ ...described, description: 'Tells.' }));
  writeFileSync(join(WORK, 'THIRD-PARTY-NOTICES.txt'), '');
  return WORK;
}

/** What each of its exports answers. */
const SAID = {
  subscription: 's-1',
  secret: 'whsec-of-the-service',
  events: [{ id: 'told:1', data: { id: '1' } }],
  response: { status: 202, headers: { 'x-taken': 'yes' }, body: 'taken' },
  id: '1',
};

test('the service is told where to send when the node is deployed, and its webhooks are messages', async () => {
  const { file } = built('telling', await bundle(), 'telling');
  const userDir = userFolder();
  const settings = { settings: { userDir, httpNodeRoot: '/' } };
  const account = { type: 'telling-connection', said: JSON.stringify(SAID), credentials: { key: 'kkkkkkkk' } };
  const { make, routes, started } = runtime(file, settings, account);
  const { url, stop } = await served(routes['/telling/:trigger/:secret']![0]!);
  const secret = 'd4'.repeat(16);
  const node = make('telling in', { connection: 'shop', trigger: 'webhook', base: url, credentials: { secret } });
  started();
  const state = join(userDir, 'plugin-state/telling/node.json');
  for (let tries = 0; tries < 200 && !existsSync(state); tries += 1) await new Promise((go) => setTimeout(go, 10));
  const { subscription } = JSON.parse(readFileSync(state, 'utf8'));
  assert.equal(subscription.trigger, 'webhook');
  assert.ok(!readFileSync(state, 'utf8').includes(SAID.secret), 'the secret of the subscription is in the file');

  const answer = await fetch(`${url}/telling/webhook/${secret}`, { method: 'POST', body: 'x' });
  const taken = [answer.status, answer.headers.get('x-taken'), await answer.text()];
  assert.deepEqual(taken, [202, 'yes', 'taken']);
  for (let tries = 0; tries < 200 && node.sent.length === 0; tries += 1) await new Promise((go) => setTimeout(go, 10));
  assert.deepEqual(node.sent[0].event.id, 'told:1');
  await new Promise<void>((done) => node.close(true, done));
  assert.deepEqual([existsSync(state), node.told], [false, []]);
  stop();
});
