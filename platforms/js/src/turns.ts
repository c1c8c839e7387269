/** Calls on one subject of one account never run at once, and keep their order; so do their repeats. */

export class Turns {
  /** Whoever waits, by subject. A subject that is free is not in it. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /**
   * Resolves when it is this call's turn, with what ends it. A null has no order. Where `signal` comes first, it fails
   * with `cancelled()`.
   */
  take(subject: string | null, signal: AbortSignal | undefined, cancelled: () => Error): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(cancelled());
    if (subject === null) return Promise.resolve(() => {});
    const end = () => this.#end(subject);
    const queue = this.#waiting.get(subject);
    if (!queue) {
      this.#waiting.set(subject, []);
      return Promise.resolve(end);
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        resolve(end);
      };
      const leave = () => {
        queue.splice(queue.indexOf(begin), 1);
        reject(cancelled());
      };
      queue.push(begin);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #end(subject: string): void {
    const next = this.#waiting.get(subject)?.shift();
    if (next) next();
    else this.#waiting.delete(subject);
  }
}
