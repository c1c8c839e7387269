/** A plugin's errors as Zapier's: which of them decides what becomes of the Zap run. */

import type { ZObject } from 'zapier-platform-core';
import { ActionError, inTitleCase, mayRepeat, problemsOf, type Named, type Repeatable } from 'plugin-engine';

/** Seconds until a run is repeated where the service does not say; up to twice that, so that not all come at once. */
const RETRY_S = 60;
const LONGEST_S = 24 * 3600;

/**
 * The error of an action.
 *
 * - What may be repeated waits and is repeated (`ThrottledError`): not a wrong address or certificate, which the next
 *   minute does not mend, and not what may have been done and would be done twice.
 * - What nobody can repair in the Zap's data stops until the account is connected anew (`ExpiredAuthError`).
 * - An unknown order is a condition of this one item: the run ends as halted, and neither counts as failed nor, when
 *   there are many, turns the Zap off (`HaltedError`).
 * - The rest fails, and Zapier tells the Zap's owner (`Error`).
 */
export function actionError(z: ZObject, action: Repeatable, error: unknown, fields: Named[]): Error {
  if (!(error instanceof ActionError)) return unexpected(z, error);
  z.console.log(JSON.stringify(error));
  const message = messageOf(error, fields);
  if (mayRepeat(action, error)) return new z.errors.ThrottledError(message, delayOf(error));
  switch (error.kind) {
    case 'auth':
    case 'invalid_connection':
      return plain(new z.errors.ExpiredAuthError(message));
    case 'not_found':
      return plain(new z.errors.HaltedError(message));
    default:
      return new z.errors.Error(message, error.kind, statusOf(error));
  }
}

/** The error of a trigger, which changes nothing. What is not there, nobody will ever be told of: its Zap's owner is. */
export function triggerError(z: ZObject, error: unknown, fields: Named[]): Error {
  const isLost = error instanceof ActionError && error.kind === 'not_found';
  if (!isLost) return actionError(z, { annotations: { readOnlyHint: true } }, error, fields);
  z.console.log(JSON.stringify(error));
  return new z.errors.Error(messageOf(error, fields), error.kind, 404);
}

/** The error of a connection that is being tested: a person waits for it, so nothing is repeated. */
export function connectionError(z: ZObject, error: unknown, fields: Named[]): Error {
  if (!(error instanceof ActionError)) return unexpected(z, error);
  z.console.log(JSON.stringify(error));
  const isAuth = error.kind === 'auth' || error.kind === 'invalid_connection';
  return new z.errors.Error(messageOf(error, fields), isAuth ? 'AuthenticationError' : error.kind, statusOf(error));
}

function unexpected(z: ZObject, error: unknown): Error {
  return new z.errors.Error(error instanceof Error ? error.message : String(error), 'internal', 500);
}

/** Zapier adds the step's input and the console's lines to a message, unless it is told that the message is whole. */
function plain(error: Error): Error {
  return Object.assign(error, { doNotContextify: true });
}

/** All that is wrong, by the labels of the form. */
function messageOf(error: ActionError, fields: Named[]): string {
  return problemsOf(error, inTitleCase(fields)).join('; ');
}

/** As late as the service asks for, which is a day at most, and up to a fifth later: not all come back at once. */
function delayOf({ retryAfterS }: ActionError): number {
  if (retryAfterS === undefined) return RETRY_S + Math.floor(Math.random() * RETRY_S);
  return Math.min(retryAfterS + Math.ceil((Math.random() * retryAfterS) / 5), LONGEST_S);
}

/** Which HTTP status says the same, as Zapier's error has room for one. */
function statusOf(error: ActionError): number {
  switch (error.kind) {
    case 'invalid_input':
    case 'invalid_connection':
      return 400;
    case 'auth':
      return 401;
    case 'rejected':
      return 422;
    case 'throttled':
      return 429;
    case 'unavailable':
      return 503;
    case 'unexpected_reply':
    case 'forged_reply':
    case 'forged_event':
      return 502;
    default:
      return 500;
  }
}
