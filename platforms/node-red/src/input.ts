/** The action's input, from where the node's fields say that it comes. */

import { ActionError } from 'plugin-engine';
import { toRfc3339 } from 'plugin-engine/datetime';
import { isAbsent, type Field } from 'plugin-engine/forms';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { LIMIT, type ActionForm, type Source, type Sources } from './form';

/** That of the machine, or what `TZ` says: Node-RED has none of its own. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export async function inputOf(
  RED: NodeAPI,
  node: Node,
  action: ActionForm,
  sources: Sources,
  msg: NodeMessage,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const field of action.fields) {
    const source = sources[field.key];
    if (!source) continue;
    const value = await valueOf(RED, node, field, source, msg);
    input[field.key] = field.kind === 'dateTime' ? toRfc3339(value, ZONE) : value;
  }
  return input;
}

/** How many things a search gives is no part of what it looks for. */
export function limitOf(given: Record<string, unknown>): {
  input: Record<string, unknown>;
  limit: { limit?: number };
} {
  const { [LIMIT]: limit, ...input } = given;
  // An empty field for a number is 0 in Node-RED.
  if (isAbsent(limit) || limit === 0) return { input, limit: {} };
  const number = Number(limit);
  if (Number.isInteger(number) && number > 0) return { input, limit: { limit: number } };
  const message = `Limit must be a whole number from 1 on (got ${JSON.stringify(limit)})`;
  throw new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none', field: LIMIT });
}

function valueOf(RED: NodeAPI, node: Node, field: Field, source: Source, msg: NodeMessage): Promise<unknown> {
  if (source.type === 'choice') return Promise.resolve(source.value);
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      // A property of what is not there: of a payload that is null, for one.
      if (source.type === 'msg' && error instanceof TypeError) resolve(undefined);
      else reject(unreadable(field, error));
    };
    try {
      RED.util.evaluateNodeProperty(source.value, source.type, node, msg, (error, value) => {
        if (error) failed(error);
        else resolve(value);
      });
    } catch (error) {
      failed(error as Error);
    }
  });
}

function unreadable({ key, title }: Field, error: Error): ActionError {
  const message = `${title}: ${error.message}`;
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none', field: key });
}
