// Runs the tests in the folder that is named, `unit` or `app`, built like the integration itself.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle, readBundle } from '../../js/build/bundle.mjs';
import { buildIntegration } from '../esbuild.mjs';
import { withSecondAction } from './second-action.mjs';

const suite = process.argv[2];
const folder = new URL(`${suite}/`, import.meta.url);
// Beneath node_modules' folder, where zapier-platform-core is found.
const built = new URL('../.test/', import.meta.url);

rmSync(built, { recursive: true, force: true });
await buildIntegration(new URL('integration.cjs', built));
await buildIntegration(new URL('second.cjs', built), withSecondAction(readBundle().description));
await bundle({
  entryPoints: readdirSync(folder).map((name) => fileURLToPath(new URL(name, folder))),
  outdir: fileURLToPath(built),
  outExtension: { '.js': '.test.cjs' },
  external: ['zapier-platform-core', './integration.cjs', './second.cjs'],
});
const tests = readdirSync(built).filter((name) => name.endsWith('.test.cjs'));
const paths = tests.map((name) => fileURLToPath(new URL(name, built)));
// One file after the other, because they share a sandbox.
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...paths], {
  stdio: 'inherit',
  // The sandbox is on this machine.
  env: { ...process.env, PLUGIN_ALLOW_PRIVATE: '*' },
});
process.exitCode = status ?? 1;
