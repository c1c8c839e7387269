// The packages for platforms, each installed from its file.

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { check, proved, same } from '../checks.mjs';
import { account, below, emptied, key, login, newOrder, order, parsed, ran, sameFiles, sandbox } from './world.mjs';

/** What pip and npm have to know to reach their registry. */
const registries = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(pip_|npm_config_|https?_proxy|no_proxy|ssl_|requests_ca|node_extra|home$|xdg_)/i.test(name)));

/** A fresh environment of Python with these packages: its interpreter. */
export function venv(name, packages) {
  const folder = emptied(name);
  ran('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin/python');
  ran(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { env: registries });
  return python;
}

/** The wheel in a fresh environment; and pip makes the same of the source. */
export async function checkPython(files, version) {
  const wheel = join(files, `justclick_plugin-${version}-py3-none-any.whl`);
  const python = venv('wheel', [wheel]);
  await newOrder('720001');
  const script = [
    'from justclick_plugin import Connection, JustClick',
    'shop = JustClick(Connection.from_env(), timezone="Europe/Moscow")',
    'print(shop.update_order_status(bill_id="720001", status="cancel")["bill_id"])',
  ];
  ran(python, ['-I', '-c', script.join('\n')], { cwd: emptied('empty'), env: account('JUSTCLICK') });
  same((await order('720001')).status, 'cancel', 'the order');
  proved('the wheel, in a fresh environment, makes a call');

  const built = emptied('built');
  const source = join(files, `justclick_plugin-${version}.tar.gz`);
  ran(python, ['-m', 'pip', 'wheel', '--quiet', '--disable-pip-version-check', '--no-deps', '--wheel-dir', built, source], { env: registries });
  const [made] = readdirSync(built);
  const inside = (archive, name) => {
    const folder = emptied(name);
    ran('python3', ['-m', 'zipfile', '-e', archive, folder]);
    // What describes the package to pip says how it was built.
    return Object.fromEntries(Object.entries(below(folder)).filter(([path]) => !/\.dist-info\/[A-Z]+$/.test(path)));
  };
  sameFiles(inside(join(built, made), 'built-inside'), inside(wheel, 'wheel-inside'), 'the wheel of the source');
  proved('the source distribution builds, into the same files');
}

/** The packages for n8n and Node-RED, installed by npm and loaded by Node. They make calls in suites of their own. */
export function checkNpm(files, version) {
  const folder = emptied('npm');
  const names = ['n8n-nodes-justclick', 'node-red-contrib-justclick'];
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  const args = ['install', '--no-audit', '--no-fund', '--omit=peer', '--loglevel', 'error'];
  ran('npm', [...args, ...names.map((name) => join(files, `${name}-${version}.tgz`))], { cwd: folder, env: registries });
  // n8n has this for all its nodes.
  const stub = join(folder, 'node_modules/n8n-workflow');
  mkdirSync(stub);
  writeFileSync(join(stub, 'index.js'), 'module.exports = new Proxy({}, { get: () => class {} });');
  const script = [
    'const [n8n, red] = process.argv.slice(1);',
    'const { n8n: declared } = require(`${n8n}/package.json`);',
    'for (const file of [...declared.nodes, ...declared.credentials]) {',
    '  const found = Object.values(require(`${n8n}/${file}`)).map((Type) => new Type());',
    '  if (!found.some((it) => (it.description?.displayName ?? it.displayName).startsWith("JustClick"))) throw new Error(file);',
    '}',
    'const nodes = require(`${red}/${require(`${red}/package.json`)["node-red"].nodes.justclick}`);',
    'if (typeof nodes !== "function") throw new Error("Node-RED is given no function");',
    'process.exit();',
  ];
  ran('node', ['-e', script.join('\n'), ...names.map((name) => join(folder, 'node_modules', name))], { cwd: folder });
  proved("npm installs the packages for n8n and Node-RED from their files, and Node loads them");

  const zapier = emptied('zapier');
  ran('tar', ['-xf', join(files, `zapier-justclick-${version}.tar.gz`), '-C', zapier]);
  const integration = join(zapier, 'zapier-justclick');
  same(parsed(join(integration, 'package.json')).version, version, "the integration's version");
  const core = join(integration, 'node_modules/zapier-platform-core');
  mkdirSync(core, { recursive: true });
  writeFileSync(join(core, 'package.json'), '{"name": "zapier-platform-core", "version": "19.1.0"}');
  const given = '{ get: (core, name) => (name === "__esModule" ? undefined : (core[name] ?? class {})) }';
  writeFileSync(join(core, 'index.js'), `module.exports = new Proxy({ version: "19.1.0" }, ${given});`);
  const loaded = 'const app = require(process.argv[1]); console.log(Object.keys((app.default ?? app).creates).length); process.exit()';
  check(Number(ran('node', ['-e', loaded, integration], { cwd: zapier })) > 0, 'the integration for Zapier has no creates');
  proved('the integration for Zapier is loaded by Node');
}

/** The MCP bundle: unpacked, begun as its manifest says, and called as a client calls it. */
export async function checkMcpb(files) {
  const folder = emptied('mcpb');
  ran('python3', ['-m', 'zipfile', '-e', join(files, readdirSync(files).find((name) => name.endsWith('.mcpb'))), folder]);
  const manifest = parsed(join(folder, 'manifest.json'));
  chmodSync(join(folder, manifest.server.entry_point), 0o755);
  const config = { login, api_key: key, base_url: sandbox };
  const filled = (text) => text.replaceAll('${__dirname}', folder).replaceAll(/\$\{user_config\.(\w+)\}/g, (_, name) => config[name] ?? '');
  const { command, args, env } = manifest.server.mcp_config;
  const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]).filter(([, value]) => value));
  const child = spawn(filled(command), args.map(filled), { cwd: emptied('empty'), env: variables, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((done) => child.once('exit', done));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (id, method, params) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      check(!done, `the server ended before it answered ${method}`);
      const answer = JSON.parse(value);
      if (answer.id === id) return answer.result;
    }
  };
  await ask(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } });
  await newOrder('730001');
  const called = await ask(2, 'tools/call', { name: 'update_order_status', arguments: { bill_id: '730001', status: 'cancel' } });
  check(called.isError !== true, `the call failed: ${JSON.stringify(called)}`);
  same((await order('730001')).status, 'cancel', 'the order');
  child.stdin.end();
  same(await ended, 0, "the server's end");
  const server = readdirSync(files).find((name) => name.endsWith('.server.json'));
  check(server, 'there is no server.json for the registry');
  proved('the MCP bundle, unpacked, answers a client and makes a call');
}
