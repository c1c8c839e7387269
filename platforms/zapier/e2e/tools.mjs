// What the run needs around itself: programs, the sandbox, and a tally of what was proved.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TOOLS = { 'zapier-platform-cli': '19.1.0', node: '22.23.3' };

let proved = 0;

/** Programs that may still be running. */
const running = new Set();

/** Runs one check and prints what it proves. */
export async function check(title, prove) {
  try {
    await prove();
  } catch (error) {
    error.message = `${title}: ${error.message}`;
    throw error;
  }
  proved += 1;
  console.log(`ok ${proved} - ${title}`);
}

export const checksPassed = () => proved;

export function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: "cargo xtask e2e zapier" sets it.`);
  return value;
}

/** Installs Zapier's command line and the Node.js that it needs; gives the environment to run them in. */
export function installZapier(work) {
  const folder = join(work, 'tools');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(work, 'home'), { recursive: true });
  const bin = join(folder, 'node_modules/.bin');
  const wanted = `${JSON.stringify({ private: true, dependencies: TOOLS }, null, 2)}\n`;
  writeFileSync(join(folder, 'package.json'), wanted);
  const env = {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    // Somebody's own login to Zapier is none of this run's business.
    HOME: join(work, 'home'),
    DISABLE_ZAPIER_ANALYTICS: '1',
    NO_UPDATE_NOTIFIER: '1',
    NO_COLOR: '1',
  };
  const complete = () => Object.entries(TOOLS).every(([name, version]) => versionIn(folder, name) === version);
  if (!complete()) run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  assert.match(run('node', ['--version'], { env }).out, /^v22\./);
  return { env, folder };
}

/** Runs a program to its end; fails if its exit code is not the one expected. */
export function run(program, args, { cwd, env, expect = 0, timeout = 300_000 } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== expect) {
    throw new Error(`"${[program, ...args].join(' ')}" ended with ${status ?? signal}:\n${stdout}\n${stderr}`);
  }
  return { out: stdout.trim(), err: stderr.trim() };
}

/** Starts a program that answers each line on its standard input with one on its standard output. */
export function converse(program, args, { cwd, env }) {
  const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
  running.add(child);
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  exited.then(() => running.delete(child));
  const lines = linesOf(child.stdout);
  let aside = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (aside += text));
  return {
    ask: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`The program ended without an answer:\n${aside}`);
      return JSON.parse(value);
    },
    /** What it has printed on its standard error. */
    aside: () => aside,
    /** Lets it end by itself, and gives its exit code. */
    end: () => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}

/** Ends what is still running. */
export function stopAll() {
  running.forEach((child) => child.kill('SIGKILL'));
}

async function* linesOf(stream) {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}

function versionIn(folder, name) {
  const found = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(found)) return undefined;
  return JSON.parse(readFileSync(found, 'utf8')).version;
}
