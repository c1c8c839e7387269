/** Which events were handed on, so that none is twice: for a platform's own storage, as plain JSON. */

import type { TriggerEvent } from './event';

/** Ids with the UNIX seconds at which they were handed on, the oldest first. */
export type SeenState = [id: string, at: number][];

export interface SeenSettings {
  /** How many ids are kept: 10,000 unless told otherwise. */
  most?: number;
  /** How long one is kept, in seconds: 31 days unless told otherwise. A service repeats no longer. */
  maxAgeS?: number;
  /** The time in UNIX seconds: the clock's unless told otherwise. */
  now?: () => number;
}

const MOST = 10_000;
const MAX_AGE_S = 31 * 86_400;

export class Seen {
  readonly #at = new Map<string, number>();
  readonly #most: number;
  readonly #maxAgeS: number;
  readonly #now: () => number;

  /** `state` is what `toJSON` gave; what in it is none of that is left out. */
  constructor(state?: unknown, { most = MOST, maxAgeS = MAX_AGE_S, now = seconds }: SeenSettings = {}) {
    this.#most = most;
    this.#maxAgeS = maxAgeS;
    this.#now = now;
    for (const entry of Array.isArray(state) ? (state as unknown[]) : []) {
      const [id, at] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (typeof id === 'string' && typeof at === 'number') this.#at.set(id, at);
    }
    this.#trim();
  }

  /** Those that have not been noted, each once. */
  fresh(events: readonly TriggerEvent[]): TriggerEvent[] {
    const ids = new Set<string>();
    return events.filter(({ id }) => {
      const isNew = !this.#at.has(id) && !ids.has(id);
      ids.add(id);
      return isNew;
    });
  }

  /** Of events that are handed on, or are going to be. */
  note(events: readonly TriggerEvent[]): void {
    const now = this.#now();
    for (const { id } of events) if (!this.#at.has(id)) this.#at.set(id, now);
    this.#trim();
  }

  /** Of events that could not be handed on after all. */
  forget(events: readonly TriggerEvent[]): void {
    for (const { id } of events) this.#at.delete(id);
  }

  toJSON(): SeenState {
    return [...this.#at];
  }

  /** The oldest stand first. */
  #trim(): void {
    const oldest = this.#now() - this.#maxAgeS;
    for (const [id, at] of this.#at) {
      if (this.#at.size <= this.#most && at >= oldest) break;
      this.#at.delete(id);
    }
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
