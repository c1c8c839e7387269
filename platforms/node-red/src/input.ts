/** The action's input, from where the node's fields say that it comes. */

import { ActionError } from '@justclick/plugin';
import type { Field } from '@justclick/plugin/forms';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { ActionForm, Source, Sources } from './form';

/** A timestamp in seconds has twelve digits at most, and Node-RED's have thirteen for the next 250 years. */
const MILLISECONDS = 1e12;

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
    input[field.key] = asField(field, await valueOf(RED, node, field, source, msg));
  }
  return input;
}

function valueOf(RED: NodeAPI, node: Node, field: Field, source: Source, msg: NodeMessage): Promise<unknown> {
  if (source.type === 'choice') return Promise.resolve(source.value);
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(unreadable(field, error));
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

/** Dates in Node-RED are objects, or milliseconds, as an inject node sends them. */
function asField(field: Field, value: unknown): unknown {
  if (field.kind !== 'dateTime') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return typeof value === 'number' && value >= MILLISECONDS ? Math.floor(value / 1000) : value;
}
