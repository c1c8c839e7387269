/** Nodes that share what comes in: an event comes to one of them. */

import type { TriggerEvent } from 'plugin-engine';
import type { Outbox } from './outbox';

export class Group {
  readonly #members = new Map<string, Outbox>();

  /** Takes the place of the one that the node had before. */
  join(node: string, outbox: Outbox): void {
    this.#members.set(node, outbox);
  }

  leave(node: string): void {
    this.#members.delete(node);
  }

  /** Those that no member has had. */
  fresh(outbox: Outbox, events: readonly TriggerEvent[]): TriggerEvent[] {
    const others = [...this.#members.values()].filter((member) => member !== outbox);
    return others.reduce((left, member) => member.fresh(left), outbox.fresh(events));
  }
}
