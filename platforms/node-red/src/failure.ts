/** Errors as Catch nodes get them. */

import { ActionError, messageOf, type ErrorDocument, type Named } from 'plugin-engine';

/**
 * Of this, Node-RED puts the text into `msg.error.message`, `code` into `msg.error.code` and `cause`, the plugin's own
 * document, into `msg.error.cause`. There is no stack, because it would only show this package's inside.
 */
export function failure(thrown: unknown, fields: Named[]): Error & { code: string; cause: ErrorDocument } {
  const cause = thrown instanceof ActionError ? thrown.toJSON() : internal(thrown);
  const message = thrown instanceof ActionError ? messageOf(thrown, fields) : cause.message;
  const told = Object.assign(new Error(message), { name: '', code: cause.kind, cause });
  delete told.stack;
  return told;
}

/** The plugin could not be loaded, or there is a bug here: nothing was sent. */
function internal(thrown: unknown): ErrorDocument {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'internal', message, retry: 'never', effect: 'none' };
}
