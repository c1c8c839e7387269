// The editor, as a person sees it, in headless Chromium.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { inBrowser } from '../../../tests/e2e/browser.mjs';

/** Opens the editor, and hands its page to `use`. */
export const inEditor = (work, url, use, locale) =>
  inBrowser(
    work,
    [1280, 760],
    async (page) => {
      await page.goto(url);
      await page.locator('#red-ui-header-button-deploy').waitFor();
      await use(page);
    },
    locale,
  );

/** Waits until an element has come to rest: a dialog that slides in takes a click for one beside it. */
export async function atRest(element) {
  await element.waitFor();
  let before;
  for (let tries = 0; tries < 100; tries += 1) {
    const now = await element.boundingBox();
    if (isDeepStrictEqual(now, before)) return;
    before = now;
    await element.page().waitForTimeout(150);
  }
}

/** The node of a type on the sheet that is shown. */
export const nodeOf = (page, type) =>
  page.locator(`.red-ui-workspace-chart-event-layer .red-ui-flow-node-group`, { hasText: type }).first();

const ROWS = ['bill_id', 'status', 'date', 'rpo'].map((key) => `#justclick-update_order_status-${key}`);

/** The fields that the dialog shows. */
const shown = async (page) => {
  const rows = await Promise.all(
    ROWS.map(async (id) => [
      id.split('-').pop(),
      await page.locator('.form-row', { has: page.locator(id) }).isVisible(),
    ]),
  );
  return rows.filter(([, visible]) => visible).map(([key]) => key);
};

/** Chooses a type in a typed input, and a value of it. */
async function choose(page, key, type, option) {
  const input = page.locator('.form-row', { has: page.locator(`#justclick-update_order_status-${key}`) });
  await input.locator('.red-ui-typedInput-type-select').click();
  await pick(page, type);
  if (!option) return;
  await input.locator('.red-ui-typedInput-option-trigger').click();
  await pick(page, option);
}

/** Picks an entry of the menu that is open, once it has come to rest: it would else be gone from under the pointer. */
export async function pick(page, text) {
  const entry = page.locator('.red-ui-typedInput-options:visible a', { hasText: text }).first();
  await atRest(entry);
  await entry.click();
  await entry.waitFor({ state: 'hidden' });
}

async function type(page, key, kind, text) {
  await choose(page, key, kind);
  const input = page.locator('.form-row', { has: page.locator(`#justclick-update_order_status-${key}`) });
  await input.locator('.red-ui-typedInput-input-wrap input').fill(text);
}

/** The fields that are shown for each choice of a status. */
const EXPECTED = {
  atFirst: ['bill_id', 'status', 'date', 'rpo'],
  cancel: ['bill_id', 'status'],
  paid: ['bill_id', 'status', 'date'],
  sent: ['bill_id', 'status', 'date', 'rpo'],
};

/** The fields that the dialog shows once it has come to rest: the ones expected, or what it shows after five seconds. */
async function settled(page, expected) {
  for (let tries = 0; tries < 50; tries += 1) {
    if (isDeepStrictEqual(await shown(page), expected)) break;
    await page.waitForTimeout(100);
  }
  return shown(page);
}

/** Closes the dialog, deploys, and waits until the flows run. */
export async function deployed(page, platform) {
  const before = platform.started();
  await page.locator('#node-dialog-ok').click();
  await page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
  await page.waitForFunction(() =>
    document.querySelector('#red-ui-header-button-deploy').classList.contains('disabled'),
  );
  await platform.ready(before + 1);
}

/** A picture, once the dialog has slid in and nothing moves any more. */
export async function pictured(page, path) {
  await page.locator('#red-ui-sidebar-content, .red-ui-sidebar').first().waitFor();
  await page.mouse.move(640, 650);
  await page.waitForTimeout(900);
  await page.screenshot({ path });
}

