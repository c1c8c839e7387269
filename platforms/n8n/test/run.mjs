// Builds the packages of both plugins and the tests, and runs them: `npm test`. They reach nothing but this machine.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../js/build/bundle.mjs';
import { build } from '../build.mjs';
import { shopBundle, startShop } from '../../js/test/service.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
// Beneath node_modules' folder, where n8n-workflow is found.
const BUILT = fileURLToPath(new URL('../.test/', import.meta.url));

rmSync(BUILT, { recursive: true, force: true });
await build(`${BUILT}package`);
await build(`${BUILT}shop`, shopBundle());
await bundle({
  entryPoints: readdirSync(HERE)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => HERE + name),
  outdir: BUILT,
  sourcemap: 'inline',
  external: ['n8n-workflow', './package/*', './shop/*'],
  outExtension: { '.js': '.cjs' },
});
const tests = readdirSync(BUILT).filter((name) => name.endsWith('.test.cjs'));
const shop = await startShop();
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-reporter=spec', ...tests.map((name) => BUILT + name)],
  { stdio: 'inherit', env: { ...process.env, ...shop.env, PLUGIN_ALLOW_PRIVATE: '*' } },
);
shop.stop();
process.exitCode = status ?? 1;
