// The real n8n: installed once, with a fresh folder for its user's data on every run.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../tests/e2e/ports.mjs';
import { eventually, run, start } from './support.mjs';

/** The newest that runs on Node 20. */
const VERSION = '2.8.4';

const QUIET = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_VERIFIED_PACKAGES_ENABLED: 'false',
  N8N_ONBOARDING_FLOW_DISABLED: 'true',
};

export const OWNER = { email: 'owner@example.com', firstName: 'Olga', lastName: 'Owner', password: 'Sandbox1234' };

const HEAP = fileURLToPath(new URL('heap.cjs', import.meta.url));

/** Node's own headers, where it has them, for what is compiled: so nothing else is asked for them. */
function headers() {
  const folder = resolve(process.execPath, '../..');
  return existsSync(join(folder, 'include/node/node.h')) ? { npm_config_nodedir: folder } : {};
}

export class N8n {
  /** `own` is for what this run writes, where another may use the same installation. */
  static async installed(work, own = work) {
    const server = join(work, 'server');
    const marker = join(server, `installed-${VERSION}`);
    if (!existsSync(marker)) {
      mkdirSync(server, { recursive: true });
      // n8n's own xlsx does not come from the registry.
      const manifest = { private: true, dependencies: { n8n: VERSION }, overrides: { xlsx: '0.18.5' } };
      writeFileSync(join(server, 'package.json'), JSON.stringify(manifest));
      const env = { ...process.env, ...headers() };
      await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund'], { cwd: server, env, timeoutMs: 900_000 });
      writeFileSync(marker, '');
    }
    return new N8n(own, server);
  }

  constructor(work, server) {
    this.command = join(server, 'node_modules/.bin/n8n');
    this.userFolder = join(work, 'user');
    this.log = join(work, 'n8n.log');
    this.heapFile = join(work, 'heap');
    this.require = createRequire(join(server, 'node_modules/n8n/package.json'));
    rmSync(this.userFolder, { recursive: true, force: true });
    rmSync(this.log, { force: true });
  }

  /** As README.md tells users of self-hosted n8n. */
  async installNode(tarball) {
    const nodes = join(this.userFolder, '.n8n/nodes');
    mkdirSync(nodes, { recursive: true });
    await run('npm', ['install', '--prefix', nodes, tarball, '--no-audit', '--no-fund']);
    return readdirSync(join(nodes, 'node_modules')).filter((name) => !name.startsWith('.'));
  }

  async environment() {
    const [own, broker] = await freePorts(2);
    return {
      ...process.env,
      ...QUIET,
      N8N_USER_FOLDER: this.userFolder,
      DB_TYPE: 'sqlite',
      N8N_HOST: '127.0.0.1',
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_PORT: String(this.port ?? own),
      N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
      N8N_RUNNERS_BROKER_PORT: String(broker),
      N8N_SECURE_COOKIE: 'false',
      N8N_LOG_LEVEL: 'info',
      NODE_OPTIONS: '',
      // The sandbox, and the line to it, are on this machine.
      PLUGIN_ALLOW_PRIVATE: '*',
    };
  }

  /** One of n8n's commands, such as `import:workflow`; what it printed. */
  async cli(...args) {
    const output = await run(this.command, args, { env: await this.environment() });
    writeFileSync(this.log, output, { flag: 'a' });
    return output;
  }

  async import(kind, what) {
    const file = join(this.userFolder, '..', `${kind}.json`);
    writeFileSync(file, JSON.stringify(what));
    try {
      await this.cli(`import:${kind}`, `--input=${file}`);
    } finally {
      // Credentials are in it.
      rmSync(file);
    }
  }

  /** Runs a workflow on the command line; the data of the runs, by node. */
  async execute(id) {
    const output = await this.cli('execute', `--id=${id}`, '--rawOutput');
    const json = output.slice(output.indexOf('{\n'));
    return JSON.parse(json.slice(0, json.lastIndexOf('}') + 1));
  }

  async start() {
    [this.port] = await freePorts(1);
    this.url = `http://127.0.0.1:${this.port}`;
    const env = { ...(await this.environment()), N8N_LOG_LEVEL: 'debug', HEAP_FILE: this.heapFile };
    this.process = start(process.execPath, ['--require', HEAP, this.command, 'start'], { env, log: this.log });
    const answer = async (path) => (await fetch(this.url + path)).text();
    await eventually(async () => (await answer('/rest/settings')).startsWith('{'));
    // Its pages come after its API, and until then it answers for them with something else.
    await eventually(async () => (await answer('/signin')).includes('<div id="app"'));
  }

  /** Once its owner has been set up. */
  async logIn() {
    const { email, password } = OWNER;
    const { headers } = await this.send('POST', '/rest/login', { emailOrLdapLoginId: email, password });
    const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    this.cookie = cookies.join('; ');
  }

  async send(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', 'browser-id': 'e2e', ...(this.cookie && { cookie: this.cookie }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) assert.fail(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  async api(method, path, body) {
    return (await (await this.send(method, `/rest${path}`, body)).json()).data;
  }

  /** Megabytes that are in use, without garbage. */
  async heapMb() {
    rmSync(this.heapFile, { force: true });
    this.process.kill('SIGUSR2');
    const bytes = await eventually(() => readFileSync(this.heapFile, 'utf8'));
    return Math.round(Number(bytes) / 1024 / 1024);
  }

  /** Lets a workflow's webhook answer, and its polls begin. */
  async activate(id) {
    const { versionId } = await this.api('GET', `/workflows/${id}`);
    await this.api('POST', `/workflows/${id}/activate`, { versionId });
  }

  deactivate(id) {
    return this.api('POST', `/workflows/${id}/deactivate`);
  }

  /** Where a service sends to. */
  hook(id) {
    return `${this.url}/webhook/${id}/webhook`;
  }

  /** What a workflow answers at its webhook. It is there some time after the workflow has been activated. */
  webhook(path, body) {
    const headers = { 'content-type': 'application/json' };
    const post = () => fetch(`${this.url}/webhook/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return eventually(async () => {
      const answer = await post();
      return answer.status !== 404 && answer;
    });
  }

  /** The newest execution of a workflow, with its data. */
  async newestExecution(workflowId) {
    const ended = await eventually(async () => {
      const newest = await this.#newest(workflowId);
      return newest && !isUnderWay(newest) && newest;
    });
    const execution = await this.api('GET', `/executions/${ended.id}`);
    return { ...execution, data: this.require('flatted').parse(execution.data) };
  }

  /** All that have ended of a workflow, the newest first, once there are so many. */
  executions(workflowId, count) {
    return eventually(async () => {
      const ended = (await this.#all(workflowId)).filter((execution) => !isUnderWay(execution));
      return ended.length >= count && ended;
    });
  }

  /** What a node gave in an execution. */
  async output({ id }, node) {
    const { data } = await this.api('GET', `/executions/${id}`);
    const { resultData } = this.require('flatted').parse(data);
    return resultData.runData[node][0].data.main[0].map(({ json }) => json);
  }

  /** The execution of a workflow that has begun and not ended. */
  executionUnderWay(workflowId) {
    return eventually(async () => {
      const newest = await this.#newest(workflowId);
      return newest && isUnderWay(newest) && newest;
    });
  }

  async #newest(workflowId) {
    return (await this.#all(workflowId, 1))[0];
  }

  async #all(workflowId, limit = 50) {
    const filter = encodeURIComponent(JSON.stringify({ workflowId }));
    return (await this.api('GET', `/executions?filter=${filter}&limit=${limit}`)).results;
  }
}

function isUnderWay({ status }) {
  return status === 'new' || status === 'running';
}
