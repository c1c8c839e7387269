// Builds the tests and runs them: `npm test`. With SANDBOX_URL, SANDBOX_LOGIN and SANDBOX_KEY they use the
// sandbox that is there, else they start the one that SANDBOX names, or cargo has built; the same for the shop, with
// SHOP_URL and SHOP_TOKEN, or SHOP_SERVICE. NODE names another Node to run them on, and CALLS the calls of the
// endurance test.

import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build/bundle.mjs';
import { startSandbox, startShop } from './service.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILT = fileURLToPath(new URL('../.test/', import.meta.url));
rmSync(BUILT, { recursive: true, force: true });
const sources = readdirSync(HERE).filter(
  (name) => name.endsWith('.ts') && !['support.ts', 'hostile.ts', 'telling.ts'].includes(name),
);
await bundle({
  entryPoints: sources.map((name) => join(HERE, name)),
  outdir: BUILT,
  sourcemap: 'inline',
  external: ['wabt'],
  outExtension: { '.js': '.cjs' },
});

const sandbox = process.env.SANDBOX_URL ? null : await startSandbox();
const shop = await startShop();
const files = sources
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(BUILT, name.replace(/\.ts$/, '.cjs')));
const runner = spawn(
  process.env.NODE ?? process.execPath,
  ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
  {
    stdio: 'inherit',
    // The services are on this machine, as are the servers that misbehave.
    env: { PLUGIN_ALLOW_PRIVATE: '*', ...sandbox?.env, ...shop.env, ...process.env },
  },
);
runner.on('exit', (code) => {
  sandbox?.process.kill();
  shop.stop();
  process.exitCode = code ?? 1;
});
