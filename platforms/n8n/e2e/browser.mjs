// Chromium, and n8n's editor in it.

import { chromium, selectors } from 'playwright-core';
import { ARGUMENTS, chromium as program } from '../../../tests/e2e/browser.mjs';
import { OWNER } from './n8n.mjs';

selectors.setTestIdAttribute('data-test-id');

/** Shows a page to `work`; its picture, also that of a failure, goes into `screenshot`. */
export async function inBrowser(screenshot, work) {
  const browser = await chromium.launch({ executablePath: program(), args: ARGUMENTS });
  const page = await browser.newPage({ viewport: { width: 1440, height: 640 }, timezoneId: 'America/New_York' });
  page.setDefaultTimeout(60_000);
  // What n8n tells a newcomer once lies over what is to be seen.
  await page.addInitScript(() => localStorage.setItem('N8N_PIN_DATA_DISCOVERY_NDV', 'true'));
  try {
    await work(page);
    await page.screenshot({ path: screenshot });
  } catch (error) {
    await page.screenshot({ path: screenshot });
    console.error(`What the browser showed is in ${screenshot}`);
    throw error;
  } finally {
    await browser.close();
  }
}

/** Waits until n8n shows another of its pages: which one depends on its version. */
export async function leave(page, path) {
  await page.waitForURL(({ pathname }) => pathname !== path);
}

/** Once its owner has been set up. */
export async function logIn(page, url) {
  await page.goto(`${url}/signin`);
  await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
  await page.locator('input[name=password]').fill(OWNER.password);
  await page.getByTestId('form-submit-button').click();
  await leave(page, '/signin');
}

/** Puts a node behind the trigger of the workflow that is shown; it is called `title`, and found by `search`. */
export async function addNode(page, search, title, action) {
  await page.getByTestId('canvas-handle-plus').click();
  await chooseNode(page, search, title, action);
}

/** Puts the trigger into a workflow that is empty. */
export async function addTrigger(page, title, event) {
  await page.getByTestId('canvas-add-button').click();
  await chooseNode(page, title, title, event);
}

async function chooseNode(page, search, title, action) {
  await page.getByTestId('node-creator-search-bar').fill(search);
  const item = (text) => page.getByTestId('node-creator-item-name').filter({ hasText: text, visible: true });
  await item(new RegExp(`^\\s*${title}\\s*$`)).click();
  await item(new RegExp(`^\\s*${action}(?!\\w)`)).click();
}

/** A field of the node's form. */
export function parameter(page, name) {
  return page.getByTestId(`parameter-input-${name}`);
}

/** Picks one of a field's choices. */
export async function pick(page, name, choice) {
  await parameter(page, name).click();
  await page.getByRole('option', { name: choice }).click();
}

/** Looks for one of the things that a field's list is made of, and picks it. */
export async function choose(page, name, search, choice) {
  await page.getByTestId(`resource-locator-${name}`).getByTestId('rlc-input-container').click();
  await page.getByTestId('rlc-search').locator('visible=true').fill(search);
  await page.getByTestId('rlc-item').filter({ hasText: choice, visible: true }).first().click();
}

export async function fill(page, name, value) {
  await parameter(page, name).locator('input').fill(value);
}

/** Runs the step whose form is shown, until its panel has this text. */
export async function executeStep(page, text) {
  await page.getByTestId('node-execute-button').click();
  await page.getByTestId('ndv').getByText(text).first().waitFor();
}
