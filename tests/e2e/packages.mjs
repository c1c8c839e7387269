// Packages from npm, each set in a folder of its own that is kept between runs; and those that plugin-host makes.

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

/** A plugin's package for a platform, as whoever has no tools of JavaScript makes it: its archive or folder. */
export function packaged(platform, bundle, out) {
  const args = ['--json', 'package', platform, bundle, '--out', out, '--force'];
  return JSON.parse(execFileSync(process.env.PLUGIN_HOST, args, { encoding: 'utf8' })).package;
}
