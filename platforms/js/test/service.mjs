// Stand-ins for services, as processes on this machine: those that are named, or that cargo has built.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Node's options for tests that use services: each file has services of its own. */
export const WITH_SERVICES = ['--import', new URL('services.mjs', import.meta.url).href];

/** JustClick's. Its process, and what has to be in the environment of what uses it. */
export async function startSandbox() {
  const started = await start('justclick-sandbox', process.env.SANDBOX, ['--listen', '127.0.0.1:0']);
  return { ...started, env: { SANDBOX_URL: started.url, SANDBOX_LOGIN: 'username', SANDBOX_KEY: 'X'.repeat(40) } };
}

/** The bundle of the made-up second plugin, a shop. */
export function shopBundle() {
  return process.env.SHOP_BUNDLE ?? fileURLToPath(new URL('../../../dist/plugins/shop', import.meta.url));
}

/** The shop's service, as above. */
export async function startShop() {
  const token = 'a-token-of-the-tests';
  const started = await start('shop-service', process.env.SHOP_SERVICE, [], { SHOP_TOKEN: token });
  return { ...started, env: { SHOP_URL: started.url, SHOP_TOKEN: token, SHOP_BUNDLE: shopBundle() } };
}

async function start(name, named, args, env) {
  const binary = named ?? fileURLToPath(new URL(`../../../target/debug/${name}`, import.meta.url));
  if (!existsSync(binary)) throw new Error(`There is no ${name} at ${binary}: run "cargo build -p ${name}" first.`);
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => resolve(/http:\/\/\S+/.exec(String(text))?.[0]));
    child.on('exit', () => reject(new Error(`${name} did not start.`)));
  });
  return { process: child, url };
}
