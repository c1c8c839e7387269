// What all parts of the suite go by: the sandbox's account, and programs that are run in an empty environment.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { check, same } from '../checks.mjs';

export const { E2E_WORK: work, SANDBOX_URL: sandbox, SANDBOX_LOGIN: login, SANDBOX_KEY: key, XTASK: xtask } = process.env;

/** The account, as the environment of a program has it. */
export const account = (prefix) => ({
  [`${prefix}_LOGIN`]: login,
  [`${prefix}_API_KEY`]: key,
  [`${prefix}_BASE_URL`]: sandbox,
});

/** Longer than anything here takes, on a busy machine too. */
const LONGEST_MS = 15 * 60_000;

/** An empty folder. */
export function emptied(name) {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a program to its good end: what it prints. It has the variables that are given, and no others. */
export function ran(program, args, { cwd = work, env = {}, input } = {}) {
  const { status, stdout, stderr, error } = outcome(program, args, { cwd, env, input });
  check(status === 0, `${program} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
  return stdout;
}

/** Runs a program to any end. */
export function outcome(program, args, { cwd = work, env = {}, input } = {}) {
  const whole = { PATH: process.env.PATH, HOME: cwd, ...env };
  return spawnSync(program, args, { cwd, env: whole, input, encoding: 'utf8', maxBuffer: 1 << 27, timeout: LONGEST_MS });
}

/** A program of the system, or the Debian package that it is in. */
export function needed(program, debian) {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  const path = found.find((file) => spawnSync(file, ['--version']).error === undefined);
  check(path, `${program} is missing: apt-get install ${debian}`);
  return path;
}

/** Unpacks a tar, with gzip or without, into an empty folder. */
export function unpacked(archive, name) {
  const folder = emptied(name);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  return folder;
}

/** All files below a folder, by their paths. */
export function below(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
  return Object.fromEntries(paths.sort().map((path) => [path, sha256(readFileSync(join(folder, path)))]));
}

/** Holds files against others: those that are missing, further or different are named. */
export function sameFiles(actual, expected, what) {
  const names = Object.keys({ ...actual, ...expected });
  same(names.filter((name) => actual[name] !== expected[name]), [], `${what}: files that differ`);
}

export const sha256 = (content) => createHash('sha256').update(content).digest('hex');

export const parsed = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What has become of an order, as the sandbox has it. */
export async function order(id) {
  return (await fetch(`${sandbox}/orders/${id}`)).json();
}

/** Makes an order of its own to be changed. */
export async function newOrder(id) {
  const answer = await fetch(`${sandbox}/orders/${id}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
  check(answer.ok, `the sandbox makes no order ${id}: ${await answer.text()}`);
  return id;
}
