// Builds the tests and runs them: `npm test`. They start the sandbox and the shop's service that SANDBOX and
// SHOP_SERVICE name, or cargo has built. NODE names another Node to run them on, and CALLS the calls of the
// endurance test.

import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build/bundle.mjs';
import { WITH_SERVICES } from './service.mjs';

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

const files = sources
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(BUILT, name.replace(/\.ts$/, '.cjs')));
const runner = spawn(
  process.env.NODE ?? process.execPath,
  ['--enable-source-maps', ...WITH_SERVICES, '--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
  // The services are on this machine, as are the servers that misbehave.
  { stdio: 'inherit', env: { PLUGIN_ALLOW_PRIVATE: '*', ...process.env } },
);
runner.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
