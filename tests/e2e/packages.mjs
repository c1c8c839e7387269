// Packages from npm, each set in a folder of its own that is kept between runs.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs packages, and gives the folder of their modules. */
export function installed(work, name, packages) {
  const folder = join(work, name);
  const whole = join(folder, 'whole');
  if (!existsSync(whole)) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel', 'error', ...packages];
    execFileSync('npm', args, { stdio: 'inherit' });
    writeFileSync(whole, '');
  }
  return join(folder, 'node_modules');
}
