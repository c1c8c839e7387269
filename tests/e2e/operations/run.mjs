// What operators are given, in the real Prometheus: the alert rules and their tests by promtool, and every
// query of the dashboard against a Prometheus that has scraped a real `plugin-host serve`.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { programs, ran } from '../debian.mjs';
import { freePorts } from '../ports.mjs';
import { sleep, start, until } from '../processes.mjs';
import { suite } from '../suite.mjs';

const { PLUGIN_HOST: pluginHost, SHOP_BUNDLE: bundle, SHOP_URL: shop, SHOP_TOKEN: token, E2E_WORK: work } = process.env;
const OPS = resolve('../../../ops');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

async function main() {
  check(existsSync(pluginHost ?? '') && bundle && shop && token && work, 'run it as `cargo xtask e2e operations`');
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [prometheus, promtool] = programs(work, 'prometheus', ['prometheus', 'promtool']);

  ran(promtool, ['check', 'rules', 'alerts.yml'], OPS);
  proved('Prometheus takes the alert rules');
  ran(promtool, ['test', 'rules', 'alerts.test.yml'], OPS);
  proved('the alert rules say what they are to say, and nothing else');

  const [metrics, guardedMetrics, port] = await freePorts(3);
  const base = await served(folder, metrics);
  const guarded = await guardedBy(folder, guardedMetrics);
  const config = join(folder, 'prometheus.yml');
  const rules = join(OPS, 'alerts.yml');
  const jobs = { job_name: 'plugin-host', static_configs: [{ targets: [metrics, guardedMetrics].map((port) => `127.0.0.1:${port}`) }] };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: '1s', evaluation_interval: '1s' }, rule_files: [rules], scrape_configs: [jobs] }));
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`];
  start(prometheus, args, {}, join(folder, 'prometheus.log'));
  const ask = (path) => json(`http://127.0.0.1:${port}/api/v1/${path}`);
  await until('Prometheus being ready', 60, async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok);

  const calling = calls(base);
  const queries = queriesOf(JSON.parse(readFileSync(join(OPS, 'dashboard.json'), 'utf8')));
  check(queries.length >= 20, 'the dashboard has lost its queries');
  for (const { title, query } of queries) {
    const found = async () => {
      await calling();
      await guarded();
      const { data } = await ask(`query?query=${encodeURIComponent(query)}`);
      return data.result.some(({ value }) => value[1] !== 'NaN');
    };
    await until(`"${title}" showing something: ${query}`, 60, found, 500);
  }
  proved('each query of the dashboard finds what a server has counted');
  const firing = async (name) => {
    const { data } = await ask('alerts');
    return data.alerts.some(({ labels, state }) => labels.alertname === name && state === 'firing');
  };
  for (const name of ['PluginHostNoAudit', 'PluginHostOutOfScope']) {
    await until(`${name} firing`, 60, async () => (await guarded(), firing(name)), 500);
  }
  proved('Prometheus tells of an audit that can not be written, and of a token that is tried out');

  const { data } = await ask('rules');
  const loaded = data.groups.flatMap(({ rules }) => rules);
  same(loaded.filter(({ health }) => health !== 'ok').length, 0, 'rules that can not be evaluated');
  same(loaded.some(({ name }) => name === 'PluginHostDown'), true, 'the rules being loaded');
  proved('Prometheus evaluates all rules');
  const named = loaded.map(({ query }) => query).concat(queries.map(({ query }) => query));
  const names = new Set(named.flatMap((query) => query.match(/plugin_host_[a-z_]+/g) ?? []));
  const { data: known } = await ask('label/__name__/values');
  const unknown = [...names].filter((name) => !known.includes(name));
  same(unknown.join(', '), '', 'names in rules and queries that no server has');
  proved('no rule and no query names a series that is not there');
}

