// Programs of Debian's packages.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { check } from './checks.mjs';

/** Whoever holds it is the only one who runs apt, which refuses to be run twice at a time. */
const LOCK = join(tmpdir(), 'plugin-host-e2e-apt.lock');

/** Programs: those on the path, or the ones of a package of Debian's, unpacked where nothing is started. */
export function programs(work, of, names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = names.map((name) => folders.map((folder) => join(folder, name)).find(existsSync));
  if (found.every(Boolean)) return found;
  const unpacked = join(work, of);
  const paths = names.map((name) => join(unpacked, 'usr/bin', name));
  if (!paths.every(existsSync)) {
    mkdirSync(unpacked, { recursive: true });
    console.log(`getting Debian's package ${of}`);
    // Who may not renew the lists of packages goes by those that are there.
    if (process.getuid() === 0) apt(['update']);
    apt(['download', of], unpacked);
    const archive = readdirSync(unpacked).find((name) => name.startsWith(`${of}_`) && name.endsWith('.deb'));
    check(archive, `there is no package ${of}: install ${names.join(', ')}`);
    ran('dpkg-deb', ['-x', archive, '.'], unpacked);
  }
  return paths;
}

/** Runs apt, once suites that are run beside this one have done so. */
export function apt(args, cwd) {
  ran('flock', [LOCK, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args], cwd);
}

/** Runs a program to its end, which has to be a good one. Gives what it printed. */
export function ran(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  check(status === 0, `${program} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
  return stdout;
}
