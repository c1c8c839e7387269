// What `cargo xtask release` makes: checked as a stranger checks it, installed from its files, and called from there.
// The host inside is the one that tests have built already, so that nothing is compiled a second time.

import { readdirSync, rmSync } from 'node:fs';
import { check } from '../checks.mjs';
import { suite } from '../suite.mjs';
import { checkBills, checkBundle, checkElsewhere, checkRepeated, checkSums, keys, made } from './files.mjs';
import { checkMcpb, checkNpm, checkPython, venv } from './packages.mjs';
import { checkArchive, checkDebian } from './program.mjs';
import { key, sandbox, work, xtask } from './world.mjs';

async function main() {
  check(work && sandbox && key && xtask, 'run it as `cargo xtask e2e release`');
  for (const name of readdirSync(work)) rmSync(`${work}/${name}`, { recursive: true, force: true });
  const { secret, shared } = keys();
  const files = made('files', { RELEASE_KEY_FILE: secret });
  const version = /^justclick-(.*)\.oci\.tar$/m.exec(readdirSync(files).join('\n'))[1];
  checkSums(files, shared);
  const bundle = checkBundle(files, version, shared);
  const signed = { archive: `${files}/justclick-${version}.tar.gz`, key: shared };
  await checkArchive(files, version, signed);
  await checkDebian(files, version, signed);
  await checkPython(files, version);
  checkNpm(files, version);
  await checkMcpb(files);
  checkBills(files, version, venv('bills', ['cyclonedx-python-lib[json-validation]']));
  checkRepeated(files);
  checkElsewhere(bundle);
}

suite('release', main);
