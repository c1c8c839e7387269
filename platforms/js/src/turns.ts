/**
 * Whose turn it is. With one at once, calls on one subject never run together, and keep their order; with several, an
 * account has its share and no more.
 */

import { onAbort } from './stop';

export class Turns {
  readonly #atOnce: number;
  /** By key: how many have their turn, and whoever waits. A key that nobody has is not in it. */
  readonly #taken = new Map<string, { count: number; waiting: (() => void)[] }>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /**
   * Resolves when it is this one's turn, with what ends it. A null needs none. Where `signal` comes first, it fails with
   * `ended()`. `atOnce` is this one's own number: it need not wait while fewer have their turn, and whoever waits comes
   * as soon as anyone ends.
   */
  take(key: string | null, signal: AbortSignal, ended: () => Error, atOnce = this.#atOnce): Promise<() => void> {
    if (signal.aborted) return Promise.reject(ended());
    if (key === null) return Promise.resolve(() => {});
    const end = () => this.#end(key);
    const taken = this.#taken.get(key) ?? { count: 0, waiting: [] };
    this.#taken.set(key, taken);
    if (taken.count < atOnce) {
      taken.count += 1;
      return Promise.resolve(end);
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        off();
        resolve(end);
      };
      const off = onAbort(signal, () => {
        taken.waiting.splice(taken.waiting.indexOf(begin), 1);
        reject(ended());
      });
      taken.waiting.push(begin);
    });
  }

  #end(key: string): void {
    const taken = this.#taken.get(key);
    const next = taken?.waiting.shift();
    if (next) next();
    else if (taken && (taken.count -= 1) === 0) this.#taken.delete(key);
  }
}
