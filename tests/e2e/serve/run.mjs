// plugin-host serve, by what others made: its AsyncAPI document by the specification's own JSON Schema, and
// what it sends by the libraries of Standard Webhooks and of CloudEvents; and its OpenAPI document in Swagger UI,
// whose picture in docs/platforms/http.md is taken anew with UPDATE_SCREENSHOT=1.

import { createServer } from 'node:http';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { installed } from '../packages.mjs';
import { read, start, until } from '../processes.mjs';
import { suite } from '../suite.mjs';
import { inSwaggerUi } from './swagger.mjs';

const { PLUGIN_HOST: pluginHost, JUSTCLICK_BUNDLE: bundle, SANDBOX_URL: service, E2E_WORK: work } = process.env;
const { SANDBOX_LOGIN: login, SANDBOX_KEY: key } = process.env;
const { SHOP_BUNDLE: shopBundle, SHOP_URL: shop, SHOP_TOKEN: shopToken } = process.env;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const PACKAGES = [
  '@asyncapi/specs@6.11.1',
  'ajv@8.20.0',
  'ajv-formats@3.0.1',
  'cloudevents@10.0.0',
  'standardwebhooks@1.0.0',
];

async function main() {
  const there = [pluginHost, bundle, shopBundle].every((path) => existsSync(path ?? ''));
  check(there && service && login && key && shop && work, 'run it as `cargo xtask e2e serve`');
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const load = createRequire(join(installed(work, 'packages', PACKAGES), 'here.js'));
  const receiver = await receives();
  const log = join(folder, 'plugin-host.log');
  const server = start(pluginHost, serves(folder, receiver.url), { STATE_DIRECTORY: folder, EVENTS_SECRET: SECRET }, log);
  const [, base] = await server.printed(/on (http:\/\/\S+)\n/);

  const asyncapi = await json(`${base}/asyncapi.json`);
  byTheSpecification(load, asyncapi);
  const event = await told(load, base, receiver);
  byItsSchema(load, asyncapi, event);
  await inSwaggerUi(work, base);
  proved('in Swagger UI an action is called with its example, which is filled in');
  same(await server.stop('SIGTERM'), 0, 'the exit code after SIGTERM');
  const logged = await read(log);
  check(![key, shopToken, SECRET.slice(6)].some((secret) => logged.includes(secret)), `${log} holds a secret`);
  proved("the server's log holds no secret");
}

/** The arguments of a server with both plugins. */
function serves(folder, deliver) {
  const connections = join(folder, 'connections.toml');
  const table = (name, values) =>
    `[${name}]\n${Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('')}`;
  const berlin = { plugin: 'justclick', login, api_key: key, base_url: service };
  writeFileSync(
    connections,
    table('berlin', berlin) + table('paris', { plugin: 'shop', address: shop, token: shopToken }),
  );
  const bundles = [bundle, shopBundle].flatMap((folder) => ['--bundle', join(folder, 'extism.json')]);
  const events = ['--deliver', deliver, '--deliver-secret', 'env:EVENTS_SECRET'];
  return [...bundles, '--connections', connections, 'serve', '--listen', '127.0.0.1:0', ...events];
}

/** Somebody who takes events. */
async function receives() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    taken.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(204).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}/events`, taken };
}

function byTheSpecification(load, document) {
  const Ajv = load('ajv').default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  load('ajv-formats').default(ajv);
  const valid = ajv.compile(load('@asyncapi/specs/schemas/3.0.0-without-$id.json'));
  check(valid(document), `the AsyncAPI document: ${JSON.stringify(valid.errors?.slice(0, 5))}`);
  const names = Object.keys(document.operations);
  check(names.some((name) => name.startsWith('shop.')) && names.includes('justclick.order_paid'), `${names}`);
  const broken = structuredClone(document);
  broken.operations[names[0]].action = 'shout';
  check(!valid(broken), 'the specification takes everything');
  proved(`the AsyncAPI document of ${names.length} triggers keeps the JSON Schema of AsyncAPI 3.0.0`);
}

/** An order is paid in the sandbox, and the event comes. */
async function told(load, base, receiver) {
  const { triggers } = await json(`${base}/v1/connections/berlin/triggers`);
  const { address } = triggers.find(({ name }) => name === 'order_paid');
  const send = (method, path, body) =>
    fetch(`${service}${path}`, { method, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
  const post = (path, body) => send('POST', path, body);
  const items = [{ good_name: 'invoice', title: 'Invoice', sum: '1500.00' }];
  const data = { email: 'client@email.com', created: 1362254400, items };
  check((await send('PUT', '/orders/100000', { data })).ok, 'the sandbox takes no order');
  check((await post('/control/shop', { webhooks: { order_paid: [address] } })).ok, 'the sandbox takes no address');
  check((await post('/control/events', { event: 'order_paid', bill_id: '100000' })).ok, 'the order is not paid');
  await until('an event', 30, () => receiver.taken.length > 0);
  const [{ headers, body }] = receiver.taken;

  const { Webhook } = load('standardwebhooks');
  const verified = new Webhook(SECRET).verify(body, headers);
  let forged;
  try {
    forged = new Webhook(SECRET).verify(body.replace('100000', '100001'), headers);
  } catch {
    // As it should be.
  }
  check(!forged, 'the library takes another body for the same signature');
  proved('the library of Standard Webhooks knows the event by its signature, and no other');

  const { HTTP } = load('cloudevents');
  const event = HTTP.toEvent({ headers, body });
  check(event.validate(), 'the event is none by the library of CloudEvents');
  same([event.type, event.source, event.subject], ['justclick.order_paid', '/justclick/berlin', '100000'], 'the event');
  same(event.data, verified.data, "the event's data");
  proved('the library of CloudEvents reads the event, in structured mode');
  return verified;
}

/** What came is what the document says. */
function byItsSchema(load, document, event) {
  const Ajv = load('ajv').default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  load('ajv-formats').default(ajv);
  const { payload } = document.components.messages['justclick.order_paid'];
  const valid = ajv.compile({ ...payload, components: document.components });
  check(valid(event), `the event: ${JSON.stringify(valid.errors)}`);
  check(!valid({ ...event, data: { ...event.data, bill_id: 7 } }), 'the schema takes everything');
  proved('the event keeps the schema that the AsyncAPI document has of it');
}

async function json(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  check(answer.ok, `${url} answers ${answer.status}`);
  return answer.json();
}

await suite('serve', main);
