/** How long something that failed is left alone. */

import { ActionError } from 'plugin-engine';

const FIRST_MS = 1000;
const LONGEST_MS = 10 * 60 * 1000;

/** After so many tries; a service that says when it is there again is not asked before. */
export function waitAfter(tries: number, error?: unknown): number {
  const asked = error instanceof ActionError ? (error.retryAfterS ?? 0) * 1000 : 0;
  return Math.max(asked, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 20)));
}

/** Timers take no longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One call later, in place of the one that was set before. */
export class Alarm {
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(ms: number, ring: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(ring, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
