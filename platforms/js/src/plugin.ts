/** Loads a module, and calls what its description names. */

import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { ALLOW_PRIVATE, PrivateAccess } from './access';
import { callOn, cancelled, type Call } from './call';
import { NodeClient, type Client } from './client';
import { accountOf, type Account } from './connection';
import type { Action, Description } from './description';
import { ActionError } from './error';
import { Http, type HttpLimits } from './http';
import { Instance, type Module } from './instance';
import { Pool } from './pool';
import type { CallOptions, Connection, Plugin, Settings } from './settings';
import { mayRepeat } from './repeats';
import { refuseRounded } from './rounded';
import { subjectOf } from './subject';
import { Turns } from './turns';

const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 256 * 1024;
/** No service's action needs more; a plugin that repeats for ever by itself would. */
const MAX_REQUESTS = 64;
const MAX_INSTANCES = 4;
const MAX_SHARED = 16;
const IDLE_MS = 60_000;
const START_MS = 30_000;

const NOBODY: Account = { identity: '', key: '', config: {}, origins: new Set(), secrets: [] };

declare const WebAssembly: { compile(wasm: Uint8Array): Promise<Module> };

/** Fails with an `Error` that says what to do. */
export async function loadPlugin(settings: Settings): Promise<Plugin> {
  const module = await compiled(settings);
  const limits: HttpLimits = {
    client: settings.client ?? clientOf(settings),
    maxBytes: settings.maxResponseBytes ?? MAX_RESPONSE_BYTES,
    maxRequests: MAX_REQUESTS,
  };
  const start = (account: Account) => Instance.start(module, account.config, new Http(limits, account.origins));
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const description = await described(start, timeoutMs);
  const perAccount = settings.maxInstances ?? MAX_INSTANCES;
  const shared = Math.max(perAccount, settings.maxInstances === undefined ? MAX_SHARED : 0);
  const pool = new Pool({ perAccount, shared, idleMs: IDLE_MS, startMs: START_MS, start });
  return new LoadedPlugin(description, pool, limits.client, timeoutMs);
}

function clientOf({ allowPrivate, keepAlive = false }: Settings): Client {
  const environment = process.env;
  const access = new PrivateAccess(allowPrivate ?? environment[ALLOW_PRIVATE] ?? '');
  return new NodeClient({ access, environment, keepAlive });
}

async function compiled({ wasm, sha256 }: Settings): Promise<Module> {
  const actual = createHash('sha256').update(wasm).digest('hex');
  if (actual !== sha256.toLowerCase()) {
    throw new Error(`The plugin's module is not the one expected (SHA-256 ${actual}): install the package again.`);
  }
  return WebAssembly.compile(wasm);
}

async function described(start: (account: Account) => Promise<Instance>, timeoutMs: number): Promise<Description> {
  const instance = await start(NOBODY);
  try {
    const { result } = await callOn(instance, NOBODY, { name: 'describe', input: '', timeoutMs, signal: undefined });
    if (result instanceof ActionError) throw new Error(`The plugin can't be described: ${result.message}`);
    if (result.contract !== 1) {
      throw new Error(`The plugin keeps to contract ${result.contract}, this host to 1: install one that fits.`);
    }
    return result as unknown as Description;
  } finally {
    await instance.end();
  }
}

class LoadedPlugin implements Plugin {
  readonly #description: Description;
  readonly #pool: Pool;
  readonly #client: Client;
  readonly #timeoutMs: number;
  readonly #turns = new Turns();

  constructor(description: Description, pool: Pool, client: Client, timeoutMs: number) {
    this.#description = description;
    this.#pool = pool;
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  async describe(): Promise<Description> {
    return structuredClone(this.#description);
  }

  checkConnection(connection: Connection, options?: CallOptions): Promise<Record<string, unknown>> {
    const account = accountOf(this.#description, connection);
    return this.#run(this.#description.connection.check, '{}', account, options);
  }

  async call(
    name: string,
    input: Record<string, unknown>,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const action = this.#description.actions.find((action) => action.name === name);
    if (!action) throw invalid(`There is no action "${name}".`);
    refuseRounded(action, input);
    const account = accountOf(this.#description, connection);
    const subject = subjectOf(action, input);
    const text = written(input);
    // The account is part of it: each has its own orders.
    const turn = subject === null ? null : `${account.identity}\n${subject}`;
    const end = await this.#turns.take(turn, listened(options.signal), cancelled);
    try {
      return await this.#attempts(action, text, account, options);
    } finally {
      end();
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
    this.#client.close();
  }

  /** A repeat keeps the call's turn: no later call on its subject can come before it. */
  async #attempts(action: Action, input: string, account: Account, options: CallOptions) {
    const { patience, signal } = options;
    for (let attempt = 1; ; attempt += 1) {
      await patience?.ready(signal);
      try {
        const output = await this.#run(action.name, input, account, options);
        patience?.succeeded();
        return output;
      } catch (error) {
        const again = error instanceof ActionError && !signal?.aborted && mayRepeat(action, error);
        if (!again || !(await patience?.repeat(error, attempt, signal))) throw error;
      }
    }
  }

  async #run(
    name: string,
    input: string,
    account: Account,
    { signal, onBegin }: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const call: Call = { name, input, timeoutMs: this.#timeoutMs, signal: listened(signal) };
    const work = (instance: Instance) => {
      onBegin?.();
      return callOn(instance, account, call);
    };
    const result = await this.#pool.run({ account, signal, work, cancelled });
    if (result instanceof ActionError) throw result;
    return result;
  }
}

/** A platform hands all its calls one signal, and Node would take that for a leak. */
function listened(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal) setMaxListeners(0, signal);
  return signal;
}

function written(input: unknown): string {
  try {
    const text: unknown = JSON.stringify(input);
    if (typeof text === 'string') return text;
  } catch {
    // A circle, or a BigInt.
  }
  throw invalid('The input can not be written as JSON.');
}

function invalid(message: string): ActionError {
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none' });
}
