/** One call, from the plugin's first request to what its end means. */

import type { Account } from './connection';
import { LOG_LINE } from './engine/caps';
import { replay } from './engine/replay';
import type { Outcome } from './engine/run';
import type { Sandbox } from './engine/sandbox';
import { ActionError, internal, type ErrorDocument } from './error';
import { Exchange } from './http/exchange';
import { bounded } from './http/retry-after';
import type { Client } from './http/transport';
import { redact, redacted } from './redact';
import type { Log } from './settings';
import type { Stop } from './stop';

/** What all calls of a plugin share. */
export interface Means {
  sandbox: Sandbox;
  client: Client;
  maxBytes: number;
  timeoutMs: number;
  log: Log | undefined;
}

export interface Call {
  /** The export. */
  name: string;
  /** JSON. */
  input: string;
  stop: Stop;
  /** Whether its output is for the host alone: secrets stay in it. */
  isBare?: boolean;
}

/** Fails with an `ActionError`. */
export async function make(
  { name, input, stop, isBare = false }: Call,
  account: Account,
  { sandbox, client, maxBytes, timeoutMs, log }: Means,
): Promise<Record<string, unknown>> {
  const { config, origins, key, secrets } = account;
  const exchange = new Exchange({ client, origins, maxBytes, timeoutMs, stop: stop.signal });
  try {
    const ended = await replay(sandbox, key, { name, input, config }, (asked) => exchange.answer(asked));
    // Half a secret would not be found: what is too long is cut afterwards.
    if (log) for (const { level, text } of ended.log) log(level, redact(text, secrets).slice(0, LOG_LINE));
    if (stop.signal.aborted && exchange.isInterrupted) throw stopped(stop, exchange);
    return read(ended.outcome, account, exchange, isBare);
  } finally {
    exchange.release();
  }
}

/** The caller took the call back, or the plugin is being closed; `exchange` is there if it had begun. */
export function stopped(stop: Stop, exchange?: Exchange): ActionError {
  const effect = exchange ? effectOf(exchange) : 'none';
  if (stop.isClosing) return internal('The plugin has been closed.', effect);
  const message =
    effect === 'none'
      ? 'The call was cancelled before anything was sent.'
      : 'The call was cancelled before the service answered: it may or may not have taken effect.';
  return new ActionError({ kind: 'unavailable', message, retry: 'later', effect });
}

function effectOf(exchange: Exchange): ErrorDocument['effect'] {
  return exchange.mayHaveArrived ? 'unknown' : 'none';
}

function read(outcome: Outcome, { secrets }: Account, exchange: Exchange, isBare: boolean): Record<string, unknown> {
  const effect = effectOf(exchange);
  if ('stopped' in outcome) {
    throw internal(`The plugin stopped in the middle: ${redact(outcome.stopped, secrets)}`, effect);
  }
  if ('output' in outcome) {
    const output = parse(outcome.output);
    if (!output) throw internal('The plugin answered without JSON.', effect);
    return isBare ? output : redacted(output, secrets);
  }
  // The plugin hides its secrets itself; this is for the day when it does not.
  const document = redacted(parse(outcome.error), secrets);
  if (!isDocument(document)) throw internal('The plugin failed without an error document.', effect);
  throw new ActionError(withWhatTheHostKnows(document, exchange));
}

/** When the service takes requests again, and what the plugin can not know of its last request. */
function withWhatTheHostKnows(document: ErrorDocument, { retryAfterS, hint }: Exchange): ErrorDocument {
  const { message, retry, retry_after_s: own } = document;
  const after = retry === 'later' ? (retryAfterS ?? own) : own;
  return {
    ...document,
    message: hint === undefined ? message : `${message} ${hint}`,
    ...(after !== undefined && { retry_after_s: bounded(after) }),
  };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function isDocument(value: object | null): value is ErrorDocument {
  const document = value as Partial<ErrorDocument> | null;
  return (
    typeof document?.kind === 'string' &&
    typeof document.message === 'string' &&
    ['never', 'later'].includes(String(document.retry)) &&
    ['none', 'unknown'].includes(String(document.effect))
  );
}