/** Edits the node whose label is shown, as a person would; leaves it deployed. */
export async function editNode(page, platform, label) {
  await nodeOf(page, label).dblclick();
  await atRest(page.locator('#node-input-connection'));
  const seen = { atFirst: await settled(page, EXPECTED.atFirst) };
  for (const [status, option] of [
    ['cancel', 'Cancel'],
    ['paid', 'Paid'],
    ['sent', 'Sent'],
  ]) {
    await choose(page, 'status', 'Status', option);
    seen[status] = await settled(page, EXPECTED[status]);
  }
  await type(page, 'bill_id', 'string', '100002');
  await type(page, 'date', 'string', '2013-03-03T00:00:00+04:00');
  await type(page, 'rpo', 'string', '10000000000000');
  await deployed(page, platform);
  assert.deepEqual(seen, EXPECTED);
}

/** Opens the connection of the node whose label is shown. */
async function openConnection(page, label) {
  await nodeOf(page, label).dblclick();
  await atRest(page.locator('#node-input-connection'));
  await page.locator('#node-input-btn-connection-edit').click();
  await atRest(page.locator('#justclick-check'));
}

/** What the button says of the connection, once it says what is expected, or after ten seconds. */
async function tested(page, expected) {
  await page.locator('#justclick-check').click();
  const result = page.locator('#justclick-check-result');
  for (let tries = 0; tries < 100 && !expected.test(await result.textContent()); tries += 1) {
    await page.waitForTimeout(100);
  }
  assert.match(await result.textContent(), expected);
}

/** Tests the connection of a node in its dialog, as it is kept and as it is typed; leaves it as it was. */
export async function testConnection(page, label, { login, base_url, api_key }) {
  const key = page.locator('#node-config-input-api_key');
  await openConnection(page, label);
  assert.equal(await key.inputValue(), '__PWRD__');
  await tested(page, new RegExp(`^The connection works: ${login}, ${base_url}$`));
  await key.fill('wrong');
  assert.equal(await page.locator('#justclick-check-result').textContent(), '', 'what was said of another key');
  await tested(page, /Check the login and the API key/);
  await key.fill(api_key);
  await tested(page, /^The connection works/);
  await page.locator('#node-config-input-base_url').fill('http://127.0.0.1:4');
  await tested(page, /127\.0\.0\.1:4/);
  await page.locator('#node-config-input-login').fill('');
  await tested(page, /^Login is missing/);
  await page.locator('#node-config-dialog-cancel').click();
}

/** What an element shows, once it shows something, or after ten seconds. */
async function shownText(element) {
  for (let tries = 0; tries < 100 && !(await element.textContent()); tries += 1)
    await element.page().waitForTimeout(100);
  return element.textContent();
}

/** The labels of both dialogs and of the node, in the language of the browser. */
export async function labels(page, label) {
  await openConnection(page, label);
  const button = await page.locator('#justclick-check').textContent();
  const name = await page.locator('label[for="node-config-input-name"]').textContent();
  const placeholder = await page.locator('#node-config-input-name').getAttribute('placeholder');
  await page.locator('#node-config-dialog-cancel').click();
  await page.locator('#justclick-check').waitFor({ state: 'detached' });
  const connection = await page.locator('label[for="node-input-connection"]').textContent();
  await page.locator('#node-dialog-cancel').click();
  const status = await shownText(nodeOf(page, label).locator('.red-ui-flow-node-status-label'));
  return [button, name, placeholder, connection, status].map((text) => text.trim());
}

/** Types a part of a customer's name in the dialog of the shop's node, and picks one that is found. */
export async function chooseCustomer(page, label, typed, name) {
  await nodeOf(page, label).dblclick();
  await atRest(page.locator('#node-input-connection'));
  const row = page.locator('.form-row', { has: page.locator('#shop-create_order-customer') });
  await row.locator('.red-ui-typedInput-type-select').click();
  await pick(page, 'Customer');
  const input = row.locator('.red-ui-typedInput-input-wrap input:visible');
  // Node-RED keeps what the field had as another type.
  await input.fill('');
  await input.pressSequentially(typed);
  const found = page.locator('.red-ui-autoComplete-container a:visible', { hasText: name });
  await atRest(found.first());
  await found.first().click();
  assert.equal(await page.locator('#shop-create_order-customer').inputValue(), '2');
  await page.locator('#node-dialog-cancel').click();
}
