// The built module in Extism's JavaScript SDK: the snippet of docs/sdks.md, then every case of cases.json and
// every.json.

import { execFile } from 'node:child_process';
import { copyFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const { JUSTCLICK_DIST, SANDBOX, JUSTCLICK_LOGIN: LOGIN, JUSTCLICK_API_KEY: API_KEY, SDK_FOLDER } = process.env;
const DIST = resolve(JUSTCLICK_DIST);
const ACCOUNT = { login: LOGIN, api_key: API_KEY, base_url: SANDBOX };
const ORDER = '100000';
const OTHER_KEY = 'another-key-that-is-secret-too';
// A call that takes longer hangs.
const PATIENCE_MS = 60_000;
/** When webhooks come. */
const NOW = 1362340860;
const TOOLS = join(HERE, '../../manifest/tools.json');

const PACKAGE = join(resolve(SDK_FOLDER), 'node_modules', '@extism', 'extism');
const { version, exports } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
const { createPlugin } = await import(pathToFileURL(join(PACKAGE, exports.node.import.default)));
// As cases.json calls it.
const SDK = `javascript ${version}`;

function check(condition, reason) {
  if (!condition) throw new Error(reason);
}

/** The sandbox's own face: GET, or PUT of what is to change. */
async function ask(path, change) {
  const request = change === undefined ? {} : { method: 'PUT', body: JSON.stringify(change) };
  const answer = await fetch(SANDBOX + path, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
  check(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
  return answer.json();
}

const prepare = (misbehaviour = null) =>
  ask(`/orders/${ORDER}`, { status: 'new', date: null, rpo: null, misbehaviour });

/** The text, once it is certain that it holds no key. */
function guarded(text) {
  check(![API_KEY, OTHER_KEY].some((key) => text.includes(key)), 'the API key is in what came out');
  return text;
}

/** Where `actual` differs; it may hold more. `null` is what is not there. */
function difference(expected, actual, at = '') {
  const both = (test) => test(expected) && test(actual);
  if (both(Array.isArray) ? expected.length === actual.length : both((value) => value?.constructor === Object)) {
    for (const [name, value] of Object.entries(expected)) {
      const found = difference(value, actual[name] ?? null, `${at}.${name}`);
      if (found) return found;
    }
    return null;
  }
  const shown = () => `${at || 'it'} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
  return isDeepStrictEqual(expected, actual) ? null : shown();
}

/** As in the snippet: whatever this throws would end the worker, and the next call would hang. */
const safeFetch = (url, request) =>
  fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
    .then(async (response) => new Response(await response.arrayBuffer(), response))
    .catch(() => Response.error());

async function instance(config, allowedHosts = ['127.0.0.1', 'localhost']) {
  const manifest = JSON.parse(await readFile(join(DIST, 'extism.json'), 'utf8'));
  for (const wasm of manifest.wasm) wasm.path = join(DIST, wasm.path);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  return createPlugin(manifest, { config: given, allowedHosts, fetch: safeFetch, runInWorker: true });
}

const INSTANCES = new Map();

/** One instance a configuration, so that it has to outlive the errors it gives. */
async function configured(change) {
  const name = JSON.stringify(change);
  if (!INSTANCES.has(name)) INSTANCES.set(name, await instance({ ...ACCOUNT, ...change }));
  return INSTANCES.get(name);
}

const json = async (path) => JSON.parse(await readFile(path, 'utf8'));
// Other languages are of the bundle, not of the module.
const { i18n: _, ...DESCRIBE } = await json(join(DIST, 'describe.json'));
const KNOWN = {
  $SANDBOX: SANDBOX,
  $LOGIN: LOGIN,
  $DESCRIBE: DESCRIBE,
  $TOOLS: await json(TOOLS),
};

/** What a case can't spell out: `$SANDBOX`, `$LOGIN`, and what follows from the bundle. */
function filled(value) {
  if (value?.constructor === Object) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member)]));
  }
  return KNOWN[value] ?? value;
}

/** Output and error text; one of the two is undefined. */
async function outcome(plugin, name, data) {
  let timer;
  const hangs = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the call hangs')), PATIENCE_MS);
  });
  try {
    return { output: guarded((await Promise.race([plugin.call(name, data), hangs])).text()) };
  } catch (thrown) {
    guarded(String(thrown.stack));
    return { error: thrown.message.replace(/^Plugin-originated error: /, '') };
  } finally {
    clearTimeout(timer);
  }
}

function checkError(expected, { output, error }) {
  check(error !== undefined, `it succeeded: ${output}`);
  check(!error.includes('\n'), `the error has more than one line: ${error}`);
  check(error.startsWith('{'), `not an error document: ${error}`);
  const found = difference(expected, JSON.parse(error));
  check(!found, `${found}: ${error}`);
}

function checkOutput(expected, output) {
  check(isDeepStrictEqual(JSON.parse(output), expected), `the output is ${output}, not ${JSON.stringify(expected)}`);
}

function checkTool(expected, output) {
  const { content, structuredContent, isError } = JSON.parse(output);
  check(isError === 'error' in expected, `isError is ${isError}`);
  check(isDeepStrictEqual(content.map(({ type }) => type), ['text']), `not one text: ${output}`);
  if (isError) {
    check(structuredContent === undefined, 'an error has structured content');
    checkError(expected.error, { error: content[0].text });
  } else {
    checkOutput(expected.output, content[0].text);
    check(isDeepStrictEqual(structuredContent, expected.output), `the structured content differs: ${output}`);
  }
}

async function checkOrder(expected) {
  const found = difference(expected, await ask(`/orders/${ORDER}`));
  check(!found, `the order afterwards: ${found}`);
}

/** What the export is given, as text. */
function given({ raw, form, input }) {
  if (raw !== undefined) return raw;
  if (form === undefined) return input === undefined ? '' : JSON.stringify(input);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = Buffer.from(form).toString('base64');
  return JSON.stringify({ input: {}, method: 'POST', headers, query: '', body, now: NOW });
}

async function run(test) {
  await prepare(test.misbehaviour);
  const { count: before } = await ask('/requests');
  const got = await outcome(await configured(test.config ?? {}), test.call, given(test));
  const expected = test.instead?.[SDK] ?? test;
  if ('error' in expected) {
    checkError(expected.error, got);
  } else if ('thrown' in expected) {
    check(got.error === expected.thrown, `the error is ${got.error}`);
  } else {
    check(got.error === undefined, `it failed: ${got.error}`);
    if ('tool' in expected) checkTool(expected.tool, got.output);
    else checkOutput(filled(expected.output), got.output);
  }
  const { count, requests } = await ask('/requests');
  if (test.unsent) check(count === before, 'a request was sent');
  if (test.request) {
    check(count === before + 1, `${count - before} requests were sent, not one`);
    const found = difference(test.request, requests.at(-1));
    check(!found, `the request: ${found}`);
  }
  await checkOrder(test.after ?? {});
}

/** Runs the lines of docs/sdks.md as a reader would: beside the bundle and the SDK, with three variables set. */
async function snippet(apiKey) {
  const folder = await mkdtemp(join(resolve(SDK_FOLDER), 'snippet-'));
  try {
    await cp(DIST, join(folder, 'dist'), { recursive: true });
    await copyFile(join(HERE, 'snippets', 'javascript.mjs'), join(folder, 'main.mjs'));
    const account = { JUSTCLICK_LOGIN: LOGIN, JUSTCLICK_API_KEY: apiKey, JUSTCLICK_BASE_URL: SANDBOX };
    // Node warns of WASI, which the SDK imports and the module does not use.
    const options = { cwd: folder, env: { ...process.env, ...account, NODE_NO_WARNINGS: '1' }, timeout: PATIENCE_MS };
    const done = await new Promise((give) => {
      execFile(process.execPath, ['main.mjs'], options, (error, stdout, stderr) =>
        give({ code: error ? error.code : 0, stdout, stderr }));
    });
    guarded(done.stdout + done.stderr);
    return done;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const CASES = (await Promise.all(['cases.json', 'every.json'].map((name) => json(join(HERE, name))))).flatMap(
  ({ cases }) => cases,
);

const TESTS = {
  async 'the snippet of the readme changes the order'() {
    await prepare();
    const { code, stdout, stderr } = await snippet(API_KEY);
    check(code === 0, `it failed: ${stderr}`);
    checkOutput(CASES[0].output, stdout);
    await checkOrder(CASES[0].after);
  },

  async 'the snippet of the readme shows the message of an error'() {
    await prepare();
    const { code, stdout, stderr } = await snippet(OTHER_KEY);
    const { error } = await outcome(await configured({ api_key: OTHER_KEY }), 'check_connection', '');
    check(code === 1 && stdout === '', `it ended with ${code} and wrote ${stdout}`);
    check(stderr.trim() === JSON.parse(error).message, `it wrote ${stderr}`);
  },

  async 'an address that the host does not allow is not called'() {
    const { count: before } = await ask('/requests');
    const plugin = await instance(ACCOUNT, ['shop.example']);
    // The worker is gone after this: README.md beside this file.
    const { error } = await outcome(plugin, 'check_connection', '');
    check(error?.includes('is not allowed'), `the error is ${error}`);
    check((await ask('/requests')).count === before, 'a request was sent');
  },

  async 'a connection that breaks is an error and the same instance works on'() {
    const plugin = await configured({});
    const order = JSON.stringify({ bill_id: ORDER, status: 'cancel' });
    const noAnswer = { kind: 'unavailable', retry: 'later', effect: 'unknown', upstream: { http_status: 0 } };
    await prepare('drop-after');
    checkError(noAnswer, await outcome(plugin, 'update_order_status', order));
    await prepare();
    const { error } = await outcome(plugin, 'update_order_status', order);
    check(error === undefined, `the next call failed: ${error}`);
    // What a long-lived instance needs after each call: README.md beside this file.
    check(await plugin.reset(), 'the instance was not reset');
    checkOutput({ login: LOGIN, base_url: SANDBOX }, (await outcome(plugin, 'check_connection', '')).output);
  },
};

const named = Object.entries(TESTS).concat(CASES.map((test) => [test.name, () => run(test)]));
const order = await ask(`/orders/${ORDER}`);
let failed = 0;
for (const [name, test] of named) {
  try {
    await test();
    console.log(`ok  ${name}`);
  } catch (reason) {
    failed += 1;
    console.log(`FAILED  ${name}: ${String(reason.message).replaceAll(API_KEY, '***')}`);
  }
}
await ask(`/orders/${ORDER}`, order);
await Promise.all([...INSTANCES.values()].map((plugin) => plugin.close()));
console.log(`${named.length - failed} passed, ${failed} failed`);
// Not only the code: a worker that hangs would keep the process alive.
process.exit(failed ? 1 : 0);
