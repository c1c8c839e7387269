/** Instances, and a fair share of them for each account. */

import type { Account } from './connection';
import { internal } from './error';
import type { Instance } from './instance';
import { redact } from './redact';

export interface Task<T> {
  account: Account;
  /** Takes the call out of the queue. */
  signal: AbortSignal | undefined;
  /** Gets an instance of the connection for itself. Says whether another call may have it afterwards. */
  work: (instance: Instance) => Promise<{ result: T; reusable: boolean }>;
  /** The error where `signal` comes before `work`. */
  cancelled: () => Error;
}

interface Waiting {
  account: Account;
  run: (slot: Slot) => Promise<void>;
  fail: (error: Error) => void;
}

/** Room for one instance; of one connection, for good. */
interface Slot {
  account: Account;
  instance: Instance | null;
  busy: boolean;
  idle?: NodeJS.Timeout;
}

export interface PoolSettings {
  /** How many instances of one account run at once. */
  perAccount: number;
  /**
   * How many there are, all accounts together. An account that has none running gets one all the same: whatever the
   * services of others do, its calls go on.
   */
  shared: number;
  /** An instance that is not used for so long is ended, and with it the copy of the secrets it has. */
  idleMs: number;
  /** How long the start of an instance may take. */
  startMs: number;
  start: (account: Account) => Promise<Instance>;
}

/** So many times `shared` is the end, for any number of accounts. */
const MOST = 4;

export class Pool {
  readonly #settings: PoolSettings;
  /** Least recently used first. */
  #slots: Slot[] = [];
  /** By account, whoever was served last at the end. */
  readonly #waiting = new Map<string, Waiting[]>();
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  run<T>({ account, signal, work, cancelled }: Task<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        account,
        fail: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
        run: async (slot) => {
          signal?.removeEventListener('abort', leave);
          try {
            slot.instance ??= await this.#started(slot, account);
            const { result, reusable } = await work(slot.instance);
            resolve(result);
            if (!reusable) this.#discard(slot);
          } catch (error) {
            reject(error);
            this.#discard(slot);
          }
        },
      };
      const leave = () => {
        this.#leave(waiting);
        reject(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      const queue = this.#waiting.get(account.identity);
      if (queue) queue.push(waiting);
      else this.#waiting.set(account.identity, [waiting]);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const each of waiting) each.fail(closed());
    await Promise.all(this.#slots.splice(0).map((slot) => this.#end(slot)));
  }

  /** Starts every call that may run now, one of each account in turn. */
  #next(): void {
    for (let served = true; served;) {
      const accounts = [...this.#waiting.keys()];
      served = accounts.map((identity) => this.#serve(identity)).includes(true);
    }
  }

  /** Starts the first call of an account, if it may run now. */
  #serve(identity: string): boolean {
    const waiting = this.#waiting.get(identity)?.[0];
    const slot = waiting && this.#room(waiting.account);
    if (!waiting || !slot) return false;
    this.#leave(waiting);
    void this.#occupy(slot, waiting);
    return true;
  }

  #leave(waiting: Waiting): void {
    const { identity } = waiting.account;
    const queue = this.#waiting.get(identity) ?? [];
    const at = queue.indexOf(waiting);
    if (at >= 0) queue.splice(at, 1);
    this.#waiting.delete(identity);
    if (queue.length > 0) this.#waiting.set(identity, queue);
  }

  async #occupy(slot: Slot, waiting: Waiting): Promise<void> {
    slot.busy = true;
    clearTimeout(slot.idle);
    await waiting.run(slot);
    await slot.instance?.reset().catch(() => this.#discard(slot));
    this.#release(slot);
    this.#next();
  }

  #release(slot: Slot): void {
    slot.busy = false;
    if (!this.#slots.includes(slot)) return;
    slot.idle = setTimeout(() => this.#discard(slot), this.#settings.idleMs).unref();
    // Now the one used last.
    this.#slots = [...this.#slots.filter((other) => other !== slot), slot];
  }

  /** A free instance of the connection, or room for one, if need be that of an idle one. */
  #room(account: Account): Slot | null {
    const { perAccount, shared } = this.#settings;
    const running = this.#slots.filter((slot) => slot.busy && slot.account.identity === account.identity).length;
    if (running >= perAccount) return null;
    const idle = this.#slots.filter((slot) => !slot.busy);
    const own = idle.findLast((slot) => slot.account.key === account.key);
    if (own) return own;
    if (this.#slots.length >= shared) {
      if (idle[0]) this.#discard(idle[0]);
      else if (running > 0 || this.#slots.length >= shared * MOST) return null;
    }
    const slot: Slot = { account, instance: null, busy: false };
    this.#slots.push(slot);
    return slot;
  }

  async #started(slot: Slot, account: Account): Promise<Instance> {
    const starting = this.#settings.start(account);
    const instance = await inTime(starting, this.#settings.startMs).catch((error: unknown) => {
      // It may come too late.
      void starting.then((late) => late.end()).catch(() => {});
      throw internal(`The plugin could not be started: ${redact(String(error), account.secrets)}`, 'none');
    });
    if (this.#closed) {
      await instance.end();
      throw closed();
    }
    instance.onGone(() => this.#discard(slot));
    return instance;
  }

  #discard(slot: Slot): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    void this.#end(slot);
  }

  async #end(slot: Slot): Promise<void> {
    clearTimeout(slot.idle);
    const { instance } = slot;
    slot.instance = null;
    await instance?.end().catch(() => {});
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function closed(): Error {
  return internal('The plugin has been closed.', 'none');
}
