/** One call on one instance: its deadline, and what its end means. */

import type { Account } from './connection';
import { ActionError, internal, type ErrorDocument } from './error';
import { bounded, type Exchange } from './http';
import type { Instance, Outcome } from './instance';
import { redact, redacted } from './redact';

export interface Call {
  /** The export. */
  name: string;
  /** JSON. */
  input: string;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface Ended {
  result: Record<string, unknown> | ActionError;
  reusable: boolean;
}

/** What a plugin gets to say what became of a request that was ended; most need a thousandth of it. */
const LAST_WORDS_MS = 1000;

/** Never throws. */
export async function callOn(instance: Instance, account: Account, call: Call): Promise<Ended> {
  const { name, input, timeoutMs, signal } = call;
  const answer = new AbortController();
  const exchange = instance.begin(answer.signal);
  const stop = stopper(answer, timeoutMs, signal);
  try {
    const outcome = await Promise.race([instance.call(name, input), stop.stopped]);
    if (outcome === 'stopped') {
      return { result: signal?.aborted ? cancelled(exchange) : endless(timeoutMs, exchange), reusable: false };
    }
    const taken = signal?.aborted && exchange.interrupted;
    return { result: taken ? cancelled(exchange) : read(outcome, account, exchange), reusable: true };
  } catch (error) {
    const why = redact(error instanceof Error ? error.message : String(error), account.secrets);
    return { result: internal(`The plugin stopped in the middle: ${why}`, effectOf(exchange)), reusable: false };
  } finally {
    stop.clear();
  }
}

/**
 * Ends the requests when it is time, or when the caller does not want the call any more; and resolves when the
 * plugin has not come to an end by itself then.
 */
function stopper(answer: AbortController, timeoutMs: number, signal: AbortSignal | undefined) {
  const lastWordsMs = Math.min(LAST_WORDS_MS, timeoutMs / 10);
  const timers: NodeJS.Timeout[] = [];
  let cancel = () => {};
  const stopped = new Promise<'stopped'>((resolve) => {
    const stop = () => resolve('stopped');
    const end = () => answer.abort();
    timers.push(setTimeout(end, timeoutMs - lastWordsMs), setTimeout(stop, timeoutMs));
    cancel = () => {
      end();
      timers.push(setTimeout(stop, lastWordsMs));
    };
  });
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  const clear = () => {
    timers.forEach(clearTimeout);
    signal?.removeEventListener('abort', cancel);
  };
  return { stopped, clear };
}

/** The caller took the call back; `exchange` is there if it had begun. */
export function cancelled(exchange?: Exchange): ActionError {
  const effect = exchange ? effectOf(exchange) : 'none';
  const message =
    effect === 'none'
      ? 'The call was cancelled before anything was sent.'
      : 'The call was cancelled before the service answered: it may or may not have taken effect.';
  return new ActionError({ kind: 'unavailable', message, retry: 'later', effect });
}

function endless(timeoutMs: number, exchange: Exchange): ActionError {
  return internal(`The plugin did not end within ${timeoutMs / 1000} s and was stopped.`, effectOf(exchange));
}

function effectOf(exchange: Exchange): ErrorDocument['effect'] {
  return exchange.mayHaveArrived ? 'unknown' : 'none';
}

function read(outcome: Outcome, account: Account, exchange: Exchange): Record<string, unknown> | ActionError {
  const effect = effectOf(exchange);
  if ('output' in outcome) {
    const output = parse(outcome.output);
    return output ? redacted(output, account.secrets) : internal('The plugin answered without JSON.', effect);
  }
  // The plugin hides its secrets itself; this is for the day when it does not.
  const document = redacted(parse(outcome.error), account.secrets);
  if (!isDocument(document)) return internal('The plugin failed without an error document.', effect);
  return new ActionError(withWhatTheHostKnows(document, exchange));
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
