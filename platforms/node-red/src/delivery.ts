/** Takes events in, keeps them, makes sure of them and hands them on. */

import type { TriggerEvent } from 'plugin-engine';
import type { Group } from './group';
import { Outbox, type Entry } from './outbox';
import type { StateFile } from './state-file';
import { Alarm, waitAfter } from './waits';

/** With the flow at once, where it says when an event is done. */
const MOST_AT_ONCE = 8;
/** More are not kept: who sends has to wait. */
const MOST_KEPT = 5000;
/** How long the flow may take for an event before it is handed on once more; then twice as long, and so on. */
const PATIENCE_MS = 5 * 60 * 1000;
const LONGEST_PATIENCE_MS = 60 * 60 * 1000;
/** How long an event is handed on, or made sure of, again and again. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60 * 1000;

/** What a delivery needs of its node. */
export interface Ends {
  /** Whether the service knows of it; fails where nobody can tell now. */
  confirm: (trigger: string, event: TriggerEvent) => Promise<boolean>;
  handOn: (trigger: string, event: TriggerEvent) => void;
  /** Whether the flow says when an event is done. */
  isAnswered: boolean;
  /** Something failed that is tried again. */
  failed: (error: unknown) => void;
  /** It works. */
  worked: () => void;
  /** For the log, and for whoever has to know: an event will not be handed on. */
  dropped: (event: TriggerEvent, why: string, isLost: boolean) => void;
  now: () => number;
}

export class Delivery {
  readonly #outbox: Outbox;
  readonly #file: StateFile<unknown>;
  readonly #group: Group;
  readonly #ends: Ends;
  readonly #alarm = new Alarm();
  readonly #handling = new Set<Promise<void>>();
  /** What the flow has not said of an event in time. */
  readonly #overdue = new Map<Entry, ReturnType<typeof setTimeout>>();
  #isOpen = false;

  constructor(outbox: Outbox, file: StateFile<unknown>, group: Group, ends: Ends) {
    this.#outbox = outbox;
    this.#file = file;
    this.#group = group;
    this.#ends = ends;
  }

  get isFull(): boolean {
    return this.#outbox.size >= MOST_KEPT;
  }

  begin(): void {
    this.#isOpen = true;
    this.#pump();
  }

  /** Ends once the events, and the cursor if there is one, are on the disk; fails if they are not. */
  async takeIn(trigger: string, events: readonly TriggerEvent[], cursor = this.#outbox.cursor): Promise<void> {
    if (events.length === 0 && cursor === this.#outbox.cursor) return;
    const before = this.#outbox.cursor;
    const fresh = this.#group.fresh(this.#outbox, events);
    const added = this.#outbox.add(trigger, events, fresh, this.#ends.now());
    this.#outbox.cursor = cursor;
    try {
      await this.#file.save();
    } catch (error) {
      this.#outbox.takeBack(added);
      this.#outbox.cursor = before;
      throw error;
    }
    this.#pump();
  }

  /** The flow is done with an event, or has failed with it: `again` says when it may be tried again, if it may. */
  async answered(id: string, failure?: { message: string; again: boolean; afterMs: number }): Promise<void> {
    const entry = this.#outbox.busy(id);
    if (!entry?.isConfirmed) return;
    clearTimeout(this.#overdue.get(entry));
    this.#overdue.delete(entry);
    if (failure?.again && this.#outlasts(entry)) {
      this.#outbox.later(entry, this.#ends.now() + Math.max(failure.afterMs, waitAfter(entry.tries)));
    } else {
      if (failure) this.#ends.dropped(entry.event, failure.message, true);
      this.#outbox.remove(entry);
    }
    await this.#saved();
    this.#pump();
  }

  /** Ends once nothing is under way. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#alarm.clear();
    for (const timer of this.#overdue.values()) clearTimeout(timer);
    await Promise.all(this.#handling);
    await this.#file.idle();
  }

  #pump(): void {
    if (!this.#isOpen) return;
    // One time for both: what was too early to take is not too late to wait for.
    const now = this.#ends.now();
    for (const entry of this.#outbox.take(now, MOST_AT_ONCE)) {
      const handled = this.#handle(entry).finally(() => {
        this.#handling.delete(handled);
        this.#pump();
      });
      this.#handling.add(handled);
    }
    const { nextAt } = this.#outbox;
    // Where all places are taken, whoever leaves one calls.
    if (nextAt !== undefined && nextAt > now) this.#alarm.set(nextAt - now, () => this.#pump());
  }

  async #handle(entry: Entry): Promise<void> {
    if (!entry.isConfirmed && !(await this.#confirmed(entry))) return;
    if (!this.#isOpen) return;
    try {
      this.#ends.handOn(entry.trigger, entry.event);
    } catch (error) {
      this.#ends.failed(error);
      this.#outbox.later(entry, this.#ends.now() + waitAfter(entry.tries));
      return;
    }
    this.#ends.worked();
    if (this.#ends.isAnswered) {
      this.#expect(entry);
      return;
    }
    this.#outbox.remove(entry);
    await this.#saved();
  }

  async #confirmed(entry: Entry): Promise<boolean> {
    try {
      const holds = await this.#ends.confirm(entry.trigger, entry.event);
      entry.isConfirmed = holds;
      entry.tries = 0;
      // What the flow does with it may be what makes it no longer so.
      if (holds && this.#ends.isAnswered) await this.#saved();
      if (holds) return true;
      this.#ends.dropped(entry.event, 'the service does not know it to be so', false);
    } catch (error) {
      if (!this.#isOpen) return false;
      this.#ends.failed(error);
      if (this.#outlasts(entry)) {
        this.#outbox.later(entry, this.#ends.now() + waitAfter(entry.tries, error));
        return false;
      }
      this.#ends.dropped(entry.event, 'it could not be confirmed for a day', true);
    }
    this.#outbox.remove(entry);
    await this.#saved();
    return false;
  }

  /** If the flow does not say that it is done, it gets the event once more. */
  #expect(entry: Entry): void {
    const patience = Math.min(LONGEST_PATIENCE_MS, PATIENCE_MS * 2 ** Math.min(entry.tries, 10));
    const failure = { message: 'the flow never said that it is done', again: true, afterMs: 0 };
    this.#overdue.set(
      entry,
      setTimeout(() => void this.answered(entry.event.id, failure), patience),
    );
  }

  #outlasts({ since }: Entry): boolean {
    return this.#ends.now() - since < GIVEN_UP_AFTER_MS;
  }

  /** What is done and not written comes once more after a restart: that is no reason to stop. */
  async #saved(): Promise<void> {
    await this.#file.save().catch((error: unknown) => this.#ends.failed(error));
  }
}
