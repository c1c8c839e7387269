// What Node-RED's own tool for its directory says of the packed package. It asks the directory's catalogue for other
// packages of a like name, and the registry for Node-RED's versions: here it is told that there is none, and of the one
// that is installed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { install } from './platform.mjs';

/** What it would like otherwise, and why that stays. */
const ACCEPTED = {
  'P04 New Packages should use a scoped name': 'the scope is that of whoever publishes it',
  'P07 Minimum Node version is not compatible with minimum supported Node-RED Version Node v18.5.0':
    'the engine takes Node 20, which Node-RED 4 recommends; it starts on an older one',
};

/** `installed` is the package.json of a Node-RED. */
export async function directoryChecks(work, tarball, installed) {
  const tool = install(join(work, 'node-red-dev'), ['node-red-dev@0.1.6']);
  const folder = join(work, 'unpacked');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', folder, '--strip-components=1']);

  const require = createRequire(join(tool, 'node_modules/node-red-dev/package.json'));
  const { version } = installed;
  const registry = { 'dist-tags': { latest: version }, versions: { [version]: installed } };
  require('axios').get = async (url) => ({ data: url.includes('catalogue') ? { modules: [] } : registry });
  const said = [];
  const tell = (text) => said.push(String(text?.stack ?? text));
  const passed = [];
  const cli = { log: (text) => passed.push(text), warn: tell, error: tell };
  const card = {};
  for (const check of ['checkpackage', 'checknodes', 'checkdeps']) {
    await require(`./src/libs/${check}.js`)(folder, cli, card, false);
  }
  assert.deepEqual(
    said.filter((text) => !(text in ACCEPTED)),
    [],
  );
  const failed = Object.entries(card).flatMap(([name, { test }]) => (test === false ? [name] : []));
  const accepted = (name) => Object.keys(ACCEPTED).some((text) => text.startsWith(`${name} `));
  assert.deepEqual(
    failed.filter((name) => !accepted(name)),
    [],
  );
  assert.ok(passed.filter((line) => line.startsWith('✅')).length >= 8, passed.join('\n'));
  for (const name of ['LICENSE-MIT', 'THIRD-PARTY-NOTICES.txt']) {
    assert.ok(readFileSync(join(folder, 'dist', name), 'utf8').length > 0);
  }
}
