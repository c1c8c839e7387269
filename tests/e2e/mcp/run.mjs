// plugin-host as an MCP server, asked by the MCP inspector's command line and in its web interface. With
// UPDATE_SCREENSHOT=1 it takes the picture of docs/platforms/mcp.md, and draws manifest/icon.png.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { read, start } from '../processes.mjs';
import { REVISIONS, conforms } from './conformance.mjs';
import { showsTheIcon } from './icon.mjs';
import { ERAS, Inspector, install } from './inspector.mjs';
import { doesWhatAMerchantWants } from './merchant.mjs';
import { compile } from './schemas.mjs';
import { fillsInTheForm } from './web.mjs';
import { suite } from '../suite.mjs';

const { PLUGIN_HOST: pluginHost, JUSTCLICK_BUNDLE: bundle, SANDBOX_URL: service, E2E_WORK: work } = process.env;
const { SANDBOX_LOGIN: login, SANDBOX_KEY: key } = process.env;
const TOKEN = 'a-token-of-the-suite';

const sent = { bill_id: '100000', status: 'sent', date: '2013-03-03T00:00:00+04:00', rpo: '10000000000000' };
const done = { ...sent, date: 1362254400, message: 'order status changed' };

/** The connection, as a client's configuration gives it to a server that it starts. */
const environment = (change = {}) => ({
  PLUGIN_BUNDLE: join(bundle, 'extism.json'),
  PLUGIN_ENV_PREFIX: 'JUSTCLICK',
  JUSTCLICK_LOGIN: login,
  JUSTCLICK_API_KEY: key,
  JUSTCLICK_BASE_URL: service,
  ...change,
});

/** An order, as the service has it. */
async function order(bill_id) {
  const answer = await fetch(`${service}/orders/${bill_id}`, { signal: AbortSignal.timeout(30_000) });
  check(answer.ok, `the sandbox answers ${answer.status} about order ${bill_id}`);
  return answer.json();
}

async function main() {
  const there = [pluginHost, bundle].every((path) => existsSync(path ?? ''));
  check(there && service && login && key && work, 'run it as `cargo xtask e2e mcp`');
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inspector = new Inspector(install(work), folder);
  await overStandardInputAndOutput(inspector);
  await inTheWebInterface(inspector, folder);
  await overHttp(inspector, folder);
  await byTheBook(folder);
  await showsTheIcon(work, bundle);
  proved("the picture of the MCP bundle is the plugin's icon");
  check(!inspector.printed.includes(key), 'the inspector was told the API key');
  proved('nothing that the inspector printed holds the API key');
}

async function overStandardInputAndOutput(inspector) {
  const server = (change) => inspector.started(pluginHost, ['mcp'], environment(change));
  for (const era of ERAS) await offersAndDoes(server(), era, 'over standard input and output');
  await doesWhatAMerchantWants(server(), service);
  proved('an agent puts the buyer of a paid order into a group and marks it as sent, while the service fails');

  const refused = await server({ JUSTCLICK_API_KEY: `not-${key.slice(4)}` }).call(sent);
  same(refused.error?.kind, 'auth', 'a call with a wrong key');
  proved('a wrong key is told as such');

  const dead = await server({ JUSTCLICK_BASE_URL: 'http://127.0.0.1:1' }).call(sent);
  same([dead.error?.kind, dead.error?.retry], ['unavailable', 'later'], 'a call of a dead service');
  proved('a dead service is told as one that may come back');
}

/** As a person fills in the tool's form, and sees what came of it. */
async function inTheWebInterface(inspector, folder) {
  inspector.started(pluginHost, ['mcp'], environment()).use();
  await fillsInTheForm(work, inspector.program, folder, { ...sent, bill_id: '100001' });
  same((await order('100001')).status, sent.status, 'the order afterwards');
  proved("in the inspector's web interface the tool is a form, and what is filled in changes the order");
  check(!(await read(join(folder, 'web.log'))).includes(key), 'the web interface tells the API key');
}

async function overHttp(inspector, folder) {
  const log = join(folder, 'plugin-host.log');
  const args = ['mcp', '--listen', '127.0.0.1:0', '--log', 'trace'];
  const host = start(pluginHost, args, environment({ PLUGIN_HOST_TOKENS: TOKEN }), log);
  const [, address] = await host.printed(/on (http:\/\/\S+\/mcp)\n/);
  const server = inspector.at(address, TOKEN);
  for (const era of ERAS) await offersAndDoes(server, era, 'over HTTP');

  same((await inspector.at(address).tools()).refusal, 'auth_required', 'a client without a token');
  proved('a client without a token is not let in');

  const load = await server.load(sent, 300, 16);
  same([load.requests, load.ok, load.errors], [300, 300, 0], 'calls under load');
  same((await order(sent.bill_id)).most_at_once, 1, 'the most calls at once on the order');
  proved('300 calls on one order, 16 at a time, all come through, one after the other');

  same(await host.stop('SIGTERM'), 0, 'the exit code after SIGTERM');
  proved('SIGTERM ends the server in good order');
  check(!(await read(log)).includes(key), `${log} holds the API key`);
  proved("the server's log holds no API key");
}

/** What MCP's own suite says of a server that lets in whoever is on this machine. */
async function byTheBook(folder) {
  const log = join(folder, 'conformance.log');
  const host = start(pluginHost, ['mcp', '--listen', '127.0.0.1:0'], environment(), log);
  const [, address] = await host.printed(/on (http:\/\/\S+\/mcp)\n/);
  for (const revision of REVISIONS) {
    await conforms(work, address, revision);
    proved(`what the protocol of ${revision} requires is kept, but for what is listed with its reasons`);
  }
  same(await host.stop('SIGTERM'), 0, 'the exit code after SIGTERM');
}

/** What a client of any kind expects. */
async function offersAndDoes(server, era, how) {
  const told = (what) => proved(`${what}, ${how}, in the ${era} protocol`);
  const asked = server.in(era);
  const { actions } = JSON.parse(readFileSync(join(bundle, 'describe.json'), 'utf8'));
  const { tools } = await asked.tools();
  same(tools?.map(({ name }) => name), actions.map(({ name }) => name), 'the tools');
  told("the tools are the plugin's actions, and none has an error by the inspector's strict eye");
  const texts = { ...sent, date: '1362254400' };
  const good = { inputs: [sent, texts], outputs: [done] };
  compile(work, tools, 'update_order_status', good, { inputs: [{}, { ...sent, status: 'payed' }, [sent]] });
  told("the tools' schemas are compiled by Ajv of draft-07 and, strictly, of 2020-12");

  same(await asked.call(sent), { output: done }, 'a good call');
  const { status, rpo } = await order(sent.bill_id);
  same([status, rpo], [sent.status, sent.rpo], 'the order afterwards');
  told('a good call changes the order');

  const { error: bad } = await asked.call({ bill_id: 'x', status: 'payed' });
  same([bad?.kind, bad?.problems?.map(({ field }) => field)], ['invalid_input', ['bill_id', 'status']], 'a bad call');
  told('a bad call is an error that names all that is wrong');

  const { error: missing } = await asked.call({ ...sent, bill_id: '7' });
  same([missing?.kind, missing?.retry, missing?.effect], ['not_found', 'never', 'none'], 'a call on no order');
  told('a call on an unknown order is an error with the whole document');

  const { refusal } = await asked.call(sent, 'no_such_tool');
  same(refusal, 'tool_not_found', 'a call of no tool');
}

await suite('mcp', main);
