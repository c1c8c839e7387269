/**
 * The events that came in and are not done yet, those that were seen, and where a poll has come. It decides; it neither
 * waits nor writes.
 */

import { Seen, type TriggerEvent } from 'plugin-engine';

/** An event on its way. Times are UNIX milliseconds. */
export interface Entry {
  event: TriggerEvent;
  /** Which told of it. */
  trigger: string;
  isConfirmed: boolean;
  /** When it came in. */
  since: number;
  /** How often it was tried without success since it was confirmed, or since it came in. */
  tries: number;
  /** Not before. */
  nextAt: number;
}

/** As plain JSON. */
export interface OutboxState {
  /** Whose events these are. */
  account: string;
  /** Of which trigger and input the cursor is. */
  cursorOf: string;
  cursor: string | null;
  seen: unknown;
  entries: Entry[];
}

/** What it is for: what was seen is an account's, and a cursor a trigger's with its input. */
export interface Purpose {
  account: string;
  cursorOf: string;
}

export class Outbox {
  readonly #purpose: Purpose;
  readonly #seen: Seen;
  #entries: Entry[];
  /** Those that are being made sure of, or are with the flow. */
  readonly #busy = new Set<Entry>();
  cursor: string | null;

  constructor(state: unknown, purpose: Purpose, now: number) {
    const { account, cursorOf, cursor = null, seen, entries = [] } = (state ?? {}) as Partial<OutboxState>;
    this.#purpose = purpose;
    const isSameAccount = account === purpose.account;
    this.#seen = new Seen(isSameAccount ? seen : undefined);
    this.cursor = isSameAccount && cursorOf === purpose.cursorOf ? cursor : null;
    // After a restart nothing is with the flow any more, and nobody has tried while it was off.
    this.#entries = entries.map((entry) => ({ ...entry, since: now, tries: 0, nextAt: 0 }));
  }

  get state(): OutboxState {
    return { ...this.#purpose, cursor: this.cursor, seen: this.#seen.toJSON(), entries: this.#entries };
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Those of the events that have not been seen here. */
  fresh(events: readonly TriggerEvent[]): TriggerEvent[] {
    return this.#seen.fresh(events);
  }

  /** All are seen; `fresh` are the ones to be handed on. */
  add(trigger: string, events: readonly TriggerEvent[], fresh: readonly TriggerEvent[], now: number): Entry[] {
    this.#seen.note(events);
    const added = fresh.map((event) => {
      return { event, trigger, isConfirmed: false, since: now, tries: 0, nextAt: 0 };
    });
    this.#entries.push(...added);
    return added;
  }

  /** As if they had never come: they could not be kept. */
  takeBack(entries: readonly Entry[]): void {
    this.#seen.forget(entries.map(({ event }) => event));
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
  }

  /** The first of each subject whose time has come, the oldest first; each is busy from then on. */
  take(now: number, most: number): Entry[] {
    const free = Math.max(0, most - this.#busy.size);
    const taken = this.#firsts()
      .filter((entry) => !this.#busy.has(entry) && entry.nextAt <= now)
      .slice(0, free);
    for (const entry of taken) this.#busy.add(entry);
    return taken;
  }

  /** When there may be one to take. */
  get nextAt(): number | undefined {
    const times = this.#firsts()
      .filter((entry) => !this.#busy.has(entry))
      .map(({ nextAt }) => nextAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  busy(id: string): Entry | undefined {
    return [...this.#busy].find(({ event }) => event.id === id);
  }

  later(entry: Entry, nextAt: number): void {
    entry.tries += 1;
    entry.nextAt = nextAt;
    this.#busy.delete(entry);
  }

  remove(entry: Entry): void {
    this.#busy.delete(entry);
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  /** A later event on the same thing waits for an earlier one. */
  #firsts(): Entry[] {
    const subjects = new Set<string>();
    return this.#entries.filter(({ event: { subject } }) => {
      if (subject === undefined) return true;
      const isFirst = !subjects.has(subject);
      subjects.add(subject);
      return isFirst;
    });
  }
}
