// The real editor in a browser, as a person meets the node the first time.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addNode, addTrigger, executeStep, fill, inBrowser, leave, logIn, parameter, pick } from '../browser.mjs';
import { OWNER } from '../n8n.mjs';
import { ask, boughtBy, happens, newOrder, order, send } from '../sandbox.mjs';
import { check } from '../support.mjs';

/** Ends with n8n's owner set up. `workflow` is one with a trigger alone, `blank` one with nothing. */
export async function editor(n8n, workflow, blank, work) {
  const pictures = { editor: join(work, 'editor.png'), trigger: join(work, 'trigger.png') };
  await inBrowser(pictures.editor, async (page) => {
    await check('n8n lets its owner in', () => setUpOwner(page, n8n.url));
    await page.goto(`${n8n.url}/workflow/${workflow}`);
    await check('the node is found under its other name, with its action', async () => {
      await addNode(page, 'InfluencerSoft', 'JustClick', 'Update order status');
      await parameter(page, 'status').waitFor();
    });
    await check('the credential that there is has been chosen', async () => {
      const select = page.getByTestId('node-credentials-select').locator('input');
      assert.equal(await select.inputValue(), 'JustClick account');
    });
    await check('the editor can offer the fields of the output before the step has run', () => previewOutput(n8n.url));
    await check('operations are those of the resource', () => pickResources(page));
    await check('fields come and go with the status', () => pickStatuses(page));
    await check("an unknown order's error is shown with what to do", () => seeError(page));
    await check('a filled-in step is executed, and its output is shown', () => execute(page));
  });
  await inBrowser(pictures.trigger, async (page) => {
    await logIn(page, n8n.url);
    await page.goto(`${n8n.url}/workflow/${blank}`);
    await check('the trigger is found by what happens, and shows its addresses beside what to do with them', () =>
      seeTrigger(page),
    );
    await check('a notification to the test address is shown', () => tryOut(page));
  });
  for (const [name, picture] of Object.entries(pictures)) keep(name, picture);
}

/** What the READMEs show is kept as it is, unless UPDATE_SCREENSHOT is set. */
function keep(name, picture) {
  const kept = fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
  if (process.env.UPDATE_SCREENSHOT || !existsSync(kept)) copyFileSync(picture, kept);
}

async function seeTrigger(page) {
  await addTrigger(page, 'JustClick', 'On order paid');
  await page.getByText('put the address into the URL').first().waitFor();
  await page.getByText('Webhook URLs').click();
  await page.getByText('Production URL').click();
  await page.getByText(/\/webhook\/[0-9a-f-]{36}\/webhook$/).waitFor();
}

async function tryOut(page) {
  await page.getByText('Test URL').click();
  const address = await page.getByText(/\/webhook-test\/[0-9a-f-]{36}\/webhook$/).innerText();
  await page.getByTestId('trigger-execute-button').or(page.getByTestId('node-execute-button')).first().click();
  await page
    .getByText(/Listening for test event/)
    .first()
    .waitFor();
  await ask('/control/deliveries', { hold: true });
  await ask('/control/shop', { webhooks: { order_paid: ['http://127.0.0.1:9/'] } });
  await boughtBy('7000', 'buyer7000@email.com');
  const [paid] = await happens('order_paid', '7000');
  assert.deepEqual(await send(paid, { url: address.trim() }), [{ status: 200, reply: '' }]);
  await page.getByTestId('ndv').getByText('buyer7000@email.com').first().waitFor();
  await page.getByText('Production URL').click();
  const toast = page.getByText('Node executed successfully');
  await toast.waitFor();
  await toast.waitFor({ state: 'detached' });
}

async function setUpOwner(page, url) {
  await page.goto(`${url}/setup`);
  for (const [name, value] of Object.entries(OWNER)) await page.locator(`input[name=${name}]`).fill(value);
  await page.getByRole('button', { name: 'Next' }).click();
  await leave(page, '/setup');
}

/** At the address where the editor looks for them. */
async function previewOutput(url) {
  const answer = await fetch(`${url}/schemas/n8n-nodes-justclick.justClick/2.0.0/order/update_order_status.json`);
  const { properties } = await answer.json();
  assert.deepEqual(Object.keys(properties), ['bill_id', 'status', 'date', 'rpo', 'message']);
}

async function pickResources(page) {
  await pick(page, 'resource', 'Contact');
  await pick(page, 'operation', /^Add/);
  await pick(page, 'groupIds', 'News/weekly');
  // The list stays open for more of its choices.
  await page.getByRole('option', { name: 'Покупатели' }).click();
  await page.keyboard.press('Escape');
  await pick(page, 'resource', 'Order');
  await pick(page, 'operation', /^Update Status/);
  await parameter(page, 'status').waitFor();
}

async function pickStatuses(page) {
  const fields = { Cancel: [], Paid: ['date'], Return: [], Sent: ['date', 'rpo'] };
  for (const [status, expected] of Object.entries(fields)) {
    await pick(page, 'status', status);
    for (const name of ['date', 'rpo']) {
      await parameter(page, name).waitFor({ state: expected.includes(name) ? 'visible' : 'detached' });
    }
  }
}

async function seeError(page) {
  await fill(page, 'billId', '999999');
  await fill(page, 'rpo', 'RA123456789RU');
  await fill(page, 'date', '2013-03-03 00:00:00');
  await parameter(page, 'date').locator('input').press('Enter');
  await executeStep(page, 'JustClick has no such order');
}

async function execute(page) {
  await newOrder('100001');
  await fill(page, 'billId', '100001');
  await executeStep(page, 'order status changed');
  const { status, date, rpo } = await order('100001');
  // Midnight in the workflow's time zone, which is neither the browser's nor the server's.
  assert.deepEqual({ status, date, rpo }, { status: 'sent', date: 1362254400, rpo: 'RA123456789RU' });
  await page.getByText('Node executed successfully').waitFor({ state: 'detached' });
}
