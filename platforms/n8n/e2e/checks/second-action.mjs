// The same sources with a plugin that has a second action: the editor offers it, and it runs.

import { join } from 'node:path';
import { build } from '../../build.mjs';
import { secondBundle } from '../../test/second-plugin.mjs';
import { addNode, executeStep, fill, inBrowser, parameter, pick } from '../browser.mjs';
import { OWNER } from '../n8n.mjs';
import { check, stop } from '../support.mjs';

/** Starts n8n again. `workflow` is one with a trigger alone. */
export async function secondAction(n8n, workflow, work) {
  await check('the package is built anew, with a plugin that has a second action', async () => {
    await build(n8n.builtNode('n8n-nodes-justclick'), await secondBundle(join(work, 'second-plugin')));
  });
  await n8n.start();
  await inBrowser(join(work, 'second-action.png'), async (page) => {
    await logIn(page, n8n.url);
    await page.goto(`${n8n.url}/workflow/${workflow}`);
    await check('the editor offers the second action', () => addNode(page, 'JustClick', 'Book courier for order'));
    await check('its fields come and go with its own choices', () => pickTours(page));
    await check('it runs with what its form holds', () => book(page));
  });
  await stop(n8n.process);
}

async function logIn(page, url) {
  await page.goto(`${url}/signin`);
  await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
  await page.locator('input[name=password]').fill(OWNER.password);
  await page.getByTestId('form-submit-button').click();
  await page.waitForURL(/\/home\//);
}

async function pickTours(page) {
  const fields = { Day: [], Night: ['doorCode'], Week: ['fetchAt'] };
  for (const [tour, expected] of Object.entries(fields)) {
    await pick(page, 'tour', tour);
    for (const name of ['doorCode', 'fetchAt']) {
      await parameter(page, name).waitFor({ state: expected.includes(name) ? 'visible' : 'detached' });
    }
  }
}

/** The plugin answers with its input. */
async function book(page) {
  await fill(page, 'billId', '100002');
  await fill(page, 'fetchAt', '2013-03-03 00:00:00');
  await parameter(page, 'fetchAt').locator('input').press('Enter');
  // Of the workflow's time zone.
  await executeStep(page, '2013-03-03T00:00:00+04:00');
  await page.getByTestId('ndv').getByText('100002').first().waitFor();
}
