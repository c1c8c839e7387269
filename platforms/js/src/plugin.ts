/** Loads a module, and calls what its description names. */

import { actionNamed, isRead } from './action';
import { make, stopped, type Means } from './call';
import { accountOf, withSecret, type Account } from './connection';
import type { Action, Description, Trigger } from './description';
import { Sandbox } from './engine/sandbox';
import { ActionError } from './error';
import {
  pageOf,
  receivedOf,
  subscriptionOf,
  type EventPage,
  type Received,
  type Subscription,
  type TriggerEvent,
} from './event';
import { allHold, taken } from './expectation';
import type { Client } from './http/transport';
import { toldOf, withKey } from './key';
import { isHarmless, mayRepeat, type Repeatable } from './repeats';
import { refuseRounded } from './rounded';
import type { CallOptions, Connection, Plugin, Settings } from './settings';
import { Stop } from './stop';
import { subjectOf } from './subject';
import { Turns } from './turns';
import {
  newSecret,
  pollInput,
  subscribeInput,
  triggerNamed,
  webhookInput,
  type PollRequest,
  type SubscribeRequest,
  type UnsubscribeRequest,
  type WebhookRequest,
} from './trigger';
import { judged, unlooked } from './verify';

const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 256 * 1024;
const MAX_AT_ONCE = 8;
/** Nothing is looked up in less. */
const SHORTEST_LOOK_MS = 1000;

/** A poll and a webhook change nothing. */
const READ: Repeatable = { annotations: { readOnlyHint: true } };
/** To subscribe may be repeated, as its error says: what is left over is ended. To end twice is to end. */
const NATURAL: Repeatable = { idempotency: 'natural' };

const NOBODY: Account = { identity: '', key: '', config: {}, origins: new Set(), secrets: [] };

