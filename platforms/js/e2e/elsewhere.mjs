// The engine where there is no Node.js: what it says in each runtime.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build/bundle.mjs';
import { everywhere } from './runtimes.mjs';
import { startServices } from './services.mjs';

/** How many checks passed. */
export async function elsewhere({ work, sandbox, login, api_key }) {
  mkdirSync(work, { recursive: true });
  for (let order = 900_000; order < 900_033; order += 1) {
    await fetch(`${sandbox}/orders/${order}`, { method: 'PUT', body: JSON.stringify({ status: 'new' }) });
  }
  const data = {
    email: 'new@email.com',
    created: Math.floor(Date.now() / 1000) - 60,
    items: [{ good_name: 'invoice' }],
  };
  await fetch(`${sandbox}/orders/900040`, { method: 'PUT', body: JSON.stringify({ status: 'new', data }) });
  const { close, ...services } = await startServices(sandbox);
  const program = join(work, 'program.mjs');
  let checks = 0;
  try {
    await build(program, { ...services, login, api_key });
    for (const [runtime, told] of Object.entries(await everywhere(work, program))) {
      check(runtime, told, { login, shop: services.shop, api_key });
      console.log(`ok  ${runtime} runs the plugin, and tells what goes wrong`);
      checks += 1;
    }
    for (const order of [900_000, 900_001, 900_032]) {
      const { status, most_at_once } = await (await fetch(`${sandbox}/orders/${order}`)).json();
      assert.deepEqual([status, most_at_once], ['cancel', 1]);
    }
  } finally {
    close();
  }
  return checks;
}

/** Fails where something of Node.js is in it. */
async function build(outfile, settings) {
  const { metafile } = await bundle({
    entryPoints: [fileURLToPath(new URL('program.ts', import.meta.url))],
    outfile,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    define: { SETTINGS: JSON.stringify(settings) },
    metafile: true,
  });
  assert.deepEqual(Object.values(metafile.outputs)[0].imports, []);
}

function check(runtime, told, { login, shop, api_key }) {
  const inPage = runtime === 'Chromium';
  const nature = ({ kind, effect, status, word }) => [kind, effect, status, ...(word === undefined ? [] : [word])];
  const lost = (word) => ['unavailable', 'unknown', 0, word];
  assert.equal(told.failed, undefined, runtime);
  assert.deepEqual(told.connection, { login, base_url: shop }, runtime);
  assert.equal(told.changed.status, 'cancel', runtime);
  assert.deepEqual(nature(told.unknown).slice(0, 2), ['not_found', 'none'], runtime);
  assert.equal(told.atOnce, 64, runtime);
  assert.deepEqual(nature(told.silent), lost('timeout'), runtime);
  assert.deepEqual(nature(told.huge), ['unexpected_reply', 'unknown', 0, 'too_large'], runtime);
  assert.deepEqual(nature(told.private), ['unavailable', 'none', 0, 'not_allowed'], runtime);
  assert.ok(told.polled.includes('created:900040'), `${runtime}: ${told.polled}`);
  assert.deepEqual(told.forged, { status: 401 }, runtime);
  // A page is not told what became of a connection, nor of a redirect.
  assert.deepEqual(nature(told.nobody), inPage ? lost('reset') : ['unavailable', 'none', 0, 'connect'], runtime);
  assert.deepEqual(nature(told.moved), inPage ? lost('reset') : ['unexpected_reply', 'unknown', 302], runtime);
  assert.match(told.moved.message, inPage ? /does not say where to\.$/ : /sent to https:\/\/www\.shop\.example\.$/);
  assert.ok(!JSON.stringify(told).includes(api_key), `the API key is in what ${runtime} says`);
}
