// The same tests on each Node that is supported, as packages of npm: `npm run test:nodes`. They are kept in
// E2E_WORK, or in .nodes.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['22.23.3', '24.21.0'];
const WORK = process.env.E2E_WORK ?? fileURLToPath(new URL('../.nodes/', import.meta.url));
const RUN = fileURLToPath(new URL('./run.mjs', import.meta.url));

const nodes = { [process.version]: process.execPath };
for (const version of VERSIONS) nodes[`v${version}`] = installed(version);

for (const [version, node] of Object.entries(nodes)) {
  console.log(`\nNode ${version}`);
  const { status } = spawnSync(process.execPath, [RUN], { stdio: 'inherit', env: { ...process.env, NODE: node } });
  if (status !== 0) process.exit(1);
}
console.log(`\nThe tests pass on Node ${Object.keys(nodes).join(', ')}.`);

function installed(version) {
  const folder = join(WORK, `node-${version}`);
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    // Its install script puts the binary in place.
    const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts=false', '--prefix', folder];
    execFileSync('npm', ['install', ...options, `node@${version}`], { stdio: 'inherit' });
  }
  const found = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (found !== `v${version}`) throw new Error(`${node} is Node ${found}.`);
  return node;
}
