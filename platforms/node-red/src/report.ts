/** What a node that tells what happens says of itself: its status, the log, and what a Catch node gets. */

import { ActionError, type Named, type TriggerEvent } from 'plugin-engine';
import type { Node, NodeMessage } from 'node-red';
import { failure } from './failure';
import { FORM } from './loaded';

type Fill = 'blue' | 'green' | 'yellow' | 'red';

/** What anybody may send, who has the address. */
const SENDERS = ['forged_event', 'unexpected_reply'];

export class Report {
  readonly #node: Node<any>;
  readonly #fields: Named[];
  readonly #closing: AbortSignal;
  /** What was told last, until it works again. */
  #told = '';

  /** `fields` are those that an error may name; once `closing` is aborted, there is no status any more. */
  constructor(node: Node<any>, fields: Named[], closing: AbortSignal) {
    this.#node = node;
    this.#fields = fields;
    this.#closing = closing;
  }

  asking(): void {
    if (this.#told === '') this.show('blue', 'asking');
  }

  worked(): void {
    this.#told = '';
    this.show('green', 'listening');
  }

  /** A Catch node gets it once, not at each of many tries. */
  failed(thrown: unknown, state?: string): void {
    const error = failure(thrown, this.#fields);
    this.show(state ? 'yellow' : 'red', state ?? error.code);
    if (this.#told === error.message) return;
    this.#told = error.message;
    this.#node.error(error, {});
  }

  /** A webhook was not taken. What its sender did is for the log alone. */
  refused(thrown: unknown): void {
    if (thrown instanceof ActionError && SENDERS.includes(thrown.kind)) {
      this.#node.warn(`A webhook was refused: ${thrown.message}`);
    } else if (!this.#closing.aborted) {
      this.failed(thrown);
    }
  }

  /** An event will not be handed on. Of one that is lost, a Catch node gets what there is. */
  dropped(event: TriggerEvent, why: string, isLost: boolean): void {
    const message = `The event ${event.id} is not handed on: ${why}.`;
    if (isLost) this.#node.error(message, { payload: event.data, event } as NodeMessage);
    else this.#node.warn(message);
  }

  /** No webhook can come in. */
  deaf(state: string, message: string): void {
    this.show('red', state);
    this.#node.error(message);
  }

  show(fill: Fill, state: string): void {
    if (this.#closing.aborted) return;
    const shape = fill === 'red' || fill === 'yellow' ? 'ring' : 'dot';
    this.#node.status({ fill, shape, text: `${FORM.names.texts}.status.${state}` });
  }
}
