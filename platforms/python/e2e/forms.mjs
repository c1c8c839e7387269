// The forms in which people enter an account in the engines' web interfaces, filled in as they would:
// `node forms.mjs airflow|prefect ADDRESS NAME`. With UPDATE_SCREENSHOT=1 their pictures in docs/ are taken anew.

import { inBrowser, pictured, spanned } from '../../../tests/e2e/browser.mjs';
import { same } from '../../../tests/e2e/checks.mjs';

const { E2E_WORK: work, SANDBOX_URL: url, SANDBOX_LOGIN: login, SANDBOX_KEY: key } = process.env;
const ACCOUNT = { Login: login, 'API key': key, 'Base URL': url };

async function airflow(page, address, name) {
  await page.goto(`${address}/connections`);
  await page.getByRole('button', { name: 'Add Connection' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox').first().click();
  await page.keyboard.type('just');
  await page.getByRole('option', { name: 'JustClick' }).click();
  await form.locator('[name=connection_id]').fill(name);
  for (const [label, value] of Object.entries(ACCOUNT)) await form.getByLabel(label, { exact: true }).fill(value);
  same(await form.getByLabel('API key', { exact: true }).getAttribute('type'), 'password', "the key's field");
  await pictured(form, work, 'docs/platforms/pictures/airflow.png');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name }).waitFor();
}

async function prefect(page, address, name) {
  await page.goto(`${address}/blocks/catalog/justclick-credentials/create`);
  const form = page.locator('form');
  const field = (title) => form.locator('.p-label', { hasText: title }).locator('input, textarea').first();
  for (const [title, value] of Object.entries({ 'Block Name': name, ...ACCOUNT, 'Time zone': 'Europe/Moscow' }))
    await field(title).fill(value);
  await pictured(page, work, 'docs/platforms/pictures/prefect.png', await spanned(form));
  await form.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/blocks/block/*');
}

const [, , engine, address, name] = process.argv;
await inBrowser(work, [1000, 860], (page) => ({ airflow, prefect })[engine](page, address, name));
