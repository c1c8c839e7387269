/** The action's input, from where the node's fields say that it comes. */

import { ActionError } from '@justclick/plugin';
import { toRfc3339 } from '@justclick/plugin/datetime';
import type { Field } from '@justclick/plugin/forms';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { ActionForm, Source, Sources } from './form';

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
