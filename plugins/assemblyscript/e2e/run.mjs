// `cargo xtask e2e assemblyscript`: the module is built by its own compiler, and does the same in every host.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { Inspector, install } from '../../../tests/e2e/mcp/inspector.mjs';
import { installLocked } from '../../../tests/e2e/packages.mjs';
import { suite } from '../../../tests/e2e/suite.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ENGINE = fileURLToPath(new URL('../../../platforms/js', import.meta.url));
const { PLUGIN_HOST: pluginHost, SHOP_URL: address, SHOP_TOKEN: token, E2E_WORK } = process.env;
const ORDER = { customer: '7', sku: 'A-101', count: 2 };

async function main() {
  check(existsSync(pluginHost ?? '') && address && token && E2E_WORK, 'run it as `cargo xtask e2e assemblyscript`');
  const work = resolve(E2E_WORK);
  const bundle = join(work, 'bundle');
  rmSync(bundle, { recursive: true, force: true });
  installLocked(HERE);
  const build = () =>
    execFileSync('node', ['build.mjs', bundle], { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });
  build();
  const hash = () => JSON.parse(readFileSync(join(bundle, 'extism.json'), 'utf8')).wasm[0].hash;
  const [first] = [hash(), build()];
  same(hash(), first, 'the SHA-256 of a module that is built again');
  const size = statSync(join(bundle, 'plugin.wasm')).size;
  check(size < 32_768, `the module has ${size} bytes`);
  proved(`AssemblyScript's compiler makes a module of ${size} bytes, the same each time`);
  keepsTheContract(bundle);
  onTheCommandLine(bundle);
  await inMcp(bundle, join(work, 'mcp'), resolve(work, '../mcp'));
  await inNode(bundle, work);
}

/** Runs the command: its exit code, and what it printed, without the token. */
function run(bundle, ...args) {
  const env = { PATH: process.env.PATH, SHOP_ADDRESS: address, SHOP_TOKEN: token };
  const all = ['--bundle', bundle, '--env-prefix', 'SHOP', '--json', ...args];
  const { status, stdout, stderr } = spawnSync(pluginHost, all, { env, encoding: 'utf8' });
  check(!`${stdout}${stderr}`.includes(token), 'plugin-host printed the token');
  const text = [stdout, stderr].find((text) => /^\s*[[{]/.test(text));
  check(text, `plugin-host says: ${stdout}${stderr}`);
  return { status, told: JSON.parse(text) };
}

function keepsTheContract(bundle) {
  const { status, told } = run(bundle, 'verify', '--cases', join(HERE, 'cases'));
  check(status === 0 && told.ok, JSON.stringify(told.findings));
  same(told.findings, [], 'what verify finds');
  const files = readdirSync(join(HERE, 'cases')).length;
  check(told.tried.recorded === files && told.tried.paging > 0, JSON.stringify(told.tried));
  proved(`plugin-host verify finds nothing, not even advice, with ${files} recorded calls`);
}

function onTheCommandLine(bundle) {
  const call = (action, input, ...more) => run(bundle, 'call', action, '--input', JSON.stringify(input), ...more).told;
  const key = { request_id: 'as-1' };
  const made = call('create_order', { ...ORDER, ...key });
  same(call('create_order', { ...ORDER, ...key }), { ...made, repeated: true }, 'the order, asked for again');
  same(call('create_order', { ...ORDER, ...key, count: 3 }).kind, 'rejected', 'another order with its key');
  same(
    call('create_order', { ...ORDER, count: 'two' }).problems,
    [{ field: 'count', message: 'count must be a whole number from 1 to 999' }],
    'what is wrong with an input',
  );
  const { items } = call('find_customers', { limit: 100 }, '--all');
  check(items.length === 250 && new Set(items.map(({ id }) => id)).size === 250, `${items.length} customers`);
  const few = call('find_customers', { limit: 20 }, '--limit', '50').items;
  same(few, items.slice(0, 50), 'fifty customers by pages of twenty');
  proved('the command line makes an order once, is told what is wrong, and reads 250 customers by pages of any size');
}

async function inMcp(bundle, work, shared) {
  mkdirSync(work, { recursive: true });
  const inspector = new Inspector(install(shared), work);
  const plugin = { PLUGIN_BUNDLE: join(bundle, 'extism.json'), PLUGIN_ENV_PREFIX: 'SHOP' };
  const server = inspector
    .started(pluginHost, ['mcp'], { ...plugin, SHOP_ADDRESS: address, SHOP_TOKEN: token })
    .in('modern');
  const { tools } = await server.tools();
  same(tools.map(({ name }) => name).sort(), ['create_order', 'find_customers'], 'the tools');
  const { output, error } = await server.call({ name: 'Zoë', limit: 1 }, 'find_customers');
  check(!error && output.items[0].name.startsWith('Zoë'), JSON.stringify(error ?? output));
  check(!inspector.printed.includes(token), 'the inspector printed the token');
  proved('MCP: the inspector lists the tools without a fault, and finds a customer');
}

/** The engine of the packages for n8n, Zapier and Node-RED, which runs a call again for each answer. */
async function inNode(bundle, work) {
  installLocked(ENGINE);
  const { build } = createRequire(join(ENGINE, 'package.json'))('esbuild');
  const outfile = join(work, 'engine.mjs');
  await build({ entryPoints: [join(ENGINE, 'src/index.ts')], outfile, bundle: true, platform: 'node', format: 'esm' });
  const { loadPlugin } = await import(outfile);
  const wasm = readFileSync(join(bundle, 'plugin.wasm'));
  const {
    wasm: [{ hash: sha256 }],
  } = JSON.parse(readFileSync(join(bundle, 'extism.json'), 'utf8'));
  process.env.PLUGIN_ALLOW_PRIVATE = address;
  const plugin = await loadPlugin({ wasm, sha256 });
  const connection = { address, token };
  const keys = Array.from({ length: 200 }, (_, number) => `node-${number}`);
  const orders = await Promise.all(
    keys.map((request_id) => plugin.call('create_order', { ...ORDER, request_id }, connection)),
  );
  same(new Set(orders.map(({ id }) => id)).size, keys.length, 'the number of orders');
  const refused = await plugin.call('find_customers', {}, { address, token: `${token}x` }).catch((error) => error);
  same([refused.kind, refused.effect], ['auth', 'none'], 'a wrong token');
  check(!refused.message.includes(token), refused.message);
  await plugin.close();
  proved(`Node.js makes ${keys.length} orders, and is told of a wrong token`);
}

await suite('assemblyscript', main);