/** A server with events, whose receiver takes none but the first. */
async function served(folder, metrics) {
  let taken = 0;
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(taken++ === 0 ? 204 : 503).end());
  });
  await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready));
  const connections = join(folder, 'connections.toml');
  const table = `address = ${JSON.stringify(shop)}\ntoken = ${JSON.stringify(token)}\n`;
  writeFileSync(connections, `[berlin]\n${table}`, { mode: 0o600 });
  const args = ['--bundle', join(bundle, 'extism.json'), '--connections', connections, 'serve', '--listen', '127.0.0.1:0'];
  const triggers = join(folder, 'triggers.toml');
  const to = `deliver = "http://127.0.0.1:${receiver.address().port}/"\nsecret = "env:EVENTS_SECRET"\n`;
  writeFileSync(triggers, `${to}[berlin.order_created]\nevery = "1s"\n[berlin.order_paid]\n`);
  args.push('--metrics-listen', `127.0.0.1:${metrics}`, '--triggers', triggers);
  const server = start(pluginHost, args, { STATE_DIRECTORY: folder, EVENTS_SECRET: SECRET }, join(folder, 'plugin-host.log'));
  const [, base] = await server.printed(/on (http:\/\/\S+)\n/);
  return base;
}

/** A server with tokens, whose audit finds no room, and one who calls it. */
async function guardedBy(folder, metrics) {
  const connections = join(folder, 'connections.toml');
  const tokens = join(folder, 'tokens.toml');
  const secret = 'n8n-0123456789abcdef';
  const sha256 = createHash('sha256').update(secret).digest('hex');
  writeFileSync(tokens, `[tokens.n8n]\nsha256 = "${sha256}"\nactions = ["find_orders"]\n`);
  const args = ['--bundle', join(bundle, 'extism.json'), '--connections', connections, '--audit', '/dev/full'];
  args.push('serve', '--listen', '127.0.0.1:0', '--tokens', tokens, '--metrics-listen', `127.0.0.1:${metrics}`);
  const state = join(folder, 'guarded');
  const server = start(pluginHost, args, { STATE_DIRECTORY: state }, join(folder, 'guarded.log'));
  const [, base] = await server.printed(/on (http:\/\/\S+)\n/);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  const call = async (action) => {
    const url = `${base}/v1/connections/berlin/actions/${action}`;
    return (await fetch(url, { method: 'POST', headers, body: '{}' })).status;
  };
  // The line of the first call finds no room, and so no other is made.
  await call('find_orders');
  return async () => {
    same(await call('find_orders'), 503, 'the status of a call that no line can be written of');
    same(await call('create_order'), 403, 'the status of a call that the token is not for');
  };
}

/** Makes what there is to be counted: calls, one answer given again, a refused request, a webhook. */
function calls(base) {
  let made = 0;
  return async () => {
    made += 1;
    const action = `${base}/v1/connections/berlin/actions/create_order`;
    const input = { request_id: `r-${made}`, customer: 7, goods: [{ sku: 'A-101', count: 2 }] };
    const headers = { 'content-type': 'application/json', 'idempotency-key': `key-${made}` };
    for (let times = 0; times < 2; times += 1) {
      const answer = await fetch(action, { method: 'POST', headers, body: JSON.stringify(input) });
      check(answer.ok, `create_order: ${answer.status} ${await answer.text()}`);
    }
    await fetch(action, { method: 'POST', body: 'no JSON' });
    const { triggers } = await json(`${base}/v1/connections/berlin/triggers`);
    const hook = triggers.find(({ address }) => address);
    if (hook) await fetch(hook.address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    await sleep(200);
  };
}

/** The dashboard's queries, with its variables as it begins with them. */
function queriesOf({ panels }) {
  const plain = (query) => query.replaceAll('$__rate_interval', '30s').replaceAll(/\$(plugin|connection)/g, '.*');
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, query: plain(expr) })));
}

async function json(url) {
  const answer = await fetch(url);
  check(answer.ok, `${url}: ${answer.status}`);
  return answer.json();
}

suite('operations', main);
