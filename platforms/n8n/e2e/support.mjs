// What every part of the run needs: checks that are counted, processes that are stopped, free ports.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

let checks = 0;
const running = new Set();

/** Says what is proved, once `proof` has not thrown. What `proof` gives is for the line's end. */
export async function check(what, proof) {
  try {
    const detail = await proof();
    checks += 1;
    console.log(`ok  ${what}${typeof detail === 'string' ? ` (${detail})` : ''}`);
  } catch (error) {
    throw new Error(`FAILED: ${what}`, { cause: error });
  }
}

export const counted = () => checks;

export function variable(name) {
  const value = process.env[name];
  assert.ok(value, `Set ${name}: see README.md, "Tests".`);
  return value;
}

/** Runs a command to its end; fails with its output's end. */
export async function run(command, args, { timeoutMs = 120_000, ...options } = {}) {
  const child = start(command, args, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  const line = [command, ...args].join(' ');
  assert.equal(code, 0, `"${line}" ended with ${code ?? signal}:\n${(output + errors).slice(-3000)}`);
  return output;
}

/** Starts a process that ends with this one at the latest. */
export function start(command, args, { log, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  child.on('exit', () => running.delete(child));
  if (log) {
    const file = createWriteStream(log, { flags: 'a' });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
  }
  return child;
}

/** The signal that was needed. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return null;
  const ended = once(child, 'exit');
  let signal = 'SIGTERM';
  child.kill(signal);
  const timer = setTimeout(() => child.kill((signal = 'SIGKILL')), 30_000);
  await ended;
  clearTimeout(timer);
  return signal;
}

export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/** Asks again until there is an answer. */
export async function eventually(ask, { timeoutMs = 180_000, everyMs = 250 } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      throw new Error('no answer');
    } catch (error) {
      if (Date.now() > end) throw new Error(`nothing within ${timeoutMs / 1000} s`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
