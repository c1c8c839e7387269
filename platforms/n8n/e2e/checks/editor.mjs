// The real editor in a browser, as a person meets the node the first time.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addNode, executeStep, fill, inBrowser, leave, parameter, pick } from '../browser.mjs';
import { OWNER } from '../n8n.mjs';
import { newOrder, order } from '../sandbox.mjs';
import { check } from '../support.mjs';

/** What README.md shows. It is kept as it is, unless UPDATE_SCREENSHOT is set. */
const PICTURE = fileURLToPath(new URL('../../docs/editor.png', import.meta.url));

/** Ends with n8n's owner set up. `workflow` is one with a trigger alone. */
export async function editor(n8n, workflow, screenshot) {
  await inBrowser(screenshot, async (page) => {
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
    await check('fields come and go with the status', () => pickStatuses(page));
    await check("an unknown order's error is shown with what to do", () => seeError(page));
    await check('a filled-in step is executed, and its output is shown', () => execute(page));
  });
  if (process.env.UPDATE_SCREENSHOT || !existsSync(PICTURE)) copyFileSync(screenshot, PICTURE);
}

async function setUpOwner(page, url) {
  await page.goto(`${url}/setup`);
  for (const [name, value] of Object.entries(OWNER)) await page.locator(`input[name=${name}]`).fill(value);
  await page.getByRole('button', { name: 'Next' }).click();
  await leave(page, '/setup');
}

/** At the address where the editor looks for them. */
async function previewOutput(url) {
  const answer = await fetch(`${url}/schemas/n8n-nodes-justclick.justClick/1.0.0/update_order_status.json`);
  const { properties } = await answer.json();
  assert.deepEqual(Object.keys(properties), ['bill_id', 'status', 'date', 'rpo', 'message']);
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
