// The real editor in a browser, as a person meets the node the first time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, selectors } from 'playwright-core';
import { OWNER } from '../n8n.mjs';
import { newOrder, order } from '../sandbox.mjs';
import { check } from '../support.mjs';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What README.md shows. It is kept as it is, unless UPDATE_SCREENSHOT is set. */
const PICTURE = fileURLToPath(new URL('../../docs/editor.png', import.meta.url));

selectors.setTestIdAttribute('data-test-id');

/** Ends with n8n's owner set up. `workflow` is one with a trigger alone. */
export async function editor(n8n, workflow, screenshot) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, timezoneId: 'America/New_York' });
  page.setDefaultTimeout(30_000);
  try {
    await check('n8n lets its owner in', () => setUpOwner(page, n8n.url));
    await page.goto(`${n8n.url}/workflow/${workflow}`);
    await check('the node is found under its other name, with its action', () => addNode(page));
    await check('the credential that there is has been chosen', async () => {
      assert.equal(
        await page.getByTestId('node-credentials-select').locator('input').inputValue(),
        'JustClick account',
      );
    });
    await check('the editor can offer the fields of the output before the step has run', () => previewOutput(n8n.url));
    await check('fields come and go with the status', () => pickStatuses(page));
    await check("an unknown order's error is shown with what to do", () => seeError(page));
    await check('a filled-in step is executed, and its output is shown', () => execute(page));
    await page.screenshot({ path: screenshot });
    if (process.env.UPDATE_SCREENSHOT || !existsSync(PICTURE)) copyFileSync(screenshot, PICTURE);
  } catch (error) {
    await page.screenshot({ path: screenshot });
    console.error(`What the browser showed is in ${screenshot}`);
    throw error;
  } finally {
    await browser.close();
  }
}

function chromiumPath() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) {
    assert.equal(
      process.getuid?.(),
      0,
      `There is no ${path}: install Debian's "chromium", or name another in CHROMIUM.`,
    );
    execFileSync('apt-get', ['install', '--yes', '--quiet', 'chromium'], { stdio: 'ignore' });
  }
  return path;
}

async function setUpOwner(page, url) {
  await page.goto(`${url}/setup`);
  for (const [name, value] of Object.entries(OWNER)) await page.locator(`input[name=${name}]`).fill(value);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.waitForURL(/\/home\//);
}

async function addNode(page) {
  await page.getByTestId('canvas-handle-plus').click();
  await page.getByTestId('node-creator-search-bar').fill('InfluencerSoft');
  const item = (text) => page.getByTestId('node-creator-item-name').filter({ hasText: text });
  await item('JustClick').click();
  await item('Update order status').click();
  await parameter(page, 'status').waitFor();
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
    await parameter(page, 'status').click();
    await page.getByRole('option', { name: status }).click();
    for (const name of ['date', 'rpo']) {
      await parameter(page, name).waitFor({ state: expected.includes(name) ? 'visible' : 'detached' });
    }
  }
}

async function seeError(page) {
  await parameter(page, 'billId').locator('input').fill('999999');
  await parameter(page, 'rpo').locator('input').fill('RA123456789RU');
  await parameter(page, 'date').locator('input').fill('2013-03-03 00:00:00');
  await parameter(page, 'date').locator('input').press('Enter');
  await page.getByTestId('node-execute-button').click();
  await page.getByTestId('ndv').getByText('JustClick has no such order').first().waitFor();
}

async function execute(page) {
  await newOrder('100001');
  await parameter(page, 'billId').locator('input').fill('100001');
  await page.getByTestId('node-execute-button').click();
  await page.getByTestId('ndv').getByText('order status changed').waitFor();
  const { status, date, rpo } = await order('100001');
  // Midnight in the workflow's time zone, which is neither the browser's nor the server's.
  assert.deepEqual({ status, date, rpo }, { status: 'sent', date: 1362254400, rpo: 'RA123456789RU' });
  await page.getByText('Node executed successfully').waitFor({ state: 'detached' });
}

function parameter(page, name) {
  return page.getByTestId(`parameter-input-${name}`);
}
