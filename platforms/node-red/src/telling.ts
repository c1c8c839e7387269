/** One node that tells what happens: what it listens to or asks, what it keeps, what it hands on. */

import { createHash, randomBytes } from 'node:crypto';
import { toRfc3339 } from 'plugin-engine/datetime';
import { fieldsOf } from 'plugin-engine/forms';
import {
  ActionError,
  webhookStatus,
  type Connection,
  type Trigger,
  type TriggerEvent,
  type WebhookRequest,
  type WebhookResponse,
} from 'plugin-engine';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { connectionOf, misconfigured } from './connection-node';
import { Delivery } from './delivery';
import { addressOf, type Source, type Sources } from './form';
import type { Group } from './group';
import { inputOf } from './input';
import { description, FORM, loaded } from './loaded';
import { Outbox, type OutboxState } from './outbox';
import { Poller } from './poller';
import { listen } from './receiver';
import { Report } from './report';
import { StateFile } from './state-file';
import { Subscriber, type Kept } from './subscriber';

/** Its secret is that of the webhook's address. */
export type TriggerNode = Node<{ secret: unknown }>;

export interface TriggerDef extends NodeDef {
  connection: string;
  trigger: string;
  fields?: Sources;
  base?: string;
  every?: number | string;
  start?: Source;
  shared?: boolean;
  /** With one, the flow says when an event is done. */
  inputs?: number | string;
}

/** What of a node outlives it. */
interface State extends OutboxState {
  subscription?: Kept;
  /** That of the address, until Node-RED has it with its credentials. */
  secret?: string;
}

/** Where its state is, and who shares what was seen. */
export interface Place {
  path: string;
  state: unknown;
  group: Group;
}

/** An event is a CloudEvent in a message, and its data the payload. */
interface EventMessage extends NodeMessage {
  payload: TriggerEvent['data'];
  event: TriggerEvent & { type: string; source: string };
}

/** Requests that wait for their answer; whoever sends more has to come again. */
const MOST_REQUESTS = 100;
const DEFAULT_EVERY_S = 60;
/** Nobody guesses it. */
const SECRET_BYTES = 16;
/** A service that has to be told that nobody listens any more gets so much time for it. */
const END_MS = 10_000;

export class Telling {
  readonly #RED: NodeAPI;
  readonly #node: TriggerNode;
  readonly #def: TriggerDef;
  readonly #trigger: Trigger;
  readonly #place: Place;
  readonly #report: Report;
  readonly #outbox: Outbox;
  readonly #file: StateFile<unknown>;
  readonly #delivery: Delivery;
  readonly #closing = new AbortController();
  #poller: Poller | undefined;
  #subscriber: Subscriber | undefined;
  #subscription: Kept | undefined;
  #secret: string | undefined;
  #unlisten: (() => void) | undefined;
  #requests = 0;

