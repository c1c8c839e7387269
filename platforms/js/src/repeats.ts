/** Which failed calls a host may make again by itself, and when. */

import { keyOf } from './action';
import type { Action } from './description';
import { ActionError, type ErrorDocument } from './error';
import { onAbort } from './stop';

/** Without an answer, for a reason that the next minute will not change either: a wrong name, a wrong certificate. */
const LASTING = new Set(['dns', 'tls', 'not_allowed']);

/** The first pause where the service asks for none, and the longest. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** What of an action says what its repeat does. */
export type Repeatable = Pick<Action, 'annotations' | 'idempotency'>;

/**
 * Whether a call may be repeated without a person's asking: where its error allows it, and where it has surely changed
 * nothing or a second time changes nothing more, as where the service knows a repeat by its key.
 */
export function mayRepeat(action: Repeatable | undefined, error: ActionError): boolean {
  return error.retry === 'later' && isRepeatable(action, error) && !isLasting(error);
}

/** Whether the same again does no harm after an attempt of this effect. */
export function isRepeatable(action: Repeatable | undefined, { effect }: Pick<ActionError, 'effect'>): boolean {
  return effect === 'none' || isHarmless(action);
}

/** Whether a second time changes nothing more. */
export function isHarmless(action: Repeatable | undefined): boolean {
  const { annotations: { readOnlyHint, idempotentHint } = {}, idempotency } = action ?? {};
  // An action that does not say it is judged by what it tells MCP's clients.
  const isNatural = idempotency === undefined ? idempotentHint === true : idempotency === 'natural';
  return readOnlyHint === true || isNatural || keyOf(action) !== undefined;
}

/** What to do where the same again may be done twice. */
export const LOOK = 'It is not repeated by itself, as it might be done twice: look whether it was done.';

/** The last sentence of an error, if it is advice to try again, as the kit's errors have it. */
export const ADVICE = /(?<=\. )Try again((?!\. ).)*$/;

/** A message without that sentence. */
export function withoutAdvice(message: string): string {
  return message.replace(ADVICE, '').trimEnd();
}

/** An error as it is told: nobody is told to try again what may have been done, and would be done twice. */
export function settled(action: Repeatable | undefined, error: unknown): unknown {
  if (!(error instanceof ActionError) || error.retry === 'never' || isRepeatable(action, error)) return error;
  return once({ ...error.toJSON(), message: `${withoutAdvice(error.message)} ${LOOK}` });
}

/** The error of a call that is not to be made again. */
export function once({ retry_after_s: _, ...document }: ErrorDocument): ActionError {
  return new ActionError({ ...document, retry: 'never' });
}

/** Whether it needs somebody to look at the address, the network or the certificate. */
export function isLasting({ upstream }: ActionError): boolean {
  return upstream?.http_status === 0 && LASTING.has(upstream.error_text ?? '');
}

/** The pause before the next attempt: never shorter than the service asks, and not the same for all. */
export function pauseMs({ retryAfterS }: ActionError, attempt: number): number {
  const asked = retryAfterS === undefined ? Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS) : retryAfterS * 1000;
  return asked + Math.random() * Math.min(asked / 4, FIRST_MS);
}

/** Resolves after so many milliseconds, or with the signal. A platform has its own timers, and rules for others. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The longest that a timer knows. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** A platform's timer that leaves no listener on the signal, which may be that of many sleeps. */
export function tidy(sleep: Sleep): Sleep {
  return async (ms, signal) => {
    const end = new AbortController();
    const off = onAbort(signal, () => end.abort());
    await sleep(Math.min(ms, LONGEST_SLEEP_MS), end.signal).finally(off);
  };
}

/**
 * How long many calls on one service wait for it, all together: counted from the first that failed since the last that
 * did not. Once that is over, each is made once and no more until one succeeds. Nobody calls while one waits as long as
 * the service asked for.
 */
export class Patience {
  readonly #limitMs: number;
  readonly #sleep: Sleep;
  /** When the service began to fail. */
  #failing: number | null = null;
  /** Nobody calls before this. */
  #closedUntil = 0;

  constructor(limitMs: number, sleep: Sleep) {
    this.#limitMs = limitMs;
    this.#sleep = tidy(sleep);
  }

  /** Resolves when calls may be made. */
  async ready(signal: AbortSignal): Promise<void> {
    for (let left = 1; left > 0 && !signal.aborted;) {
      left = this.#closedUntil - Date.now();
      if (left > 0) await this.#sleep(left, signal);
    }
  }

  succeeded(): void {
    this.#failing = null;
  }

  /** Resolves when the call may be made again; with `false` at once if that is too late. */
  async repeat(error: ActionError, attempt: number, signal: AbortSignal): Promise<boolean> {
    const now = Date.now();
    this.#failing ??= now;
    const ms = pauseMs(error, attempt);
    if (now + ms > this.#failing + this.#limitMs) return false;
    if (error.retryAfterS !== undefined) this.#closedUntil = Math.max(this.#closedUntil, now + ms);
    await this.#sleep(ms, signal);
    await this.ready(signal);
    return !signal.aborted;
  }
}
