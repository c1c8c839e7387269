/** Asks from time to time. */

import type { EventPage } from 'plugin-engine';
import { Alarm, waitAfter } from './waits';

/** Pages one after the other, before whoever else waits has a turn. */
const MOST_PAGES = 100;

export interface Asks {
  /** The next page, kept already. */
  page: () => Promise<Pick<EventPage, 'hasMore'>>;
  /** Whether there is no room for more. */
  isFull: () => boolean;
  everyMs: number;
  asking: () => void;
  worked: () => void;
  failed: (error: unknown) => void;
}

export class Poller {
  readonly #asks: Asks;
  readonly #alarm = new Alarm();
  #tick: Promise<void> = Promise.resolve();
  #failures = 0;
  #isOpen = false;

  constructor(asks: Asks) {
    this.#asks = asks;
  }

  begin(): void {
    this.#isOpen = true;
    this.#next(0);
  }

  /** Ends once the page that was asked for is kept, or is not going to be. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#alarm.clear();
    await this.#tick;
  }

  #next(ms: number): void {
    if (!this.#isOpen) return;
    this.#alarm.set(ms, () => {
      this.#tick = this.#ask().then((after) => this.#next(after));
    });
  }

  /** When to ask again. */
  async #ask(): Promise<number> {
    const { page, isFull, everyMs, asking, worked, failed } = this.#asks;
    try {
      asking();
      let hasMore = true;
      for (let pages = 0; hasMore && pages < MOST_PAGES && this.#isOpen && !isFull(); pages += 1) {
        ({ hasMore } = await page());
      }
      this.#failures = 0;
      worked();
      return hasMore && !isFull() ? 0 : everyMs;
    } catch (error) {
      this.#failures += 1;
      if (this.#isOpen) failed(error);
      return Math.max(everyMs, waitAfter(this.#failures, error));
    }
  }
}
