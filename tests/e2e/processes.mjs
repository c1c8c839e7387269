// Programs that are started and, whatever happens, stopped: by process id.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();

// Not even an end in the middle of something leaves a server behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

export { sleep };

/** Waits until `attempt` gives something, asking again while it gives nothing or fails. */
export async function until(what, seconds, attempt, pause = 100) {
  const end = Date.now() + seconds * 1000;
  let last = 'no answer';
  while (Date.now() < end) {
    try {
      const found = await attempt();
      if (found) return found;
    } catch (error) {
      last = error.message;
    }
    await sleep(pause);
  }
  throw new Error(`${what}: not within ${seconds} s (${last})`);
}

/** Starts a program whose output goes to a file. */
export function start(program, args, env, log) {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = createWriteStream(log, { flags: 'a' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      file.write(data);
      // Only the beginning is ever looked for.
      if (output.length < 4096) output += data;
    });
  }
  running.add(child);
  const ended = new Promise((done) => {
    child.once('error', (error) => {
      output += error.message;
      running.delete(child);
      done(null);
    });
    child.once('exit', (code) => {
      running.delete(child);
      done(code);
    });
  });
  const gone = () => !running.has(child);
  return {
    gone,
    /** The first match in what it has printed. */
    printed: (pattern, seconds = 30) =>
      until(`${program} printing ${pattern}`, seconds, () => {
        const match = pattern.exec(output);
        if (!match && gone()) throw new Error(`it ended: ${output}`);
        return match;
      }),
    /** Sends a signal, and waits for the end: its exit code, or null if a signal ended it. */
    stop: async (signal = 'SIGKILL') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Stops all that still runs. */
export async function stopAll() {
  const children = [...running];
  children.forEach((child) => child.kill('SIGKILL'));
  await until('all servers ending', 10, () => running.size === 0);
}

/** What a log holds. */
export const read = (path) => readFile(path, 'utf8');
