/** How often a service may be asked: as the plugin says, for each account, and for its actions that say it of themselves. */

import type { Description, Limit } from './description';
import type { Sleep } from './repeats';
import { Turns } from './turns';

/** Times that are over are forgotten when there are so many. */
const MANY = 1000;

/** A limit that somebody waits for. */
interface Line {
  key: string;
  /** Between two calls: they are evenly spread, and never two at once to make up for a pause. */
  periodMs: number;
}

export class Pace {
  /** By export, the slowest limit. */
  readonly #actions: Map<string, Limit>;
  readonly #connection: Limit | undefined;
  readonly #sleep: Sleep;
  readonly #now: () => number;
  /** Of those who wait for a time, one sleeps, and the others for their turn: first come, first served. */
  readonly #turns = new Turns(1);
  /** When the next may come. */
  readonly #next = new Map<string, number>();

  constructor({ actions, limits = [] }: Pick<Description, 'actions' | 'limits'>, sleep: Sleep, now = Date.now) {
    const own = actions.flatMap(({ name, limits = [] }) => {
      const limit = slowest(limits);
      return limit ? [[name, limit] as const] : [];
    });
    this.#actions = new Map(own);
    this.#connection = slowest(limits);
    this.#sleep = sleep;
    this.#now = now;
  }

  /**
   * A slot for a call of an export, at a time that its limits allow. Nobody holds a slot while he waits, and the time is
   * taken when the slot is. Where `signal` comes first, it fails with `ended()`.
   */
  async take<T>(
    account: string,
    name: string,
    signal: AbortSignal,
    ended: () => Error,
    slot: () => Promise<T>,
  ): Promise<T> {
    const lines = this.#lines(account, name);
    const ends: (() => void)[] = [];
    try {
      for (const { key } of lines) {
        ends.push(await this.#turns.take(key, signal, ended));
        await this.#until(key, signal);
        if (signal.aborted) throw ended();
      }
      const taken = await slot();
      for (const { key, periodMs } of lines) this.#next.set(key, this.#now() + periodMs);
      this.#forget();
      return taken;
    } finally {
      for (const end of ends) end();
    }
  }

  /** The action's own comes first: its calls hold up no others. */
  #lines(account: string, name: string): Line[] {
    const [own, common] = [this.#actions.get(name), this.#connection];
    return [
      ...(own ? [{ key: `${name}\n${account}`, periodMs: periodOf(own) }] : []),
      ...(common ? [{ key: `\n${account}`, periodMs: periodOf(common) }] : []),
    ];
  }

  async #until(key: string, signal: AbortSignal): Promise<void> {
    for (let left = 1; left > 0 && !signal.aborted;) {
      left = (this.#next.get(key) ?? 0) - this.#now();
      if (left > 0) await this.#sleep(left, signal);
    }
  }

  #forget(): void {
    if (this.#next.size < MANY) return;
    const now = this.#now();
    for (const [key, time] of this.#next) if (time <= now) this.#next.delete(key);
  }
}

function slowest(limits: readonly Limit[]): Limit | undefined {
  return limits.toSorted((one, other) => periodOf(other) - periodOf(one))[0];
}

function periodOf({ requests, perS }: Limit): number {
  return (perS * 1000) / requests;
}
