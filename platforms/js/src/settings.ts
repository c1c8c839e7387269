/** What a platform gives and gets. */

import type { Description } from './description';
import type { EventPage, Received, Subscription, TriggerEvent } from './event';
import type { LogLine } from './engine/run';
import type { Client } from './http/transport';
import type { Patience, Sleep } from './repeats';
import type { PollRequest, SubscribeRequest, UnsubscribeRequest, WebhookRequest } from './trigger';

/** Config values by key, as `connection.schema` of the description names them; others are ignored. */
export type Connection = Record<string, string | boolean | undefined | null>;

export interface Plugin {
  describe(): Promise<Description>;
  /** Proves a connection without changing anything. Fails with an `ActionError`. */
  checkConnection(connection: Connection, options?: CallOptions): Promise<Record<string, unknown>>;
  /** Fails with an `ActionError`. */
  call(
    action: string,
    input: Record<string, unknown>,
    connection: Connection,
    options?: CallOptions,
  ): Promise<Record<string, unknown>>;
  /**
   * A page of what a trigger that polls tells, the oldest first; `pollAll` asks for all there is. Fails with an
   * `ActionError`, as all that follows, and then with no effect.
   */
  poll(trigger: string, request: PollRequest, connection: Connection, options?: CallOptions): Promise<EventPage>;
  /**
   * What a webhook's request says, and what its service is answered once that is safe; `receive` makes sure of it as
   * well. Of a request that its service did not send it is the error `forged_event`, where the service signs.
   */
  webhook(trigger: string, request: WebhookRequest, connection: Connection, options?: CallOptions): Promise<Received>;
  /**
   * Whether an event is to be handed on: what its trigger's `confirm` reads at the service is as the event says, or it
   * has none. If it fails, nobody knows: ask again later.
   */
  confirmed(trigger: string, event: TriggerEvent, connection: Connection, options?: CallOptions): Promise<boolean>;
  /** Tells the service where to send. What it gives holds a secret. */
  subscribe(
    trigger: string,
    request: SubscribeRequest,
    connection: Connection,
    options?: CallOptions,
  ): Promise<Subscription>;
  /** Tells the service to stop. That there is no such subscription is no error. */
  unsubscribe(
    trigger: string,
    request: UnsubscribeRequest,
    connection: Connection,
    options?: CallOptions,
  ): Promise<void>;
  /** Lets calls that are under way or wait fail, and all later ones. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** Ends the call, or takes it out of the queue. */
  signal?: AbortSignal;
  /** Called when the call's turn has come: until then it can be taken back and has no effect. */
  onBegin?: () => void;
  /** How many calls of the account run at once, this one among them, in place of the plugin's `maxAtOnce`. */
  atOnce?: number;
  /** Makes a call that failed again by itself, where that may be. The call keeps its place in its subject's order. */
  patience?: Patience;
}

/** Gets each line that a plugin logs, without secrets. */
export type Log = (level: LogLine['level'], text: string) => void;

export interface Settings {
  /** The module. */
  wasm: Uint8Array;
  /** Its SHA-256 in hexadecimal digits: another module is not loaded. */
  sha256: string;
  /** How long a call may take once its turn has come, in milliseconds: 30 000 unless told otherwise. */
  timeoutMs?: number;
  /** The largest response that is read, decompressed: 4 MiB unless told otherwise. */
  maxResponseBytes?: number;
  /** How many calls of one account run at once: 8 unless told otherwise. */
  maxAtOnce?: number;
  /**
   * The platform's timer. With it, calls of an account come no faster than the plugin says that its service allows
   * (`limits`), and wait for their time in the queue; without, they come as fast as they are made.
   */
  sleep?: Sleep;
  /**
   * What may be reached that is not on the public internet, as `PLUGIN_ALLOW_PRIVATE` has it, which counts in Node.js
   * unless this is given: origins with blanks or commas between them, or `*`.
   */
  allowPrivate?: string;
  /** In place of the client that is there. */
  client?: Client;
  /** Where what the plugin logs goes; nowhere unless it is given. */
  log?: Log;
}
