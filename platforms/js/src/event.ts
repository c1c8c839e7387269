/** What triggers tell, strictly read: what a platform is given is as docs/contract.md has it, or it is an error. */

import { internal, type ActionError } from './error';
import { isFit } from './http/headers';

/** Something that happened: a CloudEvent without its envelope. */
export interface TriggerEvent {
  /** The key by which repeats are known, over all triggers of a connection. */
  id: string;
  /** When it happened, in RFC 3339. */
  time?: string;
  /** What it happened to: the value that actions on the same thing have as their subject. */
  subject?: string;
  data: Record<string, unknown>;
}

/** A page of a poll, the oldest first. */
export interface EventPage {
  events: TriggerEvent[];
  nextCursor: string;
  /** Whether there is more at once: then `nextCursor` is not the cursor that was given. */
  hasMore: boolean;
}

/** What a webhook's request held, and what its service is answered once that is safe. */
export interface Received {
  events: TriggerEvent[];
  response: WebhookResponse;
}

export interface WebhookResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A place that a service sends to. All of it belongs into a platform's own storage; `secret` is one. */
export interface Subscription {
  subscription: string;
  secret: string;
  /** UNIX seconds at which it ends by itself. */
  expires?: number;
}

type Values = Record<string, unknown>;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Of the poll of that name, which was asked with this cursor. */
export function pageOf(trigger: string, cursor: string | null, output: Values): EventPage {
  const { nextCursor, hasMore } = output;
  if (typeof nextCursor !== 'string') throw wrong(trigger, 'a page without a text as its nextCursor');
  if (typeof hasMore !== 'boolean') throw wrong(trigger, 'a page that does not say in hasMore whether it is the last');
  if (hasMore && nextCursor === cursor) throw wrong(trigger, 'the same page again and again');
  return { events: eventsOf(trigger, output), nextCursor, hasMore };
}

/** Of the webhook of that name. */
export function receivedOf(trigger: string, output: Values): Received {
  const { response } = output;
  if (!isObject(response)) throw wrong(trigger, 'no response for its service');
  const { status, headers, body } = response;
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
    throw wrong(trigger, 'a response whose status is not from 200 to 599');
  }
  if (body !== undefined && typeof body !== 'string') throw wrong(trigger, 'a response whose body is no text');
  if (headers !== undefined && !(isObject(headers) && Object.entries(headers).every(isHeader))) {
    throw wrong(trigger, "a response with headers that are none, or are the host's to say");
  }
  return {
    events: eventsOf(trigger, output),
    response: {
      status: Number(status),
      ...(headers !== undefined && { headers: headers as Record<string, string> }),
      ...(body !== undefined && { body }),
    },
  };
}

/** Of what subscribes; `secret` is what the host has made, unless the service wants another. */
export function subscriptionOf(trigger: string, secret: string, output: Values): Subscription {
  const { subscription, secret: own = secret, expires } = output;
  if (!isText(subscription)) throw wrong(trigger, 'a subscription without an id, so that it can not be ended');
  if (!isText(own)) throw wrong(trigger, 'a subscription whose secret is no text');
  if (expires !== undefined && !Number.isSafeInteger(expires)) {
    throw wrong(trigger, 'a subscription whose end is no UNIX seconds');
  }
  return { subscription, secret: own, ...(expires !== undefined && { expires: Number(expires) }) };
}

function eventsOf(trigger: string, { events }: Values): TriggerEvent[] {
  if (!Array.isArray(events)) throw wrong(trigger, 'no list of events');
  return events.map((event: unknown) => {
    if (!isObject(event)) throw wrong(trigger, 'an event that is no object');
    const { id, time, subject, data } = event;
    if (!isText(id)) throw wrong(trigger, 'an event without an id, so that its repeats could not be known');
    if (!isObject(data)) throw wrong(trigger, `an event without data (${id})`);
    if (time !== undefined && !isMoment(time)) throw wrong(trigger, `an event with a time that is none (${id})`);
    if (subject !== undefined && !isText(subject)) throw wrong(trigger, `an event whose subject is no text (${id})`);
    return { id, ...(time !== undefined && { time }), ...(subject !== undefined && { subject }), data };
  });
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isMoment(value: unknown): value is string {
  return typeof value === 'string' && RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
}

function isHeader([name, value]: [string, unknown]): boolean {
  return typeof value === 'string' && isFit(name, value);
}

/** Nothing at the service has changed by it. */
function wrong(trigger: string, what: string): ActionError {
  return internal(`The plugin's trigger "${trigger}" gave ${what}.`, 'none');
}
