// Builds the tests and runs them: `npm test`. With SANDBOX_URL, SANDBOX_LOGIN and SANDBOX_KEY they use the
// sandbox that is there, else they start the one that SANDBOX names, or cargo has built. NODE names
// another Node to run them on, and CALLS the calls of the endurance test.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build/bundle.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILT = fileURLToPath(new URL('../.test/', import.meta.url));
const BINARY =
  process.env.SANDBOX ?? fileURLToPath(new URL('../../../target/debug/justclick-sandbox', import.meta.url));
// The sandbox is on this machine, as are the servers that misbehave.
const CREDENTIALS = { PLUGIN_ALLOW_PRIVATE: '*', SANDBOX_LOGIN: 'username', SANDBOX_KEY: 'X'.repeat(40) };

rmSync(BUILT, { recursive: true, force: true });
const sources = readdirSync(HERE).filter((name) => name.endsWith('.ts') && name !== 'support.ts');
await bundle({
  entryPoints: sources.map((name) => join(HERE, name)),
  outdir: BUILT,
  sourcemap: 'inline',
  external: ['wabt'],
  outExtension: { '.js': '.cjs' },
});

const sandbox = process.env.SANDBOX_URL ? null : await startSandbox();
const files = sources
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(BUILT, name.replace(/\.ts$/, '.cjs')));
const runner = spawn(
  process.env.NODE ?? process.execPath,
  ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
  {
    stdio: 'inherit',
    env: { ...CREDENTIALS, ...(sandbox && { SANDBOX_URL: sandbox.url }), ...process.env },
  },
);
runner.on('exit', (code) => {
  sandbox?.process.kill();
  process.exitCode = code ?? 1;
});

async function startSandbox() {
  if (!existsSync(BINARY))
    throw new Error(`There is no sandbox at ${BINARY}: run "cargo build -p justclick-sandbox" first.`);
  const process = spawn(BINARY, ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    process.stdout.on('data', (text) => resolve(/http:\/\/\S+/.exec(String(text))?.[0]));
    process.on('exit', () => reject(new Error('The sandbox did not start.')));
  });
  return { process, url };
}
