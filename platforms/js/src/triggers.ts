/** The triggers of a plugin: what they are asked, and what they tell. */

import { withSecret, type Account, type Accounts } from './connection';
import type { Description, Trigger } from './description';
import { ActionError } from './error';
import {
  pageOf,
  receivedOf,
  subscriptionOf,
  type EventPage,
  type Received,
  type Subscription,
  type TriggerEvent,
} from './event';
import { allHold, taken } from './expectation';
import { invalid, written } from './input';
import type { Repeatable } from './repeats';
import { refuseRounded } from './rounded';
import { patiently, type Run, type Runs } from './runs';
import type { CallOptions, Connection, Plugin } from './settings';
import {
  newSecret,
  pollInput,
  subscribeInput,
  triggerNamed,
  webhookInput,
  type PollRequest,
  type SubscribeRequest,
  type UnsubscribeRequest,
  type WebhookRequest,
} from './trigger';

/** A poll and a webhook change nothing. */
const READ: Repeatable = { annotations: { readOnlyHint: true } };
/** To subscribe may be repeated, as its error says: what is left over is ended. To end twice is to end. */
const NATURAL: Repeatable = { idempotency: 'natural' };

type Told = Pick<Plugin, 'poll' | 'webhook' | 'confirmed' | 'subscribe' | 'unsubscribe'>;

export class Triggers implements Told {
  readonly #description: Description;
  readonly #runs: Runs;
  readonly #accounts: Accounts;
  readonly #call: Plugin['call'];

  /** `call` makes the reads by which events are made sure of. */
  constructor(description: Description, runs: Runs, accounts: Accounts, call: Plugin['call']) {
    this.#description = description;
    this.#runs = runs;
    this.#accounts = accounts;
    this.#call = call;
  }

  async poll(
    name: string,
    request: PollRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<EventPage> {
    const trigger = this.#trigger(name, 'poll');
    refuseRounded(trigger, request.input);
    const account = this.#account(connection);
    const input = written(pollInput(request));
    const output = await this.#told({ name: trigger.name, input }, account, READ, options).catch(fruitless);
    return pageOf(name, request.cursor ?? null, output);
  }

  async webhook(
    name: string,
    request: WebhookRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Received> {
    const trigger = this.#trigger(name, 'webhook');
    refuseRounded(trigger, request.input);
    const account = withSecret(this.#account(connection), request.secret);
    const input = written(webhookInput(request));
    return receivedOf(name, await this.#told({ name: trigger.name, input }, account, READ, options).catch(fruitless));
  }

  async confirmed(
    name: string,
    { data }: TriggerEvent,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<boolean> {
    const { confirm } = this.#trigger(name);
    if (!confirm) return true;
    try {
      const found = await this.#call(confirm.action, taken(confirm.arguments, data), connection, options);
      return allHold(confirm.holds, data, found);
    } catch (error) {
      if (error instanceof ActionError && error.kind === 'not_found') return false;
      throw error;
    }
  }

  async subscribe(
    name: string,
    request: SubscribeRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<Subscription> {
    const trigger = this.#trigger(name, 'webhook');
    if (trigger.subscribe === undefined) throw invalid(`Its service has no call to subscribe to "${name}".`);
    refuseRounded(trigger, request.input);
    const secret = request.secret ?? newSecret(trigger);
    const account = withSecret(this.#account(connection), secret);
    const input = written(subscribeInput(request, secret));
    // What the host keeps to itself has its secret, and an id that may hold one.
    const run = { name: trigger.subscribe, input, isBare: true };
    return subscriptionOf(name, secret, await this.#told(run, account, NATURAL, options));
  }

  async unsubscribe(
    name: string,
    { input = {}, subscription }: UnsubscribeRequest,
    connection: Connection,
    options: CallOptions = {},
  ): Promise<void> {
    const trigger = this.#trigger(name, 'webhook');
    if (trigger.unsubscribe === undefined) throw invalid(`Its service has no call to unsubscribe from "${name}".`);
    const account = this.#account(connection);
    try {
      const run = { name: trigger.unsubscribe, input: written({ input, subscription }) };
      await this.#told(run, account, NATURAL, options);
    } catch (error) {
      if (!(error instanceof ActionError) || error.kind !== 'not_found') throw error;
    }
  }

  #account(connection: Connection): Account {
    return this.#accounts.of(connection);
  }

  #trigger(name: string, delivery?: Trigger['delivery']): Trigger {
    const trigger = triggerNamed(this.#description, name);
    if (!trigger) throw invalid(`There is no trigger "${name}".`);
    if (delivery && trigger.delivery !== delivery) throw invalid(`The trigger "${name}" is no ${delivery}.`);
    return trigger;
  }

  /** What an export of a trigger says. */
  #told(run: Run, account: Account, kind: Repeatable, options: CallOptions): Promise<Record<string, unknown>> {
    return this.#runs.until(options.signal, (stop) => {
      return patiently(kind, stop, options, () => this.#runs.attempt(run, account, stop, options));
    });
  }
}

/** The failure of what changes nothing. */
function fruitless(error: unknown): never {
  if (!(error instanceof ActionError) || error.effect === 'none') throw error;
  throw new ActionError({ ...error.toJSON(), effect: 'none' });
}
