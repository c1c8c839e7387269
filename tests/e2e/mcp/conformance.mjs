// MCP's own conformance suite, from npm.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../checks.mjs';
import { installed } from '../packages.mjs';

const VERSION = '0.2.0-alpha.12';

/** It needs a newer Node than this may be. */
const NODE = '24.21.0';

/** The revisions of the protocol whose requirements are run. */
export const REVISIONS = ['2025-11-25', '2026-07-28'];

/** Runs what a revision requires. What is expected to fail has to fail, and nothing else may. */
export async function conforms(work, address, revision) {
  const packages = [`@modelcontextprotocol/conformance@${VERSION}`, `node@${NODE}`];
  const modules = installed(work, `conformance-${VERSION}`, packages);
  const suite = join(modules, '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
  const expected = fileURLToPath(new URL(`expected-failures-${revision}.yml`, import.meta.url));
  const args = [suite, 'server', '--url', address, '--requirements', revision, '--expected-failures', expected];
  const output = join(work, 'run', `conformance-${revision}`);
  const { code, printed } = await finished(join(modules, 'node', 'bin', 'node'), [...args, '--output-dir', output]);
  check(code === 0, `the conformance suite of ${revision} ends with ${code}:\n${printed}`);
  return printed;
}

const finished = (program, args) =>
  new Promise((done, fail) => {
    const env = { PATH: process.env.PATH, HOME: process.env.E2E_WORK };
    execFile(program, args, { env, timeout: 300_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') fail(error);
      else done({ code: error?.code ?? 0, printed: stdout + stderr });
    });
  });
