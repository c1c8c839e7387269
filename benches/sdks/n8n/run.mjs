// Runs workflows in the real n8n: `run.mjs BASE_URL INSTALLED OWN`. INSTALLED is the folder in which
// `cargo xtask e2e n8n` has n8n, or into which it is put; OWN is for what a run writes. Each line on standard input is a
// run, `{"contender", "items", "at_once"}`; the answer is a line with the seconds that its node took, and memory.
//
// Each run is a process of its own, so that nobody has another's memory.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { N8n } from '../../../platforms/n8n/e2e/n8n.mjs';
import { run, start, stopAll } from '../../../platforms/n8n/e2e/support.mjs';
import { credential, justClick, START, workflow } from '../../../platforms/n8n/e2e/workflows.mjs';

const LOGIN = 'username';
const API_KEY = 'X'.repeat(40);
const ORDER = { status: 'sent', date: 1362254400, rpo: '10000000000000' };
const FIRST_ORDER = 100_000;

/** How long the service takes, and so the pause between two batches of a node that does not wait for their end. */
const SERVICE_MS = 200;

/** More than n8n writes before it tells what came of a workflow. */
const LOGGED = 10_000;

const [, , baseUrl, installed, own] = process.argv;
const PACKAGE = fileURLToPath(new URL('../../../platforms/n8n', import.meta.url));

const md5 = (text) => createHash('md5').update(text).digest('hex');

/** What the service takes of an order, signed. */
function form(number) {
  const text = new URLSearchParams({ bill_id: number, ...ORDER }).toString();
  return `${text}&hash=${md5(`${text}::${LOGIN}::${API_KEY}`)}`;
}

/** Makes the items: each has an order's number, and the whole form for who can't make it. */
function items(count) {
  const numbers = Array.from({ length: count }, (_, at) => String(FIRST_ORDER + at));
  const all = numbers.map((number) => ({ number, form: form(number) }));
  const parameters = { mode: 'raw', jsonOutput: JSON.stringify({ items: all }), options: {} };
  return [
    { name: 'Data', type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters },
    {
      name: 'Orders',
      type: 'n8n-nodes-base.splitOut',
      typeVersion: 1,
      parameters: { fieldToSplitOut: 'items', options: {} },
    },
  ];
}

const CONTENDERS = {
  plugin(atOnce) {
    const options = { maxRetryWait: 0, batching: { batch: { batchSize: atOnce } } };
    return { ...justClick({ ...ORDER, options }), name: 'Call' };
  },
  /** It begins a batch, pauses, and begins the next, whether or not the first has been answered. */
  http_request(atOnce) {
    const batching = { batching: { batch: { batchSize: atOnce, batchInterval: SERVICE_MS } } };
    return {
      name: 'Call',
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4.2,
      parameters: {
        method: 'POST',
        url: `${baseUrl}/api/UpdateOrderStatus`,
        sendHeaders: true,
        headerParameters: { parameters: [{ name: 'accept', value: 'application/json' }] },
        sendBody: true,
        contentType: 'raw',
        rawContentType: 'application/x-www-form-urlencoded',
        body: '={{ $json.form }}',
        options: atOnce === null ? {} : batching,
      },
    };
  },
};

async function executed(n8n, { contender, items: count, at_once: atOnce }) {
  const id = `bench-${contender}-${count}-${atOnce}`;
  await n8n.import('workflow', [workflow(id, [START, ...items(count), CONTENDERS[contender](atOnce)])]);
  // A pipe would be read by this process, too late for n8n, which ends without waiting for it.
  const log = join(own, `${id}.log`);
  const file = openSync(log, 'w');
  const child = start(process.execPath, [n8n.command, 'execute', `--id=${id}`, '--rawOutput'], {
    env: await n8n.environment(),
    stdio: ['ignore', file, file],
  });
  let peak = null;
  // Until it tells what came of it: that takes memory, too.
  const watch = setInterval(() => {
    if (statSync(log).size < LOGGED) peak = peakBytes(child.pid) ?? peak;
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  closeSync(file);
  const output = readFileSync(log, 'utf8');
  assert.equal(code, 0, `n8n ended with ${code}:\n${output.slice(-3000)}`);
  const { data } = JSON.parse(output.slice(output.indexOf('{\n'), output.lastIndexOf('\n}') + 2));
  const [{ executionTime, data: made }] = data.resultData.runData.Call;
  const [given] = made.main;
  assert.equal(given.length, count);
  for (const { json } of given) assert.ok(json.error_code === 0 || json.message, JSON.stringify(json));
  return { seconds: executionTime / 1000, peak_bytes: peak };
}

function peakBytes(pid) {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    return null;
  }
}

async function main() {
  mkdirSync(own, { recursive: true });
  const n8n = await N8n.installed(resolve(installed), resolve(own));
  await run('node', ['build.mjs'], { cwd: PACKAGE });
  const packed = await run('npm', ['pack', '--json', '--pack-destination', resolve(own)], { cwd: `${PACKAGE}/dist` });
  await n8n.installNode(resolve(own, JSON.parse(packed)[0].filename));
  await n8n.import('credentials', [credential(baseUrl, LOGIN, API_KEY)]);
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await executed(n8n, JSON.parse(line))));
  }
}

try {
  await main();
} finally {
  await stopAll();
}
