/** A plugin's errors as n8n's. */

import {
  ExpressionError,
  NodeApiError,
  NodeOperationError,
  type IDataObject,
  type INode,
  type JsonObject,
} from 'n8n-workflow';
import { ActionError, isLasting, messageOf as told, problemsOf, type ErrorDocument, type Named } from 'plugin-engine';

/** For what a person has to mend in the workflow or the credential, nothing was asked of the service. */
const OPERATIONAL = new Set<ErrorDocument['kind']>(['invalid_input', 'invalid_connection', 'internal']);
const OF_CREDENTIAL = new Set<ErrorDocument['kind']>(['auth', 'invalid_connection']);

/** The error that n8n shows: of an item, or of a trigger that has none. */
export function nodeError(node: INode, error: unknown, fields: Named[], itemIndex?: number): Error {
  const item = itemIndex === undefined ? {} : { itemIndex };
  // n8n's own, such as of an expression, or of a plugin that could not be loaded.
  if (!(error instanceof ActionError)) return new NodeOperationError(node, error as Error, item);
  const waiting = itemIndex === undefined ? [] : later(error);
  const about = [...descriptionOf(error, fields), ...waiting].join('\n');
  const shown = { message: messageOf(error, fields), description: about, ...item };
  if (OPERATIONAL.has(error.kind)) return new NodeOperationError(node, shown.message, shown);
  const httpCode = httpCodeOf(error);
  const document = error.toJSON() as unknown as JsonObject;
  return new NodeApiError(node, document, { ...shown, ...(httpCode && { httpCode }) });
}

/** The `error` of an item that failed where the workflow goes on: the contract's document. */
export function errorDocument(error: unknown): IDataObject {
  return { ...(error instanceof ActionError ? error.toJSON() : beforeTheCall(error)) } as unknown as IDataObject;
}

/** Of what goes wrong before the plugin is asked: with an expression, or with the loading of the plugin. */
function beforeTheCall(error: unknown): ErrorDocument {
  const kind = error instanceof ExpressionError ? 'invalid_input' : 'internal';
  return { kind, message: messageOf(error, []), retry: 'never', effect: 'none' };
}

/** One line, in the words of the form. */
export function messageOf(error: unknown, fields: Named[]): string {
  if (!(error instanceof ActionError)) return error instanceof Error ? error.message : String(error);
  return told(error, fields);
}

/** What is to know beyond the message. */
function descriptionOf(error: ActionError, fields: Named[]): string[] {
  const { kind, effect } = error;
  const problems = problemsOf(error, fields);
  return [
    ...(problems.length > 1 ? problems : []),
    ...(OF_CREDENTIAL.has(kind) ? ["This is set in the node's credential."] : []),
    ...(kind === 'internal' && effect === 'unknown' ? ['The change may or may not have been made.'] : []),
  ];
}

/** n8n's own "Retry On Fail" repeats all items, also those that are done, and never waits for longer than 5 s. */
function later(error: ActionError): string[] {
  if (error.retry !== 'later' || isLasting(error)) return [];
  const { retryAfterS } = error;
  const when = retryAfterS === undefined ? '' : ` It takes requests again in ${retryAfterS} s.`;
  return [`To have such an item wait for longer and be sent again, add the option "Max Retry Wait".${when}`];
}

/** That of an answer which was no success. */
function httpCodeOf({ upstream }: ActionError): string | undefined {
  const status = upstream?.http_status ?? 0;
  return status >= 300 ? String(status) : undefined;
}
