// Builds the packages of all plugins and the tests, and runs them: `npm test`. They reach nothing but this machine.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../js/build/bundle.mjs';
import { build } from '../build.mjs';
import { shopBundle, WITH_SERVICES } from '../../js/test/service.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
// Beneath node_modules' folder, where n8n-workflow is found.
const BUILT = fileURLToPath(new URL('../.test/', import.meta.url));

rmSync(BUILT, { recursive: true, force: true });
await build(`${BUILT}package`);
await build(`${BUILT}shop`, shopBundle());
await buildTelling();
await bundle({
  entryPoints: readdirSync(HERE)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => HERE + name),
  outdir: BUILT,
  sourcemap: 'inline',
  external: ['n8n-workflow', './package/*', './shop/*', './telling/*'],
  outExtension: { '.js': '.cjs' },
});
const tests = readdirSync(BUILT).filter((name) => name.endsWith('.test.cjs'));
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', ...WITH_SERVICES, '--test', '--test-reporter=spec', ...tests.map((name) => BUILT + name)],
  { stdio: 'inherit', env: { ...process.env, PLUGIN_ALLOW_PRIVATE: '*' } },
);
process.exitCode = status ?? 1;

/** The package of a plugin that says what it is told to. */
async function buildTelling() {
  const outfile = `${BUILT}telling.cjs`;
  await bundle({ entryPoints: [`${HERE}telling-bundle.ts`], outfile });
  const { writeTelling } = createRequire(import.meta.url)(outfile);
  await writeTelling(`${BUILT}telling-bundle`);
  await build(`${BUILT}telling`, `${BUILT}telling-bundle`);
}
