// The sandbox that SANDBOX names, or cargo has built.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BINARY =
  process.env.SANDBOX ?? fileURLToPath(new URL('../../../target/debug/justclick-sandbox', import.meta.url));

/** Its process, and what has to be in the environment of what uses it. */
export async function startSandbox() {
  if (!existsSync(BINARY))
    throw new Error(`There is no sandbox at ${BINARY}: run "cargo build -p justclick-sandbox" first.`);
  const process = spawn(BINARY, ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    process.stdout.on('data', (text) => resolve(/http:\/\/\S+/.exec(String(text))?.[0]));
    process.on('exit', () => reject(new Error('The sandbox did not start.')));
  });
  return { process, env: { SANDBOX_URL: url, SANDBOX_LOGIN: 'username', SANDBOX_KEY: 'X'.repeat(40) } };
}
