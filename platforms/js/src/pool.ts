/** Who may call when: instances, and the order of calls on one subject. */

import { redact, type Account } from './connection';
import { internal } from './error';
import type { Instance } from './instance';

export interface Task<T> {
  account: Account;
  /** Calls on one subject of one connection never run at once, and keep their order. */
  subject: string | null;
  /** Takes the call out of the queue. */
  signal: AbortSignal | undefined;
  /** Gets an instance of the connection for itself. Says whether another call may have it afterwards. */
  work: (instance: Instance) => Promise<{ result: T; reusable: boolean }>;
  /** The error where `signal` comes before `work`. */
  cancelled: () => Error;
}

interface Waiting {
  account: Account;
  subject: string | null;
  run: (slot: Slot) => Promise<void>;
  fail: (error: Error) => void;
}

/** Room for one instance; of one connection, for good. */
interface Slot {
  identity: string;
  instance: Instance | null;
  busy: boolean;
  idle?: NodeJS.Timeout;
}

export interface PoolSettings {
  maxInstances: number;
  /** An instance that is not used for so long is ended, and with it the copy of the secrets it has. */
  idleMs: number;
  /** How long the start of an instance may take. */
  startMs: number;
  start: (account: Account) => Promise<Instance>;
}

export class Pool {
  readonly #settings: PoolSettings;
  /** Least recently used first. */
  #slots: Slot[] = [];
  #waiting: Waiting[] = [];
  readonly #busySubjects = new Set<string>();
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  run<T>({ account, subject, signal, work, cancelled }: Task<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        account,
        // The connection is part of it: each has its own orders.
        subject: subject === null ? null : `${account.identity}\n${subject}`,
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
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.fail(closed());
    await Promise.all(this.#slots.splice(0).map((slot) => this.#end(slot)));
  }

  /** Starts every call that may run now. */
  #next(): void {
    const blocked = new Set(this.#busySubjects);
    for (let at = 0; at < this.#waiting.length;) {
      const waiting = this.#waiting[at]!;
      if (waiting.subject !== null && blocked.has(waiting.subject)) {
        at += 1;
        continue;
      }
      const slot = this.#room(waiting.account.identity);
      if (!slot) return;
      this.#waiting.splice(at, 1);
      if (waiting.subject !== null) blocked.add(waiting.subject);
      void this.#occupy(slot, waiting);
    }
  }

  async #occupy(slot: Slot, waiting: Waiting): Promise<void> {
    slot.busy = true;
    clearTimeout(slot.idle);
    if (waiting.subject !== null) this.#busySubjects.add(waiting.subject);
    await waiting.run(slot);
    if (waiting.subject !== null) this.#busySubjects.delete(waiting.subject);
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

  /** A free instance of the connection, or room for one, if need be another connection's idle one. */
  #room(identity: string): Slot | null {
    const idle = this.#slots.filter((slot) => !slot.busy);
    const own = idle.findLast((slot) => slot.identity === identity);
    if (own) return own;
    if (this.#slots.length >= this.#settings.maxInstances) {
      if (!idle[0]) return null;
      this.#discard(idle[0]);
    }
    const slot: Slot = { identity, instance: null, busy: false };
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