/** Fails with an `Error` that says what to do. */
export async function load(settings: Settings, client: Client): Promise<Plugin> {
  const { wasm, sha256, timeoutMs, maxResponseBytes, maxAtOnce, log } = settings;
  await checkDigest(wasm, sha256);
  const means: Means = {
    sandbox: await Sandbox.of(wasm, log !== undefined),
    client,
    maxBytes: maxResponseBytes ?? MAX_RESPONSE_BYTES,
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    log,
  };
  return new LoadedPlugin(await described(means), means, maxAtOnce ?? MAX_AT_ONCE);
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
  readonly #means: Means;
  /** Calls on one subject, one after the other. */
  readonly #subjects = new Turns(1);
  /** Each account's share: whatever the service of one does, the calls of the others go on. */
  readonly #shares: Turns;
  /** Calls that wait or are under way. */
  readonly #open = new Set<Stop>();
  #isClosed = false;

  constructor(description: Description, means: Means, maxAtOnce: number) {
    this.#description = description;
    this.#means = means;
    this.#shares = new Turns(maxAtOnce);
  }

  async describe(): Promise<Description> {
    return structuredClone(this.#description);
  }

  async checkConnection(connection: Connection, options: CallOptions = {}): Promise<Record<string, unknown>> {
    const account = accountOf(this.#description, connection);
    return this.#until(options.signal, (stop) => {
      return this.#attempt(this.#description.connection.check, '{}', account, stop, options);
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
    const account = accountOf(this.#description, connection);
    const subject = subjectOf(action, input);
    // All attempts have the same text, and so the same key.
    const filled = withKey(action, input);
    const asked = { action, input: filled.input, text: written(filled.input) };
    // The account is part of it: each has its own orders.
    const key = subject === null ? null : `${account.identity}\n${subject}`;
    return this.#until(options.signal, async (stop) => {
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

  async poll(
    name: string,
    request: PollRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<EventPage> {
    const trigger = this.#trigger(name, 'poll');
    refuseRounded(trigger, request.input);
    const account = accountOf(this.#description, connection);
    const input = written(pollInput(request));
    const output = await this.#told(trigger.name, input, account, READ, options).catch(fruitless);
    return pageOf(name, request.cursor ?? null, output);
  }

  async webhook(
    name: string,
    request: WebhookRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Received> {
    const trigger = this.#trigger(name, 'webhook');
    refuseRounded(trigger, request.input);
    const account = withSecret(accountOf(this.#description, connection), request.secret);
    const input = written(webhookInput(request));
    return receivedOf(name, await this.#told(trigger.name, input, account, READ, options).catch(fruitless));
  }

  async confirmed(
    name: string,
    { data }: TriggerEvent,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<boolean> {
    const { confirm } = this.#trigger(name);
    if (!confirm) return true;
    try {
      const found = await this.call(confirm.action, taken(confirm.arguments, data), connection, options);
      return allHold(confirm.holds, data, found);
    } catch (error) {
      if (error instanceof ActionError && error.kind === 'not_found') return false;
      throw error;
    }
  }

  async subscribe(
    name: string,
    request: SubscribeRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Subscription> {
    const trigger = this.#trigger(name, 'webhook');
    if (trigger.subscribe === undefined) throw invalid(`Its service has no call to subscribe to "${name}".`);
    refuseRounded(trigger, request.input);
    const secret = request.secret ?? newSecret(trigger);
    const account = withSecret(accountOf(this.#description, connection), secret);
    const input = written(subscribeInput(request, secret));
    // What the host keeps to itself has its secret, and an id that may hold one.
    const bare = { ...options, isBare: true };
    return subscriptionOf(name, secret, await this.#told(trigger.subscribe, input, account, NATURAL, bare));
  }

  async unsubscribe(
    name: string,
    { input = {}, subscription }: UnsubscribeRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<void> {
    const trigger = this.#trigger(name, 'webhook');
    if (trigger.unsubscribe === undefined) throw invalid(`Its service has no call to unsubscribe from "${name}".`);
    const account = accountOf(this.#description, connection);
    try {
      await this.#told(trigger.unsubscribe, written({ input, subscription }), account, NATURAL, options);
    } catch (error) {
      if (!(error instanceof ActionError) || error.kind !== 'not_found') throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#open) stop.close();
    this.#means.client.close?.();
    this.#means.sandbox.clear();
  }

  /** Work that ends with the caller's signal, or with the plugin. */
  async #until<T>(signal: AbortSignal | undefined, work: (stop: Stop) => Promise<T>): Promise<T> {
    const stop = new Stop(signal);
    if (this.#isClosed) stop.close();
    this.#open.add(stop);
    try {
      return await work(stop);
    } finally {
      this.#open.delete(stop);
      stop.release();
    }
  }

  #trigger(name: string, delivery?: Trigger['delivery']): Trigger {
    const trigger = triggerNamed(this.#description, name);
    if (!trigger) throw invalid(`There is no trigger "${name}".`);
    if (delivery && trigger.delivery !== delivery) throw invalid(`The trigger "${name}" is no ${delivery}.`);
    return trigger;
  }

  /** What an export of a trigger says. */
  #told(name: string, input: string, account: Account, kind: Repeatable, options: CallOptions & { isBare?: boolean }) {
    return this.#until(options.signal, (stop) => {
      return patiently(kind, stop, options, () => this.#attempt(name, input, account, stop, options));
    });
  }

  #attempts(asked: Asked, account: Account, stop: Stop, options: CallOptions): Promise<Record<string, unknown>> {
    return patiently(asked.action, stop, options, () => this.#lookedUp(asked, account, stop, options));
  }

  /** One attempt. If nobody knows what became of it and its action says how to find out, that has been done. */
  async #lookedUp(asked: Asked, account: Account, stop: Stop, options: CallOptions): Promise<Record<string, unknown>> {
    const { action, input, text } = asked;
    let begun = Date.now();
    const onBegin = () => {
      begun = Date.now();
      options.onBegin?.();
    };
    try {
      return await this.#attempt(action.name, text, account, stop, { ...options, onBegin }, asked.timeoutMs);
    } catch (error) {
      const { verify } = action;
      const read = verify && actionNamed(this.#description, verify.action);
      const isUnknown = error instanceof ActionError && error.effect === 'unknown' && !stop.signal.aborted;
      if (!isUnknown || !read || !isRead(read)) throw error;
      // Callers wait for as long as a call may take: what the attempt took is not there for looking.
      const timeoutMs = this.#means.timeoutMs - (Date.now() - begun);
      if (timeoutMs < SHORTEST_LOOK_MS) throw unlooked(verify, error, 'no time is left.');
      const sought = taken(verify.arguments ?? {}, input);
      const look = { action: read, input: sought, text: written(sought), timeoutMs };
      // A call that may be repeated anyway is: more of looking would be more for a service in trouble.
      const { patience: _, ...once } = options;
      const found = await this.#attempts(look, account, stop, isHarmless(action) ? once : options).catch(
        (why: unknown) => {
          throw unlooked(verify, error, why);
        },
      );
      return judged(action, verify, input, found, error);
    }
  }

  async #attempt(
    name: string,
    input: string,
    account: Account,
    stop: Stop,
    { onBegin, isBare = false }: CallOptions & { isBare?: boolean },
    timeoutMs = this.#means.timeoutMs,
  ) {
    const end = await this.#shares.take(account.identity, stop.signal, () => stopped(stop));
    try {
      onBegin?.();
      return await make({ name, input, stop, isBare }, account, { ...this.#means, timeoutMs });
    } finally {
      end();
    }
  }
}

/** What is called, with what. */
interface Asked {
  action: Action;
  input: Record<string, unknown>;
  /** The input as JSON. */
  text: string;
  /** For an attempt, if it is less than others have. */
  timeoutMs?: number;
}

/** One attempt or more. A repeat keeps the call's turn: no later call on its subject can come before it. */
async function patiently<T>(
  kind: Repeatable,
  { signal }: Stop,
  { patience }: CallOptions,
  attemptOnce: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await patience?.ready(signal);
    try {
      const output = await attemptOnce();
      patience?.succeeded();
      return output;
    } catch (error) {
      const again = error instanceof ActionError && !signal.aborted && mayRepeat(kind, error);
      if (!again || !(await patience?.repeat(error, attempt, signal))) throw error;
    }
  }
}

/** The failure of what changes nothing. */
function fruitless(error: unknown): never {
  if (!(error instanceof ActionError) || error.effect === 'none') throw error;
  throw new ActionError({ ...error.toJSON(), effect: 'none' });
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
