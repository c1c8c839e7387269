// What is checked, in this order.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { agent } from './checks/agent.mjs';
import { credentials } from './checks/credentials.mjs';
import { directory } from './checks/directory.mjs';
import { editor } from './checks/editor.mjs';
import { DATES, expressions } from './checks/expressions.mjs';
import { faults } from './checks/faults.mjs';
import { items } from './checks/items.mjs';
import { many } from './checks/many.mjs';
import { secondPlugin } from './checks/second-plugin.mjs';
import { secrets } from './checks/secrets.mjs';
import { paidMeanwhile, triggers, triggersAgain } from './checks/triggers.mjs';
import { N8n } from './n8n.mjs';
import { KEY, Line, LOGIN } from './sandbox.mjs';
import { check, run, stop } from './support.mjs';
import { automation, blank, bothWays, credential, empty, hookAlone, webhook } from './workflows.mjs';

/** `folder` is the shell's, `work` one to install and to write into. */
export async function suite(folder, work) {
  const npm = (...args) => run('npm', args, { cwd: folder, timeoutMs: 300_000 });
  await check('types and format are right', () => npm('run', 'check').then(() => {}));
  await check("n8n's rules for community nodes find no fault", () => npm('run', 'lint').then(() => {}));
  await check('the unit tests pass', () => npm('test').then(() => {}));

  const n8n = await N8n.installed(work);
  const line = await Line.open();

  let tarball = '';
  await check('the package goes into n8n alone: it needs no other', async () => {
    await npm('run', 'build');
    const packed = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: join(folder, 'dist') });
    const [{ filename }] = JSON.parse(packed);
    tarball = join(work, filename);
    const installed = await n8n.installNode(tarball);
    assert.deepEqual(installed, ['n8n-nodes-justclick']);
  });
  await directory(work, tarball);
  await n8n.import('credentials', [credential(line.url, LOGIN, KEY)]);
  await items(n8n);

  // Where the status is an expression, the editor wants all fields to be filled in.
  const fields = { status: '={{ $json.status }}', date: '={{ $json.date }}', rpo: '={{ $json.rpo }}' };
  await n8n.import('workflow', [
    empty('editor'),
    blank('blank'),
    empty('second'),
    // What fails is told at once.
    webhook('one', { ...fields, options: { maxRetryWait: 0 } }),
    webhook('patient', fields),
    webhook('many', { ...fields, options: { maxRetryWait: 0 } }, 'continueRegularOutput'),
    webhook('dates', { ...fields, date: DATES }, 'continueRegularOutput'),
    automation('automation'),
    hookAlone('cancelled', 'order_cancelled'),
    bothWays('both'),
  ]);
  await n8n.start();
  await editor(n8n, 'editor', 'blank', work);
  await n8n.logIn();
  for (const id of ['one', 'patient', 'many', 'dates']) await n8n.activate(id);
  await credentials(n8n, line);
  await expressions(n8n);
  await faults(n8n, line);
  await triggers(n8n);
  await agent(n8n);
  await many(n8n);
  await secrets(n8n);
  await check('n8n ends when it is told to, with the plugin in it', async () => {
    const began = Date.now();
    assert.equal(await stop(n8n.process), 'SIGTERM');
    return `${((Date.now() - began) / 1000).toFixed(1)} s`;
  });
  await paidMeanwhile();
  await secondPlugin(n8n, 'second', work, () => triggersAgain(n8n));
  await line.close();
}
