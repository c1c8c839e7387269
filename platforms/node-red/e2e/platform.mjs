// The real Node-RED: installs it, starts it, talks to its admin API.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { freePorts } from '../../../tests/e2e/ports.mjs';

export const KEY_SECRET = 'the secret of the test’s own credentials file';

/** Installs packages of npm into a folder, unless they are there. */
export function install(folder, packages) {
  const marker = join(folder, 'installed.txt');
  if (existsSync(marker)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  npm(folder, ['install', '--no-audit', '--no-fund', '--ignore-scripts=false', ...packages]);
  writeFileSync(marker, packages.join('\n'));
  return folder;
}

export function npm(folder, args) {
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Of somebody who may look, and change nothing. Whoever has none may do everything. */
export const READER = 'reader';

const ADMIN_AUTH = `{
  type: 'credentials',
  users: async () => null,
  default: async () => ({ anonymous: true, permissions: '*' }),
  tokens: async (token) => (token === '${READER}' ? { username: token, permissions: 'read' } : null),
}`;

/** A Node-RED of its own, with packages installed as its palette does it; `more` are settings. */
export async function start({ program, node, work, tarballs, more = {} }) {
  const userDir = join(work, 'user');
  rmSync(userDir, { recursive: true, force: true });
  mkdirSync(userDir, { recursive: true });
  writeFileSync(join(userDir, 'package.json'), '{"name": "node-red-project", "private": true}');
  const files = tarballs.map((tarball) => basename(tarball));
  for (const [at, file] of files.entries()) cpSync(tarballs[at], join(userDir, file));
  npm(userDir, ['install', '--no-audit', '--no-fund', ...files.map((file) => `./${file}`)]);
  const [port] = await freePorts(1);
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    userDir,
    credentialSecret: KEY_SECRET,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    logging: { console: { level: 'trace', metrics: false, audit: false } },
    ...more,
  };
  const file = join(userDir, 'settings.js');
  writeFileSync(file, `module.exports = { ...${JSON.stringify(settings)}, adminAuth: ${ADMIN_AUTH} };`);
  const command = [node, join(program, 'node_modules', 'node-red', 'red.js'), '--settings', file];
  const platform = new Platform(command, `http://127.0.0.1:${port}`, userDir);
  await platform.launch();
  return platform;
}

class Platform {
  constructor(command, url, userDir) {
    Object.assign(this, { command, url, userDir, log: '', before: '' });
  }

  /** Starts it, with the flows that it had. */
  async launch() {
    const [node, ...args] = this.command;
    // The sandbox is on this machine.
    this.process = spawn(node, args, { env: { ...process.env, PLUGIN_ALLOW_PRIVATE: '*' } });
    this.before += this.log;
    this.log = '';
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (text) => (this.log += text));
    this.ended = new Promise((resolve) => this.process.on('exit', resolve));
    await this.ready();
  }

  /** As a power cut ends it. */
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Waits until it listens, and the flows have been started so many times. */
  async ready(times = 1) {
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.process.exitCode !== null) throw new Error(`Node-RED ended at once:\n${this.log}`);
      if (this.log.includes('Server now running') && this.started() >= times) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`Node-RED did not start within a minute:\n${this.log}`);
  }

  /** Its admin API. */
  async admin(path, body, headers = {}) {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(this.url + path, {
      ...request,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Node-RED answers ${answer.status} to ${path}: ${text}`);
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  started() {
    return this.log.split(/Started (?:modified )?(?:flows|nodes)/).length - 1;
  }

  /** `kind`: `full`, or what has changed alone, `nodes`. */
  async deploy(flows, kind = 'full') {
    const before = this.started();
    await this.admin('/flows', flows, { 'node-red-deployment-type': kind });
    await this.ready(before + 1);
  }

  async stop() {
    this.process.kill();
    const late = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(late);
  }
}
