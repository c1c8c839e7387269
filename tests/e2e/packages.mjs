// Packages from npm, each set in a folder of its own that is kept between runs; and those that plugin-host makes.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what a folder's lock file names, unless it is there. */
export function installLocked(folder) {
  const changed = (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // npm writes the first one last, so an installation that broke off is done again.
  if (changed('node_modules/.package-lock.json') >= changed('package-lock.json')) return;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
}

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
