// The same shell with the made-up shop: a package of its own beside the first, in the editor and in a run.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from '../../build.mjs';
import { addNode, choose, executeStep, inBrowser, leave } from '../browser.mjs';
import { OWNER } from '../n8n.mjs';
import { check, run, stop, variable } from '../support.mjs';
import { shop, START, workflow } from '../workflows.mjs';

/** Starts n8n again. `editorWorkflow` is one with a trigger alone. */
export async function secondPlugin(n8n, editorWorkflow, work) {
  const account = { address: variable('SHOP_URL'), token: variable('SHOP_TOKEN') };
  await check("another plugin's package goes into n8n beside the first", async () => {
    const folder = join(work, 'shop');
    await build(folder, variable('SHOP_BUNDLE'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: folder });
    const [{ filename }] = JSON.parse(packed);
    const installed = await n8n.installNode(join(work, filename));
    assert.deepEqual(installed.toSorted(), ['n8n-nodes-justclick', 'n8n-nodes-shop']);
    await n8n.import('credentials', [{ id: 'shop', name: 'Shop account', type: 'shopApi', data: account }]);
  });
  await runsOnce(n8n, account);
  await n8n.start();
  await inBrowser(join(work, 'second-plugin.png'), async (page) => {
    await logIn(page, n8n.url);
    await page.goto(`${n8n.url}/workflow/${editorWorkflow}`);
    await check('the editor offers its operations', () => addNode(page, 'Shop', 'Shop', 'List orders'));
    await check('a customer is found by a part of the name', async () => {
      await choose(page, 'customer', 'Anna B', 'Anna Baker');
    });
    await check('it runs with what has been chosen', () => executeStep(page, 'request_id'));
  });
  await stop(n8n.process);
}

/** On the command line: line items from the form and from an earlier step, and a search that gives items. */
async function runsOnce(n8n, { address }) {
  const lines = { line: [{ sku: { __rl: true, mode: 'id', value: 'A-101' }, count: 1 }] };
  const customer = { __rl: true, mode: 'id', value: '2' };
  const create = shop('Create', { operation: 'create_order', customer, goods: lines, delivery: '' });
  const fromStep = { goodsJson: '={{ [{ sku: "A-101", count: 1 }, { sku: "A-102", count: 2 }] }}' };
  const more = shop('More', { operation: 'create_order', customer, goods: {}, additionalFields: fromStep });
  const find = shop('Find', { operation: 'find_customers', returnAll: true, additionalFields: { name: 'Anna' } });
  await n8n.import('workflow', [workflow('shop', [START, create, more, find])]);
  await check('it makes orders of lines, also of those of an earlier step, and finds things as items', async () => {
    const { status, data } = await n8n.execute('shop');
    assert.equal(status, 'success');
    const output = (name) => data.resultData.runData[name][0].data.main[0].map(({ json }) => json);
    const [one] = output('Create');
    const [two] = output('More');
    const { orders } = await (await fetch(`${address}/control/orders`)).json();
    const goodsOf = ({ id }) => orders.find((order) => order.id === id).goods.map(({ sku, count }) => [sku, count]);
    assert.deepEqual(
      [goodsOf(one), goodsOf(two)],
      [
        [['A-101', 1]],
        [
          ['A-101', 1],
          ['A-102', 2],
        ],
      ],
    );
    assert.ok(output('Find').length > 1);
    assert.ok(output('Find').every(({ name }) => name.startsWith('Anna')));
  });
}

async function logIn(page, url) {
  await page.goto(`${url}/signin`);
  await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
  await page.locator('input[name=password]').fill(OWNER.password);
  await page.getByTestId('form-submit-button').click();
  await leave(page, '/signin');
}
