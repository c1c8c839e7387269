// Runs the tests in the folder that is named, `unit` or `app`, built like the integration itself.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder } from '../../js/build/bundle.mjs';
import { shopBundle, WITH_SERVICES } from '../../js/test/service.mjs';
import { buildIntegration } from '../build.mjs';

const suite = process.argv[2];
const folder = new URL(`${suite}/`, import.meta.url);
// Beneath node_modules' folder, where zapier-platform-core is found.
const built = new URL('../.test/', import.meta.url);

rmSync(built, { recursive: true, force: true });
await buildIntegration(fileURLToPath(new URL('integration.cjs', built)), bundleFolder());
await buildIntegration(fileURLToPath(new URL('shop.cjs', built)), shopBundle());
await bundle({
  entryPoints: readdirSync(folder).map((name) => fileURLToPath(new URL(name, folder))),
  outdir: fileURLToPath(built),
  outExtension: { '.js': '.test.cjs' },
  external: ['zapier-platform-core', './integration.cjs', './shop.cjs'],
});
const tests = readdirSync(built).filter((name) => name.endsWith('.test.cjs'));
const paths = tests.map((name) => fileURLToPath(new URL(name, built)));
const { status } = spawnSync(process.execPath, [...WITH_SERVICES, '--test', ...paths], {
  stdio: 'inherit',
  // The services are on this machine.
  env: { ...process.env, PLUGIN_ALLOW_PRIVATE: '*' },
});
process.exitCode = status ?? 1;
