// The MCP inspector's web interface: a tool as a person sees it.

import { join } from 'node:path';
import { inBrowser, pictured } from '../browser.mjs';
import { check, same } from '../checks.mjs';
import { freePorts } from '../ports.mjs';
import { start } from '../processes.mjs';

const PICTURE = 'docs/platforms/pictures/mcp.png';
/** The list of tools, and the form beside it. */
const SHOWN = { x: 16, y: 76, width: 902, height: 730 };

/** Opens the inspector on the server that its configuration names, fills in the form of the tool, and runs it. */
export async function fillsInTheForm(work, program, folder, input) {
  const [port] = await freePorts(1);
  const quiet = { MCP_INSPECTOR_SECRET_STORE: 'memory', MCP_AUTO_OPEN_ENABLED: 'false' };
  const env = { HOME: folder, CLIENT_PORT: String(port), ...quiet };
  const web = start(program, ['--web', '--config', join(folder, 'mcp.json')], env, join(folder, 'web.log'));
  const [address] = await web.printed(/http:\/\/127\.0\.0\.1:\d+\?\S+/);
  await inBrowser(work, [1360, 860], async (page) => {
    await page.goto(address);
    await page.getByRole('switch').first().click({ force: true });
    await page.getByText('Tools', { exact: true }).first().click();
    await page.getByText('update_order_status').first().click();
    same(await labels(page), ['bill_id *', 'status *', 'date', 'rpo'], "the form's fields");
    await page.getByLabel(/^status/).first().click();
    same(await page.getByRole('option').allInnerTexts(), ['sent', 'paid', 'return', 'cancel'], 'its choices');
    await page.getByRole('option', { name: input.status }).click();
    for (const name of ['bill_id', 'date', 'rpo']) await page.getByLabel(new RegExp(`^${name}`)).fill(input[name]);
    await pictured(page, work, PICTURE, { clip: SHOWN });
    await page.getByRole('button', { name: 'Execute Tool' }).click();
    await page.getByText('"order status changed"').first().waitFor();
  });
  check((await web.stop('SIGTERM')) !== undefined, 'the inspector does not end');
}

/** Those of the form's fields, as they stand there; a field that has to be filled in has a star. */
async function labels(page) {
  const found = await page.locator('label').allInnerTexts();
  return found.map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter((text) => /^[a-z_]+( \*)?$/.test(text));
}
