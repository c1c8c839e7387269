// The same shell with the made-up shop: a package of its own beside the first, in the editor and in a run.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packaged } from '../../../../tests/e2e/packages.mjs';
import { addNode, choose, executeStep, inBrowser, logIn } from '../browser.mjs';
import { check, stop, variable } from '../support.mjs';
import { shop, shopAsked, shopTold, START, workflow } from '../workflows.mjs';

/** Starts n8n again, and lets `meanwhile` see it. `editorWorkflow` is one with a trigger alone. */
export async function secondPlugin(n8n, editorWorkflow, work, meanwhile) {
  const account = { address: variable('SHOP_URL'), token: variable('SHOP_TOKEN') };
  await check("another plugin's package goes into n8n beside the first", async () => {
    const installed = await n8n.installNode(packaged('n8n', variable('SHOP_BUNDLE'), join(work, 'shop')));
    assert.deepEqual(installed.toSorted(), ['n8n-nodes-justclick', 'n8n-nodes-shop']);
    await n8n.import('credentials', [{ id: 'shop', name: 'Shop account', type: 'shopApi', data: account }]);
  });
  await runsOnce(n8n, account);
  await n8n.import('workflow', [shopTold('shop-told'), shopAsked('shop-asked')]);
  await n8n.start();
  await n8n.logIn();
  await meanwhile();
  await tells(n8n, account);
  await inBrowser(join(work, 'second-plugin.png'), async (page) => {
    await logIn(page, n8n.url);
    await page.goto(`${n8n.url}/workflow/${editorWorkflow}`);
    await check('the editor offers its operations', () => addNode(page, 'Shop', 'Shop', 'Get many orders'));
    await check('a customer is found by a part of the name', async () => {
      await choose(page, 'customer', 'Anna B', 'Anna Baker');
    });
    await check('it runs with what has been chosen', () => executeStep(page, 'request_id'));
  });
  await stop(n8n.process);
}

/** Its triggers: the shop signs its webhook, and has no call to be told the address. */
async function tells(n8n, { address, token }) {
  const post = async (path, body) => {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { authorization: token },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  for (const id of ['shop-told', 'shop-asked']) await n8n.activate(id);
  const made = { request_id: `told-${Date.now()}`, customer: '7', goods: [{ sku: 'A-101', count: 1 }] };
  const { id: order } = await post('/orders', made);

  await check(
    "the second plugin's webhook, sent twice, begins its workflow once, and a forged one does not",
    async () => {
      const url = n8n.hook('shop-told');
      const { sent } = await post('/control/webhook', { url, order, forged: true });
      const { sent: twice } = await post('/control/webhook', { url, order, twice: true });
      assert.deepEqual(
        [...sent, ...twice].map(({ status }) => status),
        [401, 200, 200],
      );
      const [execution, ...more] = await n8n.executions('shop-told', 1);
      assert.equal(more.length, 0);
      const [{ data }] = await n8n.output(execution, 'Told');
      assert.deepEqual([data.id, data.paid], [order, true]);
      const { notes } = await (await fetch(`${address}/control/notes`)).json();
      assert.deepEqual(notes.filter((text) => text === `Order ${order} is paid.`).length, 1);
    },
  );

  await check('and its poll begins one with what is new', async () => {
    const [execution] = await n8n.executions('shop-asked', 1);
    const items = await n8n.output(execution, 'Asked');
    assert.deepEqual(
      items.map(({ data }) => data.id),
      [order],
    );
  });
  for (const id of ['shop-told', 'shop-asked']) await n8n.deactivate(id);
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
