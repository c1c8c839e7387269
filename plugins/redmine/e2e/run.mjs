// `cargo xtask e2e redmine`: the plugin with the real Redmine, in every host and platform.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { check } from '../../../tests/e2e/checks.mjs';
import { inAirflow } from './airflow.mjs';
import { besideJustClick, changesAreTold } from './events.mjs';
import { Host, onTheCommandLine } from './host.mjs';
import { inMcp } from './mcp.mjs';
import { inN8n } from './n8n.mjs';
import { inNodeRed } from './node-red.mjs';
import { startRedmine } from './redmine.mjs';
import { inZapier } from './zapier.mjs';
import { suite } from '../../../tests/e2e/suite.mjs';

async function main() {
  const { PLUGIN_HOST: pluginHost, REDMINE_BUNDLE: bundle, JUSTCLICK_BUNDLE: justclick, E2E_WORK } = process.env;
  const { SANDBOX_LOGIN: login, SANDBOX_KEY: api_key, SANDBOX_URL: base_url } = process.env;
  check(pluginHost && bundle && justclick && base_url && E2E_WORK, 'run it as `cargo xtask e2e redmine`');
  const work = resolve(E2E_WORK);
  mkdirSync(work, { recursive: true });
  // What other suites have installed of the same versions.
  const shared = resolve(work, '..');
  const redmine = await startRedmine(work);
  console.log(`     Redmine ${redmine.world.version} answers`);
  const only = process.env.REDMINE_ONLY?.split(',');
  const part = async (name, run) => {
    if (only && !only.includes(name)) return;
    const begun = performance.now();
    await run();
    console.log(`     ${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  };
  const host = new Host(pluginHost, bundle);
  await part('host', () => onTheCommandLine(host, redmine, work));
  await part('events', () => changesAreTold(host, redmine, work));
  const beside = { pluginHost, bundles: { justclick, redmine: bundle }, redmine, work };
  await part('beside', () => besideJustClick({ ...beside, sandbox: { login, api_key, base_url } }));
  await part('mcp', () => inMcp(pluginHost, bundle, redmine, join(work, 'mcp'), shared));
  await part('node-red', () => inNodeRed(bundle, redmine, join(work, 'node-red'), shared));
  await part('zapier', () => inZapier(bundle, redmine, join(work, 'zapier'), shared));
  await part('airflow', () => inAirflow(bundle, redmine, join(work, 'airflow'), shared));
  await part('n8n', () => inN8n(bundle, redmine, join(work, 'n8n'), shared));
  await redmine.stop();
}

await suite('redmine', main);
