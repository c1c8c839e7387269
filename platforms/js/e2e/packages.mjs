// What `plugin-host package` makes has the same files as what Node makes here, byte for byte.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PLATFORMS = { n8n: ['--unpacked'], 'node-red': ['--unpacked'], zapier: [] };

/** Compares them for all of these bundles; gives the number of packages. */
export async function packages({ work, host, bundles }) {
  const folder = mkdtempSync(join(work, 'packages-'));
  try {
    for (const [platform, options] of Object.entries(PLATFORMS)) {
      const build = fileURLToPath(new URL(`../../${platform}/build.mjs`, import.meta.url));
      for (const [at, bundle] of bundles.entries()) {
        const [ours, theirs] = ['node', 'host'].map((name) => join(folder, `${platform}-${at}-${name}`));
        execFileSync(process.execPath, [build, bundle, ours]);
        const asked = ['--json', 'package', platform, bundle, '--out', theirs, ...options];
        const made = JSON.parse(execFileSync(host, asked, { encoding: 'utf8' }));
        assert.deepEqual(filesOf(made.package), filesOf(ours), `${platform} of ${bundle}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return Object.keys(PLATFORMS).length * bundles.length;
}

function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]);
}
