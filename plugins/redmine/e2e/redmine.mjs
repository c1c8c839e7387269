// The real Redmine of Debian, with an instance of its own: its database, its files and its log are in a folder here.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, same } from '../../../tests/e2e/checks.mjs';
import { apt } from '../../../tests/e2e/debian.mjs';
import { freePorts } from '../../../tests/e2e/ports.mjs';
import { until } from '../../../tests/e2e/processes.mjs';

const PROGRAM = '/usr/share/redmine/config/environment.rb';
const PACKAGES = ['redmine', 'redmine-sqlite', 'ruby-sqlite3', 'ruby-webrick'];
/** As many are installed: below another path than /, beside other programs. */
const PATH = '/tracker';

/** Installs Debian's packages, where this user may. */
function install() {
  if (existsSync(PROGRAM)) return;
  check(process.getuid() === 0, `Redmine is missing: install Debian's packages ${PACKAGES.join(' ')}`);
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', ...PACKAGES]);
}

/** Starts one; `redmine.rb` says what is in it. */
export async function startRedmine(work) {
  install();
  const folder = join(work, 'instance');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['config', 'log', 'tmp', 'files']) mkdirSync(join(folder, name), { recursive: true });
  const database = { production: { adapter: 'sqlite3', database: join(folder, 'redmine.db'), timeout: 10_000 } };
  writeFileSync(join(folder, 'config/database.yml'), JSON.stringify(database));
  writeFileSync(join(folder, 'config/secret_key.txt'), randomBytes(40).toString('hex'));
  writeFileSync(join(folder, 'Gemfile'), "eval_gemfile '/usr/share/redmine/Gemfile'\ngem 'webrick'\n");
  const [port] = await freePorts(1);
  const log = openSync(join(folder, 'log/start.log'), 'w');
  const child = spawn(
    'ruby',
    ['-rbundler/setup', fileURLToPath(new URL('redmine.rb', import.meta.url)), String(port)],
    {
      stdio: ['pipe', 'pipe', log],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        LANG: 'C.UTF-8',
        RAILS_ENV: 'production',
        BUNDLE_GEMFILE: join(folder, 'Gemfile'),
        RAILS_RELATIVE_URL_ROOT: PATH,
        // From Debian's folder of instances.
        REDMINE_INSTANCE: `../../../..${folder}`,
      },
    },
  );
  closeSync(log);
  process.on('exit', () => child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (text) => (told += text));
  const ended = () =>
    child.exitCode !== null &&
    `with ${child.exitCode}: ${readFileSync(join(folder, 'log/start.log'), 'utf8').slice(0, 2000)}`;
  const url = `http://127.0.0.1:${port}${PATH}`;
  await until('Redmine', 120, async () => {
    if (ended()) return true;
    // Until then it does not listen, and another program may.
    if (!told.includes('\n')) return false;
    return (await fetch(`${url}/trackers.json`, { signal: AbortSignal.timeout(5_000) })).status === 200;
  });
  check(!ended(), `Redmine ended: ${ended()}`);
  return new Redmine(url, JSON.parse(told.slice(told.indexOf('{'))), child);
}

/** What a test knows of it beside the plugin. */
class Redmine {
  constructor(url, world, child) {
    Object.assign(this, { url, world, child });
  }

  /** Its REST API, as the administrator. */
  async api(path, method = 'GET', body) {
    const headers = { 'x-redmine-api-key': this.world.keys.admin, 'content-type': 'application/json' };
    // A connection of its own: one that is kept is closed while a platform is waited for.
    const [status, text] = await new Promise((done, fail) => {
      const asked = request(this.url + path, { method, headers, agent: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => (text += part));
        answer.on('end', () => done([answer.statusCode, text]));
      });
      asked.on('error', fail).end(body && JSON.stringify(body));
    });
    check(status < 300, `Redmine answers ${status} to ${method} ${path}: ${text.slice(0, 300)}`);
    return text && JSON.parse(text);
  }

  /** An issue. */
  async issue(id) {
    return (await this.api(`/issues/${id}.json?include=watchers`)).issue;
  }

  /** The issues of a subject. */
  async ofSubject(subject) {
    const { issues } = await this.api(`/issues.json?status_id=*&limit=100&subject=${encodeURIComponent(subject)}`);
    return issues.filter((issue) => issue.subject === subject);
  }

  /** The account of somebody, as a connection. */
  account(who) {
    return { base_url: this.url, api_key: this.world.keys[who] ?? who };
  }

  async stop() {
    this.child.stdin.end();
    await until('Redmine ending', 30, () => this.child.exitCode !== null || this.child.signalCode !== null);
    same(this.child.exitCode, 0, "Redmine's exit code");
  }
}
