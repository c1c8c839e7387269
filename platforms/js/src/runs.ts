/** Exports being run: each within its account's share, until its own end, its caller's or the plugin's. */

import { make, stopped, type Means } from './call';
import type { Account } from './connection';
import { ActionError } from './error';
import type { Pace } from './pace';
import { mayRepeat, settled, type Repeatable } from './repeats';
import type { CallOptions } from './settings';
import { Stop } from './stop';
import { Turns } from './turns';

export interface Run {
  /** The export. */
  name: string;
  /** JSON. */
  input: string;
  /** If it is less than others have. */
  timeoutMs?: number;
  /** Whether its output is for the host alone: secrets stay in it. */
  isBare?: boolean;
}

export class Runs {
  readonly #means: Means;
  /** Each account's share: whatever the service of one does, the calls of the others go on. */
  readonly #shares: Turns;
  readonly #pace: Pace | undefined;
  /** Calls that wait or are under way. */
  readonly #open = new Set<Stop>();
  #isClosed = false;

  /** Without a `pace`, nobody waits for a time. */
  constructor(means: Means, maxAtOnce: number, pace: Pace | undefined) {
    this.#means = means;
    this.#shares = new Turns(maxAtOnce);
    this.#pace = pace;
  }

  /** How long one may take. */
  get timeoutMs(): number {
    return this.#means.timeoutMs;
  }

  /** Work that ends with the caller's signal, or with the plugin. */
  async until<T>(signal: AbortSignal | undefined, work: (stop: Stop) => Promise<T>): Promise<T> {
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

  /** One attempt, once it is the account's turn, and its time. */
  async attempt({ timeoutMs, ...run }: Run, account: Account, stop: Stop, { onBegin, atOnce }: CallOptions) {
    const ended = () => stopped(stop);
    const slot = () => this.#shares.take(account.identity, stop.signal, ended, atOnce);
    const end = await (this.#pace?.take(account.identity, run.name, stop.signal, ended, slot) ?? slot());
    try {
      onBegin?.();
      const means = timeoutMs === undefined ? this.#means : { ...this.#means, timeoutMs };
      return await make({ ...run, stop }, account, means);
    } finally {
      end();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#open) stop.close();
    this.#means.client.close?.();
    this.#means.sandbox.clear();
  }
}

/** One attempt or more, as far as a repeat does no harm and the caller has patience. */
export async function patiently<T>(
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
      if (!again || !(await patience?.repeat(error, attempt, signal))) throw settled(kind, error);
    }
  }
}
