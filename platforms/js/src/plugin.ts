/** Loads a module, and calls what its description names. */

import { actionNamed, isRead } from './action';
import { make, stopped, type Means } from './call';
import { Accounts, type Account } from './connection';
import type { Action, Description } from './description';
import { Sandbox } from './engine/sandbox';
import { ActionError } from './error';
import { taken } from './expectation';
import type { Client } from './http/transport';
import { invalid, written } from './input';
import { toldOf, withKey } from './key';
import { Pace } from './pace';
import { isHarmless } from './repeats';
import { refuseRounded } from './rounded';
import { patiently, Runs, type Run } from './runs';
import type { CallOptions, Connection, Plugin, Settings } from './settings';
import { Stop } from './stop';
import { subjectOf } from './subject';
import { Triggers } from './triggers';
import { Turns } from './turns';
import { judged, unlooked } from './verify';

const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
const MAX_AT_ONCE = 8;
/** Nothing is looked up in less. */
const SHORTEST_LOOK_MS = 1000;

const NOBODY: Account = { identity: '', key: '', config: {}, origins: new Set(), secrets: [] };

/** Fails with an `Error` that says what to do. */
export async function load(settings: Settings, client: Client): Promise<Plugin> {
  const { wasm, sha256, timeoutMs, maxResponseBytes, maxAtOnce, sleep, log } = settings;
  await checkDigest(wasm, sha256);
  const means: Means = {
    sandbox: await Sandbox.of(wasm, log !== undefined),
    client,
    maxBytes: maxResponseBytes ?? MAX_RESPONSE_BYTES,
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    log,
  };
  const description = await described(means);
  const pace = sleep && new Pace(description, sleep);
  return new LoadedPlugin(description, new Runs(means, maxAtOnce ?? MAX_AT_ONCE, pace));
}

async function checkDigest(wasm: Uint8Array, sha256: string): Promise<void> {
  if (!crypto.subtle) throw new Error('The plugin can not be verified in a page that came without TLS: use https.');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', wasm as Uint8Array<ArrayBuffer>));
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (actual !== sha256.toLowerCase()) {
    throw new Error(`The plugin's module is not the one expected (SHA-256 ${actual}): install the package again.`);
  }
}

async function described(means: Means): Promise<Description> {
  const call = { name: 'describe', input: '', stop: new Stop(undefined) };
  const description = await make(call, NOBODY, means).catch((error: Error) => {
    throw new Error(`The plugin can't be described: ${error.message}`);
  });
  if (description.contract !== 1) {
    throw new Error(`The plugin keeps to contract ${description.contract}, this host to 1: install one that fits.`);
  }
  return description as unknown as Description;
}

class LoadedPlugin implements Plugin {
  readonly #description: Description;
  /** Calls on one subject, one after the other. */
  readonly #subjects = new Turns(1);
  readonly #runs: Runs;
  readonly #accounts: Accounts;
  readonly #triggers: Triggers;

  constructor(description: Description, runs: Runs) {
    this.#description = description;
    this.#runs = runs;
    this.#accounts = new Accounts(description);
    this.#triggers = new Triggers(description, runs, this.#accounts, (...asked) => this.call(...asked));
  }

  async describe(): Promise<Description> {
    return structuredClone(this.#description);
  }

  async checkConnection(connection: Connection, options: CallOptions = {}): Promise<Record<string, unknown>> {
    const account = this.#accounts.of(connection);
    return this.#runs.until(options.signal, (stop) => {
      return this.#runs.attempt({ name: this.#description.connection.check, input: '{}' }, account, stop, options);
    });
  }

  async call(
    name: string,
    input: Record<string, unknown>,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const action = actionNamed(this.#description, name);
    if (!action) throw invalid(`There is no action "${name}".`);
    refuseRounded(action, input);
    const account = this.#accounts.of(connection);
    const subject = subjectOf(action, input);
    // All attempts have the same text, and so the same key.
    const filled = withKey(action, input);
    const asked = { action, input: filled.input, run: { name, input: written(filled.input) } };
    // The account is part of it: each has its own orders.
    const key = subject === null ? null : `${account.identity}\n${subject}`;
    return this.#runs.until(options.signal, async (stop) => {
      const end = await this.#subjects.take(key, stop.signal, () => stopped(stop));
      try {
        return await this.#attempts(asked, account, stop, options);
      } catch (error) {
        throw toldOf(filled, error);
      } finally {
        end();
      }
    });
  }

  poll(...asked: Parameters<Plugin['poll']>) {
    return this.#triggers.poll(...asked);
  }

  webhook(...asked: Parameters<Plugin['webhook']>) {
    return this.#triggers.webhook(...asked);
  }

  confirmed(...asked: Parameters<Plugin['confirmed']>) {
    return this.#triggers.confirmed(...asked);
  }

  subscribe(...asked: Parameters<Plugin['subscribe']>) {
    return this.#triggers.subscribe(...asked);
  }

  unsubscribe(...asked: Parameters<Plugin['unsubscribe']>) {
    return this.#triggers.unsubscribe(...asked);
  }

  async close(): Promise<void> {
    this.#runs.close();
    this.#accounts.clear();
  }

  /** A repeat keeps the call's turn: no later call on its subject can come before it. */
  #attempts(asked: Asked, account: Account, stop: Stop, options: CallOptions): Promise<Record<string, unknown>> {
    return patiently(asked.action, stop, options, () => this.#lookedUp(asked, account, stop, options));
  }

  /** One attempt. If nobody knows what became of it and its action says how to find out, that has been done. */
  async #lookedUp(asked: Asked, account: Account, stop: Stop, options: CallOptions): Promise<Record<string, unknown>> {
    const { action, input } = asked;
    let begun = Date.now();
    const onBegin = () => {
      begun = Date.now();
      options.onBegin?.();
    };
    try {
      return await this.#runs.attempt(asked.run, account, stop, { ...options, onBegin });
    } catch (error) {
      const { verify } = action;
      const read = verify && actionNamed(this.#description, verify.action);
      const isUnknown = error instanceof ActionError && error.effect === 'unknown' && !stop.signal.aborted;
      if (!isUnknown || !read || !isRead(read)) throw error;
      // Callers wait for as long as a call may take: what the attempt took is not there for looking.
      const timeoutMs = this.#runs.timeoutMs - (Date.now() - begun);
      if (timeoutMs < SHORTEST_LOOK_MS) throw unlooked(action, verify, error, 'no time is left.');
      const sought = taken(verify.arguments ?? {}, input);
      const look = { action: read, input: sought, run: { name: read.name, input: written(sought), timeoutMs } };
      // A call that may be repeated anyway is: more of looking would be more for a service in trouble.
      const { patience: _, ...once } = options;
      const found = await this.#attempts(look, account, stop, isHarmless(action) ? once : options).catch(
        (why: unknown) => {
          throw unlooked(action, verify, error, why);
        },
      );
      return judged(action, verify, input, found, error);
    }
  }
}

/** What is called, with what. */
interface Asked {
  action: Action;
  input: Record<string, unknown>;
  /** The same as the plugin gets it. */
  run: Run;
}
