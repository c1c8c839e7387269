// The real n8n with the real package: `node e2e/run.mjs`. What it needs is in README.md, under "Tests".

import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { counted, run, stopAll, variable } from './support.mjs';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SHARED = join(PACKAGE, '../js');

try {
  const work = resolve(variable('E2E_WORK'));
  mkdirSync(work, { recursive: true });
  for (const folder of [SHARED, PACKAGE]) await install(folder);
  // It imports what has been installed only now.
  const { suite } = await import('./suite.mjs');
  await suite(PACKAGE, work);
  console.log(`e2e n8n: ${counted()} checks passed`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();

/** A package's dependencies, unless they are there as its lock file has them. */
async function install(folder) {
  const changed = (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed('node_modules/.package-lock.json') >= changed('package-lock.json')) return;
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, timeoutMs: 300_000 });
}