  constructor(RED: NodeAPI, node: TriggerNode, def: TriggerDef, trigger: Trigger, place: Place) {
    this.#RED = RED;
    this.#node = node;
    this.#def = def;
    this.#trigger = trigger;
    this.#place = place;
    this.#report = new Report(node, [...fieldsOf(trigger), ...FORM.connection], this.#closing.signal);
    const { trigger: name, fields, start } = def;
    const purpose = { account: this.#account(), cursorOf: digest({ name, fields, start }) };
    this.#outbox = new Outbox(place.state, purpose, Date.now());
    const { subscription, secret } = (place.state ?? {}) as Partial<State>;
    this.#subscription = subscription;
    this.#secret = secret;
    place.group.join(node.id, this.#outbox);
    this.#file = new StateFile(place.path, () => this.#state());
    this.#delivery = new Delivery(this.#outbox, this.#file, place.group, {
      confirm: async (name, event) => {
        return (await loaded()).confirmed(name, event, this.#connection(), { signal: this.#closing.signal });
      },
      handOn: (name, event) => this.#node.send(this.#message(name, event)),
      isAnswered: Number(def.inputs) === 1,
      failed: (error) => this.#report.failed(error, 'unconfirmed'),
      worked: () => this.#report.worked(),
      dropped: (event, why, isLost) => this.#report.dropped(event, why, isLost),
      now: () => Date.now(),
    });
  }

  begin(): void {
    try {
      this.#connection();
      if (this.#trigger.delivery === 'webhook') this.#listen();
      this.#delivery.begin();
      if (this.#trigger.delivery === 'poll') this.#poll();
    } catch (error) {
      this.#report.failed(error);
    }
  }

  /** A message that comes back, or an error with it. */
  async answered(msg: NodeMessage): Promise<void> {
    const { event, error } = msg as { event?: { id?: unknown }; error?: { message?: unknown; cause?: any } };
    if (typeof event?.id !== 'string') return;
    if (error === undefined) return this.#delivery.answered(event.id);
    const { retry, retry_after_s: after } = error.cause ?? {};
    const afterMs = (Number(after) || 0) * 1000;
    const failed = { message: String(error.message ?? error), again: retry !== 'never', afterMs };
    await this.#delivery.answered(event.id, failed);
    if (failed.again) this.#report.show('yellow', 'unanswered');
  }

  async close(removed: boolean): Promise<void> {
    this.#unlisten?.();
    this.#closing.abort();
    await Promise.all([this.#poller?.close(), this.#subscriber?.close(), this.#delivery.close()]);
    this.#node.status({});
    if (!removed) return;
    await this.#unsubscribed();
    this.#place.group.leave(this.#node.id);
    await this.#file.remove();
  }

  #listen(): void {
    const secret = this.#addressSecret();
    if ((this.#RED.settings as { httpNodeRoot?: unknown }).httpNodeRoot === false) {
      return this.#report.deaf('no_http', "Node-RED's HTTP routes are off (httpNodeRoot): a webhook can't come in.");
    }
    this.#unlisten = listen(this.#trigger.name, secret, (request) => this.#receive(request));
    if (!this.#unlisten) {
      return this.#report.deaf('address_taken', 'Another node has the same address: delete this one, and add it anew.');
    }
    if (this.#trigger.subscribe === undefined) return this.#report.worked();
    const url = addressOf(FORM.names, this.#def.base ?? '', this.#trigger.name, secret);
    if (!URL.canParse(url)) throw misconfigured('Public address must be an address with https, or http.', 'base');
    const of = digest({ url, account: this.#account(), fields: this.#def.fields });
    this.#subscriber = new Subscriber({
      plugin: loaded,
      connection: () => this.#connection(),
      trigger: this.#trigger.name,
      endsIt: (name) =>
        description.triggers?.some((one) => one.name === name && one.unsubscribe !== undefined) === true,
      input: () => this.#input(),
      url,
      of,
      key: secret,
      kept: this.#subscription,
      keep: (kept) => {
        this.#subscription = kept;
        return this.#file.save();
      },
      worked: () => this.#report.worked(),
      failed: (error) => this.#report.failed(error),
      signal: this.#closing.signal,
    });
    this.#subscriber.begin();
  }

  /**
   * Made in the dialog as a rule. A node that nobody has opened, of an import, gets it here: Node-RED keeps it with its
   * credentials from the next deploy on, and until then it is in the node's own file.
   */
  #addressSecret(): string {
    const { secret } = this.#node.credentials ?? {};
    if (typeof secret === 'string' && secret !== '') {
      this.#secret = undefined;
      return secret;
    }
    this.#secret ??= randomBytes(SECRET_BYTES).toString('hex');
    this.#RED.nodes.addCredentials(this.#node.id, { secret: this.#secret });
    this.#file.save().catch((error: unknown) => this.#report.failed(unsafe(error)));
    return this.#secret;
  }

  #poll(): void {
    const { every, start } = this.#def;
    const trigger = this.#trigger.name;
    this.#poller = new Poller({
      everyMs: Math.max(1, Number(every) || DEFAULT_EVERY_S) * 1000,
      page: async () => {
        const plugin = await loaded();
        const { cursor } = this.#outbox;
        const asked = { input: await this.#input(), cursor, start: startOf(start) };
        const page = await plugin.poll(trigger, asked, this.#connection(), { signal: this.#closing.signal });
        await this.#keep(page.events, page.nextCursor);
        return page;
      },
      isFull: () => this.#delivery.isFull,
      asking: () => this.#report.asking(),
      worked: () => this.#report.worked(),
      failed: (error) => this.#report.failed(error),
    });
    this.#poller.begin();
  }

  async #receive(request: WebhookRequest): Promise<WebhookResponse> {
    if (this.#requests >= MOST_REQUESTS || this.#delivery.isFull) return { status: 503 };
    this.#requests += 1;
    try {
      const plugin = await loaded();
      const secret = this.#subscriber?.secret;
      const whole = { ...request, input: await this.#input(), ...(secret !== undefined && { secret }) };
      const { signal } = this.#closing;
      const { events, response } = await plugin.webhook(this.#trigger.name, whole, this.#connection(), { signal });
      await this.#keep(events);
      return response;
    } catch (error) {
      this.#report.refused(error);
      return { status: this.#closing.signal.aborted ? 503 : webhookStatus(error) };
    } finally {
      this.#requests -= 1;
    }
  }

  async #keep(events: TriggerEvent[], cursor?: string): Promise<void> {
    try {
      await this.#delivery.takeIn(this.#trigger.name, events, cursor);
    } catch (error) {
      throw unsafe(error);
    }
  }

  async #unsubscribed(): Promise<void> {
    if (!this.#subscriber) return;
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('the service does not answer')), END_MS).unref();
    });
    await Promise.race([this.#subscriber.end(), late]).catch((error: Error) => {
      this.#node.warn(`The service still sends to the address of the node: end it there (${error.message}).`);
    });
  }

  #message(trigger: string, event: TriggerEvent): EventMessage {
    const { name, id } = connectionOf(this.#RED, this.#def.connection);
    const type = `${description.name}.${trigger}`;
    const source = `/${description.name}/${encodeURIComponent(name || id)}`;
    // Whoever changes the payload leaves the event as it was.
    return { payload: structuredClone(event.data), event: { ...event, type, source } };
  }

  #connection(): Connection {
    return connectionOf(this.#RED, this.#def.connection).connection;
  }

  #input(): Promise<Record<string, unknown>> {
    return inputOf(this.#RED, this.#node, { fields: fieldsOf(this.#trigger) }, this.#def.fields ?? {}, {});
  }

  /** Whose events these are: what of the connection is no secret. */
  #account(): string {
    const node = this.#RED.nodes.getNode(this.#def.connection) as { connection?: Connection } | null;
    const shown = FORM.connection.filter(({ secret }) => !secret);
    // As people spell an address, with a blank or a slash at its end, it is the same.
    return digest(
      shown.map(({ key }) =>
        String(node?.connection?.[key] ?? '')
          .trim()
          .replace(/\/+$/, ''),
      ),
    );
  }

  #state(): State {
    const [subscription, secret] = [this.#subscription, this.#secret];
    return { ...this.#outbox.state, ...(subscription && { subscription }), ...(secret !== undefined && { secret }) };
  }
}

/** Node-RED's machine has the time zone. */
function startOf({ type, value }: Source = { type: 'now', value: '' }): 'now' | 'beginning' | number {
  if (type !== 'moment') return type === 'beginning' ? 'beginning' : 'now';
  const read = toRfc3339(value, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const seconds = typeof read === 'number' ? read : Math.floor(Date.parse(String(read)) / 1000);
  if (Number.isNaN(seconds))
    throw misconfigured(`Begin with: "${value}" is no date, such as 25.11.2026 14:30.`, 'start');
  return seconds;
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('base64url');
}

/** The service is to send it again. */
function unsafe(error: unknown): ActionError {
  const message = `Events can't be kept in Node-RED's folder: ${(error as Error).message}`;
  return new ActionError({ kind: 'unavailable', message, retry: 'later', effect: 'none' });
}
