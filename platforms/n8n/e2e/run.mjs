// The real n8n with the real package: `node e2e/run.mjs`. What it needs is in README.md, under "Tests".

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installLocked } from '../../../tests/e2e/packages.mjs';
import { counted, stopAll, variable } from './support.mjs';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SHARED = join(PACKAGE, '../js');

try {
  const work = resolve(variable('E2E_WORK'));
  mkdirSync(work, { recursive: true });
  [SHARED, PACKAGE].forEach(installLocked);
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
