/** What the exports of a trigger are given. */

import type { Description, Trigger } from './description';
import { ActionError } from './error';
import { bytes64 } from './base64';

/** What of a poll is asked for. */
export interface PollRequest {
  /** What the trigger's input schema describes; nothing narrows it down unless given. */
  input?: Record<string, unknown>;
  /** The `nextCursor` of the last page; null the first time. */
  cursor?: string | null;
  /** From where on the first time; UNIX seconds, or `now` unless told otherwise. */
  start?: 'now' | 'beginning' | number;
  /** How many events at most: 100 unless told otherwise. */
  limit?: number;
  /** The host's time in UNIX seconds: the clock's unless told otherwise. */
  now?: number;
}

/** A webhook's request as it came. */
export interface WebhookRequest {
  input?: Record<string, unknown>;
  method: string;
  /** By their names, however they are written; a header that stands there more than once is a list, or several entries. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>> | Iterable<readonly [string, string]>;
  /** What follows the `?`, undecoded. */
  query: string;
  body: Uint8Array;
  /** That of the subscription. */
  secret?: string;
  now?: number;
}

/** Where a service is to send. */
export interface SubscribeRequest {
  input?: Record<string, unknown>;
  /** The address. */
  url: string;
  /** Made by chance unless given. */
  secret?: string;
  now?: number;
}

/** A subscription that is to end. */
export interface UnsubscribeRequest {
  input?: Record<string, unknown>;
  subscription: string;
}

const PAGE = 100;

export function triggerNamed({ triggers }: Pick<Description, 'triggers'>, name: string): Trigger | undefined {
  return triggers?.find((trigger) => trigger.name === name);
}

export function pollInput({ input = {}, cursor = null, start = 'now', limit = PAGE, now = seconds() }: PollRequest) {
  return { input, cursor, start, now, limit };
}

export function webhookInput({ input = {}, method, headers, query, body, secret, now = seconds() }: WebhookRequest) {
  return {
    input,
    method,
    headers: joined(headers),
    query,
    body: bytes64(body),
    now,
    ...(secret !== undefined && { secret }),
  };
}

export function subscribeInput({ input = {}, url, now = seconds() }: SubscribeRequest, secret: string) {
  return { input, url, secret, now };
}

/** A secret of 256 bits, as the way of signing has them. */
export function newSecret({ signature }: Trigger): string {
  const chance = crypto.getRandomValues(new Uint8Array(32));
  if (signature === 'standard-webhooks') return `whsec_${bytes64(chance)}`;
  return Array.from(chance, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * What a service is answered whose webhook was not taken: the contract's table. The answer has no body: what is wrong is
 * nobody's business but the log's.
 */
export function webhookStatus(error: unknown): 400 | 401 | 500 | 503 {
  if (!(error instanceof ActionError)) return 500;
  if (error.kind === 'forged_event') return 401;
  if (error.kind === 'unexpected_reply') return 400;
  return error.kind === 'throttled' || error.kind === 'unavailable' ? 503 : 500;
}

/** One text by name: the values of a header that stands twice with a comma between them, as HTTP has it. */
function joined(headers: WebhookRequest['headers']): Record<string, string> {
  const entries: (readonly [string, string | readonly string[] | undefined])[] =
    Symbol.iterator in headers
      ? [...(headers as Iterable<readonly [string, string]>)]
      : Object.entries(headers as Record<string, string | readonly string[] | undefined>);
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    const small = name.toLowerCase();
    values.set(small, [...(values.get(small) ?? []), ...[value].flat()]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(', ')]));
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
