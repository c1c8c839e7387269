// `cargo xtask e2e js`: the tests on each Node that is supported, against the sandbox of SANDBOX_URL, with as many calls
// as a long-lived process makes; the engine in Deno, Bun and a browser, which are kept in E2E_WORK; and packages, made by
// Node and by plugin-host.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installLocked } from '../../../tests/e2e/packages.mjs';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const { SANDBOX_URL, SANDBOX_LOGIN, SANDBOX_KEY, E2E_WORK, PLUGIN_HOST } = process.env;
const { JUSTCLICK_BUNDLE, SHOP_BUNDLE, REDMINE_BUNDLE } = process.env;

const STEPS = [
  ['run', 'check'],
  ['run', 'test:nodes'],
];

installLocked(FOLDER);
for (const step of STEPS) {
  const { status } = spawnSync('npm', step, { cwd: FOLDER, stdio: 'inherit', env: { CALLS: '10000', ...process.env } });
  if (status !== 0) {
    console.error(`e2e js: npm ${step.join(' ')} failed`);
    process.exit(1);
  }
}
try {
  // It stands on packages that were perhaps not there before the steps above.
  const { elsewhere } = await import('./elsewhere.mjs');
  const account = { login: SANDBOX_LOGIN, api_key: SANDBOX_KEY };
  const more = await elsewhere({ work: E2E_WORK, sandbox: SANDBOX_URL, ...account });
  const { packages } = await import('./packages.mjs');
  const bundles = [JUSTCLICK_BUNDLE, SHOP_BUNDLE, REDMINE_BUNDLE];
  const made = await packages({ work: E2E_WORK, host: PLUGIN_HOST, bundles });
  console.log(`e2e js: ${STEPS.length + more + made} checks passed`);
} catch (error) {
  console.error('e2e js failed:', error);
  process.exitCode = 1;
}
